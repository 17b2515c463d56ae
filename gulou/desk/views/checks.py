"""Rechecks of colleagues, independent rechecks and look-backs: the list, and one of them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gulou.cases import operations, queries
from gulou.desk import choices, drafts, paging
from gulou.desk.drafts import Draft
from gulou.desk.forms.checks import AwayForm, CheckForm, NameCheckForm
from gulou.desk.shell import page, reader_of
from gulou.ui.forms import refused_in
from gulou.ui.guards import signed_in

SHOWN = ("mine", "beside", "all", "done")


@signed_in
@require_GET
def checks(request: HttpRequest) -> HttpResponse:
    """What waits for me, for my colleagues, for all where the office looks, and what was found."""
    reader, office = reader_of(request), queries.is_office(reader_of(request))
    show = request.GET.get("show", "")
    show = show if show in SHOWN and (office or show != "all") else "all" if office else "mine"
    read = {
        "mine": queries.my_revisits, "beside": queries.revisits_beside,
        "all": queries.all_revisits, "done": queries.revisits_done,
    }  # fmt: skip
    at = paging.asked(request)
    found = read[show](reader, page=at)
    context: dict[str, Any] = {
        "show": show, "found": found, **paging.links(request, found),
        "tabs": [
            {"words": words, "url": f"{reverse('desk:checks')}?show={tab}", "on": tab == show}
            for tab, words in _tabs() if office or tab != "all"
        ],
    }  # fmt: skip
    if show == "beside":
        rechecks = context["rechecks"] = queries.rechecks_beside(reader, page=at)
        # Both lists turn their pages together.
        if len(rechecks) > len(found) or (rechecks.more and not found.more):
            context |= paging.links(request, rechecks)
    return page(request, "desk/checks.html", context)


def _tabs() -> list[tuple[str, str]]:
    return [
        ("all", _("All that wait")), ("mine", _("Wait for me")),
        ("beside", _("Wait for colleagues")), ("done", _("What was found")),
    ]  # fmt: skip


@signed_in
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One of them: what there was and what was done; how it is now is said here."""
    by = reader_of(request)
    revisit, seen = queries.revisit_seen_by(by, uid)
    if request.method == "GET" or not seen.may_answer:
        return _page(request, revisit, seen, CheckForm(), drafts.new_draft())
    form, draft = CheckForm(request.POST), drafts.draft_of(request, by=by)
    if draft.changed:
        return _page(request, revisit, seen, form.unsent(), draft)
    for words in draft.refusals:
        form.add_error("photos", words)
    status = 422
    if form.is_valid():
        with refused_in(form) as outcome:
            operations.answer_revisit(
                revisit, by=by, passed=form.cleaned_data["verdict"] == "passed",
                words=form.cleaned_data["words"], evidence=draft.evidence,
            )  # fmt: skip
            messages.success(request, _("It is on record. Thank you for looking."))
            return redirect("desk:checks")
        status = outcome.status
    return _page(request, revisit, seen, form, draft, status=status)


@signed_in
@require_POST
def hand_over(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Let somebody else be drawn."""
    by = reader_of(request)
    revisit, seen = queries.revisit_seen_by(by, uid)
    form = AwayForm(request.POST)
    status = 422
    if form.is_valid():
        with refused_in(form) as outcome:
            operations.hand_over_revisit(revisit, by=by, words=form.cleaned_data["words"])
            messages.success(
                request, _("Handed over. Somebody else was drawn, or the office names one.")
            )
            return redirect("desk:checks")
        status = outcome.status
    return _page(request, revisit, seen, CheckForm(), drafts.new_draft(), away=form, status=status)


@signed_in
@require_POST
def name(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The office names who looks."""
    by = reader_of(request)
    revisit, seen = queries.revisit_seen_by(by, uid)
    form, able = _name_form(revisit, request.POST)
    status = 422
    if form.is_valid():
        with refused_in(form) as outcome:
            person = able[form.cleaned_data["person"]]
            operations.name_revisitor(revisit, by=by, person=person)
            messages.success(request, _("Named: %(person)s.") % {"person": person})
            return redirect(reverse("desk:checks") + "?show=all")
        status = outcome.status
    return _page(
        request, revisit, seen, CheckForm(), drafts.new_draft(), naming=form, status=status
    )


@signed_in
@require_http_methods(["GET", "POST"])
def take_over(request: HttpRequest, number: str) -> HttpResponse:
    """Do a recheck for a colleague who is away."""
    by = reader_of(request)
    case = queries.recheck_beside(by, number)
    form = AwayForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            with refused_in(form) as outcome:
                operations.take_over_recheck(case, by=by, words=form.cleaned_data["words"])
                messages.success(request, _("You recheck %(case)s now.") % {"case": number})
                return redirect("desk:record", number=number)
            status = outcome.status
    context = {"number": number, "form": form, "colleague": case.step_person}
    return page(request, "desk/take_over.html", context, status=status)


def _name_form(revisit: Any, data: Any = None) -> tuple[NameCheckForm, dict[int, Any]]:
    able = {person.pk: person for person in queries.revisitor_choices(revisit)}
    form = NameCheckForm(data)
    field: Any = form.fields["person"]
    field.choices = choices.persons(able.values())
    return form, able


def _page(
    request: HttpRequest, revisit: Any, seen: Any, form: CheckForm, draft: Draft, *,
    away: AwayForm | None = None, naming: NameCheckForm | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    if naming is None and seen.may_name:
        naming = _name_form(revisit)[0]
    context = {
        "seen": seen, "row": seen.row, "form": form, "draft": draft, "naming": naming,
        "away": away or AwayForm(),
        "before": [one for one in seen.photos if not one.after],
        "after": [one for one in seen.photos if one.after],
    }  # fmt: skip
    return page(request, "desk/check.html", context, status=status)
