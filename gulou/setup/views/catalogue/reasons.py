"""The lists of reasons."""

from typing import Any

from django.forms import ChoiceField
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gulou.catalogue import history, operations
from gulou.catalogue import queries as catalogue
from gulou.catalogue.states import MANAGE, ReasonKind
from gulou.desk.shell import reader_of
from gulou.kit.words import in_language, name_of
from gulou.setup import catalogue_forms as forms
from gulou.setup import frame
from gulou.setup.frame import Cell, Link, Nothing, Row, form_page, saved
from gulou.ui.guards import needs

from .ground import held_by, history_page, switch


def _reasons() -> Link:
    return Link(_("Reasons"), reverse("setup:reasons"))


@needs(MANAGE)
@require_GET
def reasons(request: HttpRequest) -> HttpResponse:
    """The lists of reasons, one for each move that needs one."""
    found = catalogue.all_reasons()
    rows: list[Row] = []
    for kind in ReasonKind:
        rows.append(Row(kind.label, badges=[Cell(
            sum(one.kind == kind and one.active for one in found), "waiting")]))  # fmt: skip
        rows += [
            Row(name_of(one), reverse("setup:reason", args=[one.pk]), depth=1,
                ended=not one.active,
                badges=[] if one.active else [Cell(_("Retired"), "waiting", "archive")],
                cells=[Cell(name_in(one))])
            for one in found if one.kind == kind
        ]  # fmt: skip
    return frame.list_page(
        request, title=_("Reasons"),
        lead=_("What one chooses from where a move needs a reason, and what the resident reads then."),
        columns=[_("Reason"), _("What a resident reads")], rows=rows,
        nothing=Nothing(_("No reasons yet"), _("They come with the shipped lists.")),
        add=Link(_("Add a reason"), reverse("setup:reason_new")),
        links=[Link(_("History"), reverse("setup:reasons_history"), "history")],
    )  # fmt: skip


def name_in(reason: Any) -> str:
    """What a resident reads, in the language of the page."""
    return in_language(reason.public_zh, reason.public_en)


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def reason(request: HttpRequest, reason_id: int) -> HttpResponse:
    """One reason."""
    found = catalogue.reason_with_id(reason_id)
    form = forms.ReasonForm(request.POST or None, initial=held_by(forms.ReasonForm, found))

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.describe_reason(reason_id, given, by=reader_of(request))
        return saved(request, "setup:reasons")

    return form_page(
        request, form, save, title=name_of(found), lead=ReasonKind(found.kind).label,
        back=_reasons(),
        ended="" if found.active else _("It is retired: cases that have it keep it."),
        acts=[switch(_("Retire"), _("Bring it back"), active=found.active,
                      url=reverse("setup:reason_switch", args=[reason_id]))],
    )  # fmt: skip


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def reason_new(request: HttpRequest) -> HttpResponse:
    """A further reason."""
    form = forms.ReasonForm(request.POST or None)
    form.fields["kind"] = ChoiceField(label=_("For"), choices=ReasonKind.choices)
    form.order_fields(["kind"])

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.add_reason(given.pop("kind"), given, by=reader_of(request))
        return saved(request, "setup:reasons")

    return form_page(request, form, save, title=_("Add a reason"), back=_reasons())


@needs(MANAGE)
@require_POST
def reason_switch(request: HttpRequest, reason_id: int) -> HttpResponse:
    """Offer a reason no longer, or again."""
    found = catalogue.reason_with_id(reason_id)
    operations.describe_reason(reason_id, {"active": not found.active}, by=reader_of(request))
    return saved(request, "setup:reasons")


@needs(MANAGE)
@require_GET
def reasons_history(request: HttpRequest) -> HttpResponse:
    """What happened to the reasons."""
    return history_page(request, _("History of the reasons"), history.REASONS, _reasons())
