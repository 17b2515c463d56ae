"""Entering a report for a leader, a caller or a letter."""

import uuid
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gulou.cases import operations, queries, states
from gulou.cases.operations import ContactDetails, Snap
from gulou.desk import choices, drafts
from gulou.desk.drafts import Draft
from gulou.desk.shell import page, reader_of
from gulou.ui.forms import refused_in
from gulou.ui.guards import needs


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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields["source"].choices = queries.sources()  # type: ignore[attr-defined]  # a choice
        self.fields["category"].choices = [  # type: ignore[attr-defined]  # a choice
            ("", _("Choose a category")), *choices.categories()
        ]  # fmt: skip

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
    if request.method == "GET":
        form = EnterForm(initial={"client_id": uuid.uuid4(), "source": "leader"})
        return _page(request, form, drafts.new_draft())
    by = reader_of(request)
    form, draft, status = EnterForm(request.POST), drafts.draft_of(request, by=by), 422
    for words in draft.refusals:
        form.add_error("photos", words)
    if not draft.changed and form.is_valid():
        with refused_in(form, fields={"place": "lat"}) as outcome:
            report = operations.receive_report(_snap(form.cleaned_data, draft), entered_by=by)
            if not queries.cases_seen_by(by).filter(pk=report.case_id).exists():
                return redirect("desk:entered", uid=report.uid)
            words = _("Entered. Receipt %(receipt)s.") % {"receipt": report.receipt}
            messages.success(request, words)
            return redirect("desk:record", number=report.case.number)
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


def _snap(given: dict[str, Any], draft: Draft) -> Snap:
    return Snap(
        client_id=given["client_id"], category_id=given["category"], lat=given["lat"],
        lon=given["lon"], accuracy_m=given["accuracy"], words=given["words"],
        address=given["address"], photos=draft.uids, draft=draft.token,
        snapped_at=given["snapped_at"], source=given["source"], channel="desk",
        language=get_language() or "", contact=ContactDetails(name=given["name"], phone=given["phone"]),
    )  # fmt: skip


def _page(
    request: HttpRequest, form: EnterForm, draft: Draft, *, status: int = 200
) -> HttpResponse:
    return page(request, "desk/enter.html", {"form": form, "draft": draft}, status=status)
