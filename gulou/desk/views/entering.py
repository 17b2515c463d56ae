"""Entering a report for a leader, a caller or a letter, or from a forwarded picture."""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gulou.cases import operations, queries, states
from gulou.cases.operations import AssignedDetails, ContactDetails, LetterDetails, Snap
from gulou.cases.queries import Row
from gulou.cases.states import State
from gulou.catalogue import queries as catalogue
from gulou.desk import choices, drafts
from gulou.desk.drafts import Draft
from gulou.desk.shell import page, reader_of
from gulou.kit.errors import NotFound
from gulou.kit.words import name_of
from gulou.people import queries as people
from gulou.places.coordinates import distance_m
from gulou.ui.forms import refused_in
from gulou.ui.guards import needs
from gulou.workbench import operations as bench_operations
from gulou.workbench import queries as bench

if TYPE_CHECKING:
    from gulou.cases.models import Report
    from gulou.people.models import User


ASSIGNED = "assigned"
LAST_SOURCE = "desk.source"
"""Where the session keeps who saw the last one: calls and letters come in rows."""
JOIN_M = 100
"""How far from a case one more report of it may be."""
MOST_NEAR = 6
_FIELDS = {"place": "lat", "due_at": "reply_due", "form": "reply_form"}


class EnterForm(forms.Form):
    """What somebody told us, as it was told."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    source = forms.ChoiceField(label=gettext_lazy("Who saw it"))
    category = forms.TypedChoiceField(
        label=gettext_lazy("What it is about"), coerce=int, empty_value=None
    )
    words = forms.CharField(
        label=gettext_lazy("What they said"), required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 2000}),
    )  # fmt: skip
    address = forms.CharField(
        label=gettext_lazy("Place in words"), required=False, max_length=200,
        help_text=gettext_lazy("House number, shop, crossing: what helps to find it."),
    )  # fmt: skip
    lat = forms.FloatField(label=gettext_lazy("Latitude"), min_value=-90, max_value=90)
    lon = forms.FloatField(label=gettext_lazy("Longitude"), min_value=-180, max_value=180)
    accuracy = forms.FloatField(required=False, min_value=0, max_value=100_000)
    snapped_at = forms.DateTimeField(
        label=gettext_lazy("When they saw it"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )  # fmt: skip
    photos = forms.Field(label=gettext_lazy("Photos"), required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=60)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), required=False, max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip

    # A letter.
    letter_number = forms.CharField(
        label=gettext_lazy("Number in the register"), required=False, max_length=60
    )
    letter_date = forms.DateField(
        label=gettext_lazy("Date of the letter"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    # What those above want.
    from_whom = forms.CharField(label=gettext_lazy("By whom"), required=False, max_length=120)
    their_number = forms.CharField(
        label=gettext_lazy("Their number"), required=False, max_length=60
    )
    received_on = forms.DateField(
        label=gettext_lazy("Arrived on"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    reply_due = forms.DateTimeField(
        label=gettext_lazy("Reply due to them"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )  # fmt: skip
    reply_form = forms.ChoiceField(label=gettext_lazy("Form of the reply"), required=False)
    # The open case that this is one more report of, and the draft that it was.
    joins = forms.CharField(required=False, max_length=24)
    picture = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        said = str(self.data.get("words") or self.initial.get("words") or "")
        self.offer("source", [("", _("Choose who saw it")), *queries.sources()])
        self.offer("category", [("", _("Choose a category")), *choices.categories(said)])
        self.offer("reply_form", [("", "–"), *queries.reply_forms()])

    def offer(self, name: str, offered: Sequence[Any]) -> None:
        """Let one choose from these."""
        cast("forms.ChoiceField", self.fields[name]).choices = offered

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("source") == ASSIGNED:
            for name in ("from_whom", "received_on", "reply_due", "reply_form"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("Those above want a reply: this is needed."))
        return given

    def unsent(self) -> "EnterForm":
        """The same form with what was typed, not judged yet."""
        typed = {
            name: field.widget.value_from_datadict(self.data, self.files, name)
            for name, field in self.fields.items()
        }
        # Asked for only now: it begins with what it would have begun with.
        typed["received_on"] = typed["received_on"] or people.today()
        return EnterForm(initial=typed)

    @property
    def from_above(self) -> bool:
        """Whether what those above want is to be asked for."""
        return bool(self["source"].value() == ASSIGNED)

    @property
    def place_error(self) -> str:
        """What is wrong with the place, in one line for the pin."""
        if not ("lat" in self.errors or "lon" in self.errors):
            return ""
        if self.data.get("lat") and self.data.get("lon"):
            return " ".join([*self.errors.get("lat", []), *self.errors.get("lon", [])])
        return _("Say where it is: search for a name, or move the pin.")


@needs(states.ENTER)
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """The form, or the report."""
    by = reader_of(request)
    if request.method == "GET":
        return _begun(request, by)
    form, draft, status = EnterForm(request.POST), drafts.draft_of(request, by=by), 422
    if look := request.POST.get("look"):
        return _looked(request, form.unsent(), draft, look)
    for words in draft.refusals:
        form.add_error("photos", words)
    if not draft.changed and form.is_valid():
        with refused_in(form, fields=_FIELDS) as outcome:
            report = _entered(form.cleaned_data, draft, by)
            request.session[LAST_SOURCE] = form.cleaned_data["source"]
            if queries.cases_seen_by(by).filter(pk=report.case_id).exists() and report.me_too:
                said = _("%(receipt)s joined case %(case)s.")
                messages.success(request, said % {"receipt": report.receipt, "case": report.case.number})  # fmt: skip
                return _sent("desk:record", number=report.case.number)
            if form.cleaned_data["picture"] and bench.drafts_of(by):
                words = _("Entered. Receipt %(receipt)s.") % {"receipt": report.receipt}
                messages.success(request, words)
                return _sent("desk:pictures")
            if not queries.cases_seen_by(by).filter(pk=report.case_id).exists():
                return _sent("desk:entered", uid=report.uid)
            words = _("Entered. Receipt %(receipt)s.") % {"receipt": report.receipt}
            messages.success(request, words)
            return _sent("desk:record", number=report.case.number)
        status = outcome.status
    return _page(request, form, draft, status=status)


@needs(states.ENTER)
@require_GET
def entered(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What becomes of a report now, for who entered it and may not see its case."""
    by = reader_of(request)
    report = queries.report_entered_by(by, uid)
    seen = queries.cases_seen_by(by).filter(pk=report.case_id).exists()
    return page(request, "desk/entered.html", {"report": report, "seen": seen})


def _begun(request: HttpRequest, by: "User") -> HttpResponse:
    """An empty form, or one that a forwarded picture has begun."""
    last = request.session.get(LAST_SOURCE, "")
    initial = {
        "client_id": uuid.uuid4(), "received_on": people.today(),
        "source": "" if last == ASSIGNED else last,
    }  # fmt: skip
    uid = drafts.uuid_of(request.GET.get("picture", ""))
    if uid is None:
        return _page(request, EnterForm(initial=initial), drafts.new_draft())
    begun = bench.draft_of(by, uid)
    taken = timezone.localtime(begun.taken_at) if begun.taken_at else None
    form = EnterForm(initial={
        **initial, "words": begun.words, "snapped_at": taken,
        "lat": begun.lat, "lon": begun.lon, "picture": begun.uid,
    })  # fmt: skip
    return _page(request, form, Draft(begun.token, (begun.photo,)))


def _looked(request: HttpRequest, form: EnterForm, draft: Draft, look: str) -> HttpResponse:
    """The form with what was typed, and what is known already: cases nearby, earlier calls."""
    calls = None
    if look == "caller":
        calls = operations.reports_of_caller(
            str(form.initial["phone"] or ""), by=reader_of(request)
        )
    return _page(request, form, draft, calls=calls)


def _sent(name: str, **parts: Any) -> HttpResponse:
    """On to this page, which forgets what the browser has kept of the form."""
    return redirect(f"{reverse(name, kwargs=parts)}?sent=enter")


@dataclass(frozen=True)
class Near:
    """An open case around the pin, why one may think of it, and whether this may be one more
    report of it. `likely`: it looks like the same problem."""

    row: Row
    reasons: list[str]
    joinable: bool
    likely: bool = False


def _near(form: EnterForm, by: "User", draft: Draft) -> list[Near]:
    """Open cases around the pin: what looks like the same problem first, then the nearest."""
    given = {**form.initial, **{name: form.data[name] for name in form.data}}
    try:
        lat, lon = float(given.get("lat") or ""), float(given.get("lon") or "")
        category = int(given.get("category") or 0)
    except (TypeError, ValueError):
        return []
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        return []
    ref = catalogue.category_refs().get(category)
    name = name_of(ref) if ref else ""
    sight = queries.sight_at(
        lat, lon, category, words=str(given.get("words") or ""),
        address=str(given.get("address") or ""), photos=draft.photos(),
    )  # fmt: skip
    alike = {one.row.id: one for one in queries.suspects_at(by, sight)} if ref else {}
    around = [row for row in queries.cases_around(by, lat, lon, category) if row.id not in alike]
    found = []
    for row in [*(one.row for one in alike.values()), *around]:
        metres = round(distance_m(lat, lon, row.lat, row.lon))
        fits = row.category == name and metres <= JOIN_M and row.state != State.RECEIVED
        plain = [_("%(metres)s m away") % {"metres": metres}]
        why = alike[row.id].reasons if row.id in alike else plain
        found.append(Near(row, why, fits, row.id in alike))
    return found[:MOST_NEAR]


def _entered(given: dict[str, Any], draft: Draft, by: "User") -> "Report":
    joins = None
    if given["joins"]:
        joins = queries.case_seen_by(by, given["joins"]).uid
    above = None
    if given["source"] == ASSIGNED:
        above = AssignedDetails(
            from_whom=given["from_whom"], number=given["their_number"],
            received_on=given["received_on"], due_at=given["reply_due"], form=given["reply_form"],
        )  # fmt: skip
    letter = LetterDetails(number=given["letter_number"], dated_on=given["letter_date"])
    report = operations.enter_report(
        _snap(given, draft, joins), by=by, letter=letter, assigned=above
    )
    if given["picture"]:
        with suppress(NotFound):
            bench_operations.drop_draft(given["picture"], by=by, discard=False)
    return report


@needs(states.ENTER)
@require_http_methods(["GET", "POST"])
def pictures(request: HttpRequest) -> HttpResponse:
    """Pictures from a chat: each waits here until somebody makes a report of it."""
    by = reader_of(request)
    refused: list[Any] = []
    words = request.POST.get("words", "")
    if request.method == "POST":
        kept, refused = bench_operations.take_pictures(
            request.FILES.getlist(drafts.FILES), by=by, words=words
        )
        if not kept and not refused:
            refused = [_("Choose, drop or paste at least one picture.")]
        if not refused:
            return redirect("desk:pictures")
    found = bench.drafts_of(by)
    context = {"found": found, "refused": refused, "words": words}
    return page(request, "desk/pictures.html", context, status=422 if refused else 200)


@needs(states.ENTER)
@require_POST
def drop(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Throw away a forwarded picture that is no report."""
    bench_operations.drop_draft(uid, by=reader_of(request))
    messages.success(request, _("Thrown away."))
    return redirect("desk:pictures")


def _snap(given: dict[str, Any], draft: Draft, joins: UUID | None) -> Snap:
    return Snap(
        client_id=given["client_id"], category_id=given["category"], lat=given["lat"],
        lon=given["lon"], accuracy_m=given["accuracy"], words=given["words"],
        address=given["address"], photos=draft.uids, draft=draft.token,
        snapped_at=given["snapped_at"], source=given["source"],
        channel="forwarded" if given["picture"] else "desk", joins=joins,
        language=get_language() or "", contact=ContactDetails(name=given["name"], phone=given["phone"]),
    )  # fmt: skip


def _page(
    request: HttpRequest, form: EnterForm, draft: Draft, *, status: int = 200,
    calls: "list[Report] | None" = None,
) -> HttpResponse:  # fmt: skip
    context = {
        "form": form, "draft": draft, "near": _near(form, reader_of(request), draft), "calls": calls,
        "joins": form["joins"].value() or "",
    }  # fmt: skip
    return page(request, "desk/enter.html", context, status=status)
