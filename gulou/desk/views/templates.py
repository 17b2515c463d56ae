"""One's own texts to answer with. The office's are kept where the office sets things up."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gulou.cases import states
from gulou.desk.shell import page, reader_of
from gulou.ui.forms import refused_in
from gulou.ui.guards import signed_in
from gulou.workbench import operations, placeholders, queries

if TYPE_CHECKING:
    from gulou.workbench.models import AnswerTemplate


class TemplateForm(forms.Form):
    """A text with places that the case fills."""

    title = forms.CharField(label=gettext_lazy("Name of the template"), max_length=60)
    text = forms.CharField(
        label=gettext_lazy("Text"), widget=forms.Textarea(attrs={"rows": 5, "maxlength": 2000})
    )
    move = forms.ChoiceField(label=gettext_lazy("For which move"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        worded = [(move.name, move.label) for move in states.MOVES if move != states.RELEASE]
        self.fields["move"].choices = [("", _("Any")), *worded]  # type: ignore[attr-defined]  # a choice


@signed_in
@require_http_methods(["GET", "POST"])
def templates(request: HttpRequest) -> HttpResponse:
    """What I may answer with, and a form for another one of my own."""
    if request.method == "GET":
        return _page(request, TemplateForm(initial={"language": get_language()}))
    return _set(request, None)


@signed_in
@require_http_methods(["GET", "POST"])
def template(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change one of my own."""
    one = queries.template_of(reader_of(request), uid)
    if request.method == "POST":
        return _set(request, one)
    initial = {
        "title": one.name, "text": one.words.text, "move": one.move, "language": one.language
    }  # fmt: skip
    return _page(request, TemplateForm(initial=initial), changing=one)


@signed_in
@require_POST
def retire(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Offer one of my own no longer."""
    by = reader_of(request)
    operations.retire_template(queries.template_of(by, uid), by=by)
    messages.success(request, _("It is offered no longer. What was written with it stays."))
    return redirect("desk:templates")


def _set(request: HttpRequest, one: "AnswerTemplate | None") -> HttpResponse:
    form, status = TemplateForm(request.POST), 422
    if form.is_valid():
        with refused_in(form) as outcome:
            operations.set_template(one, by=reader_of(request), own=True, **form.cleaned_data)
            messages.success(request, _("Saved."))
            sent = f"template-{one.uid if one else 'new'}"
            return redirect(f"{reverse('desk:templates')}?sent={sent}")
        status = outcome.status
    return _page(request, form, changing=one, status=status)


def _page(
    request: HttpRequest, form: TemplateForm, *, changing: "AnswerTemplate | None" = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {
        "form": form, "changing": changing, "found": queries.templates_for(reader_of(request)),
        "known": [(f"{{{name}}}", words) for name, words in placeholders.PLACEHOLDERS.items()],
    }  # fmt: skip
    return page(request, "desk/templates.html", context, status=status)
