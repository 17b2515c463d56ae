"""The office's own texts to answer with."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gulou.catalogue.states import MANAGE
from gulou.desk.shell import reader_of
from gulou.desk.views.templates import TemplateForm
from gulou.setup import frame
from gulou.setup.frame import Act, Cell, Link, Nothing, Row
from gulou.ui.forms import refused_in
from gulou.ui.guards import needs
from gulou.workbench import history, operations, placeholders, queries


def _back() -> Link:
    return Link(_("Answer templates"), reverse("setup:templates"))


def _form(*given: Any, **more: Any) -> TemplateForm:
    form = TemplateForm(*given, **more)
    known = ", ".join(f"{{{name}}} {words}" for name, words in placeholders.PLACEHOLDERS.items())
    form.fields["text"].help_text = _("The case fills these in: %(known)s.") % {"known": known}
    return form


@needs(MANAGE)
@require_GET
def templates(request: HttpRequest) -> HttpResponse:
    """What everybody may answer with."""
    retired = request.GET.get("show") == "retired"
    form = TemplateForm()
    moves, languages = (dict(form.fields[name].choices) for name in ("move", "language"))  # type: ignore[attr-defined]  # choices
    rows = [
        Row(one.name, reverse("setup:template", args=[one.uid]), ended=retired,
            cells=[Cell(moves.get(one.move, one.move)), Cell(languages[one.language]),
                   Cell(one.words.text[:60])])
        for one in queries.office_templates(retired=retired)
    ]  # fmt: skip
    return frame.list_page(
        request, title=_("Answer templates"), rows=rows,
        lead=_("Texts that everybody at a desk may begin an answer with. One's own are kept at the desk."),
        columns=[_("Name of the template"), _("For which move"), _("Language"), _("Text")],
        nothing=Nothing(_("No template"), _("Add a text that is written again and again.")),
        add=Link(_("Add a template"), reverse("setup:new_template")),
        links=[Link(_("History"), reverse("setup:templates_history"), "history")],
        chips=[Link(_("In use"), "?", on=not retired), Link(_("Retired"), "?show=retired", on=retired)],
    )  # fmt: skip


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def new_template(request: HttpRequest) -> HttpResponse:
    """A further text."""
    form, status = _form(request.POST or None, initial={"language": get_language()}), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            with refused_in(form) as outcome:
                made = operations.set_template(by=reader_of(request), **form.cleaned_data)
                messages.success(request, _("Saved. The history takes it back."))
                return redirect("setup:template", uid=made.uid)
            status = outcome.status
    return frame.edit_page(
        request, title=_("Add a template"), form=form, word=_("Add"), back=_back(), status=status
    )


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def template(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One text: changing it, offering it no longer."""
    found, status = queries.office_template(uid), 200
    now = {"title": found.name, "text": found.words.text, "move": found.move,
           "language": found.language}  # fmt: skip
    form = None if found.retired_at else _form(request.POST or None, initial=now)
    if form is not None and request.method == "POST":
        status = 422
        if form.is_valid():
            with refused_in(form) as outcome:
                operations.set_template(found, by=reader_of(request), **form.cleaned_data)
                messages.success(request, _("Saved. The history takes it back."))
                return redirect("setup:template", uid=uid)
            status = outcome.status
    switch = reverse("setup:template_switch", args=[uid])
    return frame.edit_page(
        request, title=found.name, form=form, back=_back(), status=status,
        facts=[(_("Text"), found.words.text)] if form is None else (),
        ended=_("It is offered no longer. What was written with it stays.") if form is None else "",
        links=[Link(_("History"), reverse("setup:template_history", args=[uid]), "history")],
        acts=[Act(_("Bring it back"), switch, "arrow-back-up", posts=True) if form is None
              else Act(_("Retire"), switch, "archive", posts=True, danger=True)],
    )  # fmt: skip


@needs(MANAGE)
@require_POST
def template_switch(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Offer a text no longer, or again."""
    found, by = queries.office_template(uid), reader_of(request)
    if found.retired_at is None:
        operations.retire_template(found, by=by)
    else:
        operations.restore_template(found, by=by)
    messages.success(request, _("Saved. The history takes it back."))
    return redirect("setup:template", uid=uid)


@needs(MANAGE)
@require_GET
def templates_history(request: HttpRequest) -> HttpResponse:
    """What happened to the office's texts."""
    return frame.history_page(
        request, title=_("History of the templates"), changes=history.template_history(),
        room="workbench", back=_back(),
    )  # fmt: skip


@needs(MANAGE)
@require_GET
def template_history(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What happened to one text."""
    found = queries.office_template(uid)
    return frame.history_page(
        request, title=_("History of %(thing)s") % {"thing": found.name},
        changes=history.template_history(found), room="workbench",
        back=Link(found.name, reverse("setup:template", args=[uid])),
    )  # fmt: skip
