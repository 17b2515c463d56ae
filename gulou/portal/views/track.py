"""Following a report by its private link, and answering at the end."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gulou.calendars import queries as calendars
from gulou.cases import queries as cases
from gulou.cases.operations import object_to_case, rate_case
from gulou.cases.queries import Tracked
from gulou.catalogue import queries as catalogue
from gulou.people import queries as people
from gulou.portal import limits
from gulou.portal.forms import LinkForm, ObjectionForm, RatingForm
from gulou.portal.limits import limited
from gulou.portal.privacy import private
from gulou.portal.story import STAGES, lines, sentence, stage
from gulou.providers import queries as providers
from gulou.ui.forms import refused_in
from gulou.ui.guards import public

if TYPE_CHECKING:
    from gulou.cases.models import Report

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")
_IN_LINK = re.compile(r"/t/([A-Za-z0-9_-]{20,64})(?:[/?#]|$)")


@public
@require_http_methods(["GET", "HEAD", "POST"])
@limited(limits.VISITS)
def find(request: HttpRequest) -> HttpResponse:
    """Opens a pasted link. A number alone opens nothing: it could be guessed."""
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["link"]
        found = _IN_LINK.search(text)
        token = found[1] if found else text
        if _TOKEN.fullmatch(token):
            return redirect("portal:story", token=token)
        form.add_error(
            "link",
            _(
                "This is no tracking link. It contains /t/ and a long row of letters. The receipt number alone does not open a report, because numbers can be guessed."
            ),
        )
    status = 422 if form.errors else 200
    return render(request, "portal/track.html", {"form": form}, status=status)


@public
@private
@require_safe
@limited(limits.VISITS)
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """What to keep after sending, and what happens next."""
    report = _report(token)
    tracked = cases.tracked(report)
    intake = catalogue.step_limit("intake")
    return render(
        request,
        "portal/receipt.html",
        {
            "report": report,
            "tracked": tracked,
            "account": providers.account_name(),
            "link": request.build_absolute_uri(reverse("portal:story", args=[report.token])),
            "looked_at_by": calendars.due(report.received_at, intake, unit_id=people.office().id)
            if intake
            else None,
        },
    )


@public
@private
@require_safe
@limited(limits.VISITS)
def story(request: HttpRequest, token: str) -> HttpResponse:
    """How far it has come."""
    report = _report(token)
    return _story(request, report, RatingForm(), ObjectionForm())


@public
@private
@require_POST
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """Stars at the end."""
    report, form = _report(token), RatingForm(request.POST)
    status = _taken(request, form, lambda: rate_case(report, **form.cleaned_data))
    if status is None:
        return redirect(_answer(report))
    return _story(request, report, form, ObjectionForm(), status)


@public
@private
@require_POST
def object_to(request: HttpRequest, token: str) -> HttpResponse:
    """A reasoned objection at the end."""
    report, form = _report(token), ObjectionForm(request.POST)
    status = _taken(request, form, lambda: object_to_case(report, **form.cleaned_data))
    if status is None:
        return redirect(_answer(report))
    return _story(request, report, RatingForm(), form, status)


def _taken(request: HttpRequest, form: Form, answer: Callable[[], object]) -> int | None:
    """Give the reporter's answer, within the limit; None when it was taken, else the status."""
    if not form.is_valid():
        return 422
    with refused_in(form) as outcome, limits.spent(request, limits.ANSWERS):
        answer()
        return None
    return outcome.status


def _report(token: str) -> "Report":
    return cases.report_by_token(token if _TOKEN.fullmatch(token) else "")


def _answer(report: "Report") -> str:
    return reverse("portal:story", args=[report.token]) + "#answer"


def _story(
    request: HttpRequest,
    report: "Report",
    rating: RatingForm,
    objection: ObjectionForm,
    status: int = 200,
) -> HttpResponse:
    tracked = cases.tracked(report)
    context = {
        "report": report,
        "tracked": tracked,
        "sentence": sentence(tracked),
        "stages": STAGES,
        "stage": stage(tracked),
        "lines": lines(tracked.told),
        "rating_form": rating,
        "rating_value": rating["rating"].value(),
        "objection_form": objection,
        **_pictures(report.token, tracked),
    }
    return render(request, "portal/story.html", context, status=status)


def _pictures(token: str, tracked: Tracked) -> dict[str, Any]:
    """One before and one after for the slider, and the others beside each other."""
    before = [_picture(token, uid, _("Before")) for uid in tracked.before]
    after = [_picture(token, uid, _("After")) for uid in tracked.after]
    if not (before and after):
        return {"pair": False, "others": before + after}
    return {
        "pair": True, "first": before[0], "last": after[-1], "others": before[1:] + after[:-1],
    }  # fmt: skip


def _picture(token: str, uid: UUID, mark: Any) -> dict[str, Any]:
    return {
        "url": reverse("portal:tracked_photo", args=[token, uid, "page"]),
        "full": reverse("portal:tracked_photo", args=[token, uid, "full"]),
        "mark": mark,
        "alt": mark,
    }
