"""The office's own texts to answer with."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gulou.catalogue.states import MANAGE
from gulou.desk.shell import reader_of
from gulou.desk.views.templates import TemplateForm
from gulou.setup import frame
from gulou.setup.frame import Act, Cell, Link, Nothing, Row
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
    form = _form(request.POST or None, initial={"language": get_language()})

    def save(given: dict[str, Any]) -> HttpResponse:
        made = operations.set_template(by=reader_of(request), **given)
        return frame.saved(request, "setup:template", uid=made.uid)

    return frame.form_page(
        request, form, save, title=_("Add a template"), word=_("Add"), back=_back()
    )


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def template(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One text: changing it, offering it no longer."""
    found = queries.office_template(uid)
    now = {"title": found.name, "text": found.words.text, "move": found.move,
           "language": found.language}  # fmt: skip
    form = None if found.retired_at else _form(request.POST or None, initial=now)

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.set_template(found, by=reader_of(request), **given)
        return frame.saved(request, "setup:template", uid=uid)

    switch = reverse("setup:template_switch", args=[uid])
    return frame.form_page(
        request, form, save, title=found.name, back=_back(),
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
    return frame.saved(request, "setup:template", uid=uid)


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
