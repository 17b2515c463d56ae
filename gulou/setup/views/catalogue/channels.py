"""By which ways reports come and answers go, and where somebody is better helped."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gulou.catalogue import history, operations
from gulou.catalogue import queries as catalogue
from gulou.catalogue.states import MANAGE, ChannelCode, ElsewhereKind
from gulou.desk.shell import reader_of
from gulou.kit.errors import NotFound
from gulou.kit.words import name_of
from gulou.setup import catalogue_forms as forms
from gulou.setup import frame
from gulou.setup.frame import Cell, Link, Nothing, Row, Table, form_page, saved
from gulou.ui.guards import needs

from .ground import held_by, history_page, switch


def _channels() -> Link:
    return Link(_("Channels"), reverse("setup:channels"))


@needs(MANAGE)
@require_GET
def channels(request: HttpRequest) -> HttpResponse:
    """By which ways reports come and answers go, and where somebody is better helped."""
    ways = [catalogue.channel(code) for code in ChannelCode.values]
    rows = [
        Row(ChannelCode(one.code).label, reverse("setup:channel", args=[one.code]), cells=[
            Cell(_("Open now"), "done", "check") if one.is_open else Cell(_("Closed"), "late", "hand-stop"),
            Cell(one.number),
        ])
        for one in ways
    ]  # fmt: skip
    kind = {value: label for value, label in ElsewhereKind.choices}
    others = [
        Row(name_of(one), reverse("setup:elsewhere", args=[one.pk]), ended=not one.active,
            badges=[] if one.active else [Cell(_("Not shown"), "waiting", "eye-off")],
            cells=[Cell(kind[one.kind]), Cell(one.number)])
        for one in catalogue.all_elsewhere()
    ]  # fmt: skip
    return frame.edit_page(
        request, title=_("Channels"), form=None, back=Link(_("Setup"), reverse("setup:home")),
        lead=_("By which ways reports come and answers go."),
        links=[Link(_("History"), reverse("setup:channels_history"), "history")],
        tables=[
            Table(_("Ours"), [_("Way"), _("Now"), _("Telephone number")], rows, Nothing("")),
            Table(_("Elsewhere"), [_("Called"), _("Kind"), _("Telephone number")], others,
                  Nothing(_("Nothing yet.")),
                  add=Link(_("Add"), reverse("setup:elsewhere_new")),
                  words=_("Where somebody is better helped than here: shown on the first public page, and as a hint where a report's words point there.")),
        ],
    )  # fmt: skip


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def channel(request: HttpRequest, code: str) -> HttpResponse:
    """Open or close one way, and what the public reads."""
    if code not in ChannelCode.values:
        raise NotFound("catalogue.no_such_channel", _("There is no such channel."))
    found, kind = catalogue.channel(code), forms.ChannelForm
    if code == ChannelCode.HOTLINE:
        kind = forms.HotlineForm
    form = kind(request.POST or None, initial=held_by(kind, found))

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.describe_channel(code, given, by=reader_of(request))
        return saved(request, "setup:channels")

    return form_page(
        request, form, save, title=ChannelCode(code).label, back=_channels()
    )  # fmt: skip


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def elsewhere(request: HttpRequest, elsewhere_id: int) -> HttpResponse:
    """One place where somebody is better helped."""
    found = catalogue.elsewhere_with_id(elsewhere_id)
    first = {**held_by(forms.ElsewhereForm, found), "keywords": " ".join(found.keywords)}
    form = forms.ElsewhereForm(request.POST or None, initial=first)

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.describe_elsewhere(elsewhere_id, given, by=reader_of(request))
        return saved(request, "setup:channels")

    return form_page(
        request, form, save, title=name_of(found), back=_channels(),
        ended="" if found.active else _("It is not shown now."),
        acts=[switch(_("Show no longer"), _("Show again"), active=found.active,
                      url=reverse("setup:elsewhere_switch", args=[elsewhere_id]))],
    )  # fmt: skip


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def elsewhere_new(request: HttpRequest) -> HttpResponse:
    """A further one."""
    form = forms.ElsewhereForm(request.POST or None, initial={"rank": 50})

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.add_elsewhere(given, by=reader_of(request))
        return saved(request, "setup:channels")

    return form_page(request, form, save, title=_("Add a place of help"), back=_channels())


@needs(MANAGE)
@require_POST
def elsewhere_switch(request: HttpRequest, elsewhere_id: int) -> HttpResponse:
    """Show it no longer, or again."""
    found = catalogue.elsewhere_with_id(elsewhere_id)
    operations.describe_elsewhere(elsewhere_id, {"active": not found.active}, by=reader_of(request))
    return saved(request, "setup:channels")


@needs(MANAGE)
@require_GET
def channels_history(request: HttpRequest) -> HttpResponse:
    """What happened to the channels, ours and others."""
    names = (*history.CHANNELS, *history.ELSEWHERE)
    return history_page(request, _("History of the channels"), names, _channels())
