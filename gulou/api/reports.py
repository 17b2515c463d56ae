"""Reports for programs of residents: the same rules, limits and refusals as the portal's form."""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from gulou.cases import queries
from gulou.cases.operations import ContactDetails, Snap, receive_report
from gulou.catalogue import queries as catalogue
from gulou.catalogue.states import ChannelCode
from gulou.kit import clock
from gulou.kit.errors import Invalid, Refusal, TooMany
from gulou.photos import operations as photo_operations
from gulou.ui import limits
from gulou.ui.answers import as_json

from .moves import Draft

if TYPE_CHECKING:
    from gulou.cases.models import Report

router = Router()
_DRAFT = re.compile(r"[\w-]{32,64}")


class Sent(Schema):
    """One report. Degrees in `system`; `client_id` is yours: the same one with the same content
    gives the same receipt, however often it is sent. Photos were staged under `draft`."""

    client_id: UUID
    category: Annotated[int, Field(ge=1, lt=2**63)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    system: Literal["wgs84", "gcj02", "bd09", "cgcs2000"] = "wgs84"
    accuracy_m: Annotated[float, Field(ge=0, le=100_000)] | None = None
    words: Annotated[str, Field(max_length=4000)] = ""
    address: Annotated[str, Field(max_length=200)] = ""
    snapped_at: datetime | None = None
    photos: Annotated[list[UUID], Field(max_length=photo_operations.MOST_PHOTOS)] = []
    draft: Draft = ""
    name: Annotated[str, Field(max_length=60)] = ""
    phone: Annotated[str, Field(max_length=20)] = ""
    email: Annotated[str, Field(max_length=120)] = ""
    joins: UUID | None = None


class WrongKind(Refusal):
    """A body of another kind than the API reads: a page elsewhere could make a browser send it."""

    status = 415


@router.post("/reports", url_name="reports", summary="Send a report")
def report(request: HttpRequest, sent: Sent) -> HttpResponse:
    """Answers 201 with the receipt and the private link to follow it; the same again 200."""
    if request.content_type != "application/json":
        raise WrongKind("api.kind", _("Send it as application/json."))
    begun = clock.now()
    snap = Snap(
        client_id=sent.client_id, category_id=sent.category, lat=sent.lat, lon=sent.lon,
        system=sent.system, accuracy_m=sent.accuracy_m, words=sent.words,
        address=sent.address, snapped_at=_aware(sent.snapped_at), photos=tuple(sent.photos),
        draft=sent.draft, language=get_language() or "", joins=sent.joins,
        channel=ChannelCode.API,
        contact=ContactDetails(name=sent.name, phone=sent.phone, email=sent.email),
    )  # fmt: skip
    received = _received(request, snap)
    link = request.build_absolute_uri(reverse("portal:receipt", args=[received.token]))
    content = {"receipt": received.receipt, "token": received.token, "link": link,
               "received_at": received.received_at}  # fmt: skip
    return as_json(content, status=201 if received.received_at >= begun else 200)


def _received(request: HttpRequest, snap: Snap) -> "Report":
    """Take it in within the limit of its network. What was received before does not count."""
    begun = clock.now()
    try:
        limits.spend(request, limits.REPORTS)
    except TooMany:
        if queries.report_sent_as(snap.client_id) is None:
            raise
        return receive_report(snap)
    received = None
    try:
        received = receive_report(snap)
    finally:
        if received is None or received.received_at < begun:
            limits.give_back(request, limits.REPORTS)
    return received


@router.post("/photos", url_name="photos", summary="Stage a photo for a report or a move")
def photo(request: HttpRequest, draft: Form[str], file: File[UploadedFile]) -> HttpResponse:
    """`draft` is a secret of 32 to 64 letters that you make up: only with it can the photo be used.
    It is discarded after two days."""
    if not _DRAFT.fullmatch(draft):
        raise Invalid("photo.draft", _("A draft is 32 to 64 letters and digits."), field="draft")
    if not request.user.is_authenticated:
        catalogue.require_channel(ChannelCode.API)
    limits.spend(request, limits.PHOTOS)
    staged = photo_operations.stage_photo(file, draft=draft)
    return as_json(
        {"uid": staged.uid, "lat": staged.taken_lat, "lon": staged.taken_lon,
         "accuracy_m": staged.taken_accuracy_m, "taken_at": staged.taken_at},
        status=201,
    )  # fmt: skip


def _aware(at: datetime | None) -> datetime | None:
    if at is not None and at.tzinfo is None:
        raise Invalid("report.time_zone", _("Give times with their offset."), field="snapped_at")
    return at
