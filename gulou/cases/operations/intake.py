"""Taking a report in: it becomes a case of its own, or joins one."""

import json
import math
import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gulou.cases import search, states
from gulou.cases.facts import (
    CaseDispatched,
    CaseFiled,
    CaseJoined,
    CaseOpened,
    CaseTasked,
    ReportReceived,
)
from gulou.cases.models import (
    Case,
    Channel,
    Contact,
    PhotoKind,
    Report,
    Source,
    Step,
    Words,
)
from gulou.cases.states import State, StepKind
from gulou.catalogue import queries as catalogue
from gulou.catalogue.routing import Routing, route
from gulou.kit import clock, rows
from gulou.kit.compiled import Compiled
from gulou.kit.errors import Conflict, Invalid, Refusal
from gulou.kit.sealing import keyed_digest, seal
from gulou.kit.words import clean, name_of
from gulou.outbox.models import Event
from gulou.outbox.record import record
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User
from gulou.photos.models import Photo
from gulou.photos.operations import keep_photos
from gulou.photos.queries import fingerprints
from gulou.places import queries as places
from gulou.places.cells import cell_of
from gulou.places.coordinates import distance_m, to_wgs84
from gulou.places.models import System
from gulou.places.queries import AreaRef, Where

from .ground import (
    MAX_WORDS,
    begin_step,
    category_in_use,
    end_steps,
    keep_words,
    put,
    show,
)

FILED_AT_ONCE = frozenset({Source.INSPECTION, Source.SUPERVISION, Source.LEADER, Source.ASSIGNED})
"""Reports of the office's own eyes need no verification."""

CLOCK_TOLERANCE = timedelta(minutes=10)
FIRST_YEAR = 1970

NEAR_ENOUGH_M = 100.0
"""How far from a case a "me too" may stand, beyond the accuracy of its own place."""


@dataclass(frozen=True, kw_only=True)
class ContactDetails:
    """How to reach a reporter, as they gave it. Kept encrypted."""

    name: str = ""
    phone: str = ""
    email: str = ""

    def given(self) -> bool:
        """Whether there is anything to keep."""
        return bool(self.name or self.phone or self.email)


@dataclass(frozen=True, kw_only=True)
class Snap:
    """What somebody sends. Degrees in `system`; `photos` were staged under `draft`."""

    client_id: UUID
    category_id: int
    lat: float
    lon: float
    system: str = System.WGS84
    accuracy_m: float | None = None
    words: str = ""
    address: str = ""
    photos: tuple[UUID, ...] = ()
    draft: str = ""
    snapped_at: datetime | None = None
    source: str = Source.RESIDENT
    channel: str = Channel.WEB
    language: str = ""
    contact: ContactDetails = ContactDetails()
    joins: UUID | None = None

    def digest(self, photos: Sequence[Photo] = ()) -> str:
        """A keyed digest of everything that was sent, photos by their bytes; the same content has
        the same digest, and nobody without the data key can guess a contact from it. `photos` are
        those of the snap, where they are at hand."""
        content = {**vars(self), "contact": vars(self.contact)}
        content.pop("draft")
        known = {photo.uid: photo.sha256 for photo in photos}
        if self.photos:
            content["photos"] = (
                [known[uid] for uid in self.photos] if known else fingerprints(self.photos)
            )
        return keyed_digest(json.dumps(content, sort_keys=True, default=str, ensure_ascii=False))


def receive_report(
    snap: Snap, *, reporter: User | None = None, entered_by: User | None = None
) -> Report:
    """Take a report in. The same client id and content again gives the same receipt.

    Raises Conflict when the client id came before with other content; Invalid when something of
    it cannot be used, with the field; NotAllowed when `entered_by` may not enter for others.
    """
    district = places.district()
    try:
        received = _receive(snap, district, reporter=reporter, entered_by=entered_by)
    except (IntegrityError, Refusal):
        # What came before is known again, also where nobody could send it now or where its twin
        # was faster.
        if _sent_as.first(district.id, snap.client_id) is None:
            raise
        received = None
    return received or _sent_before(snap, district)


def _sent_before(snap: Snap, district: AreaRef) -> Report:
    before = _sent_as(district.id, snap.client_id)[0]
    if before.payload_digest != snap.digest():
        raise Conflict(
            "report.same_id_other_content",
            _("This report was sent before with other content. Start a new report to send more."),
        )
    return before


@Compiled
def _sent_as(district_id: int, client_id: UUID) -> QuerySet[Report]:
    return Report.objects.filter(district_id=district_id, client_id=client_id)


# Each way in that the office may close. A picture from a chat is entered at the desk.
_WAYS: dict[str, str] = {
    Channel.WEB: Channel.WEB, Channel.API: Channel.API,
    Channel.FIELD: Channel.FIELD, Channel.DESK: Channel.DESK, Channel.FORWARDED: Channel.DESK,
}  # fmt: skip


@rows.together(apart=True)
def _receive(
    snap: Snap, district: AreaRef, *, reporter: User | None, entered_by: User | None
) -> Report | None:
    """None when a report with its id is there already."""
    office = people.office()
    if entered_by is not None:
        access.require(entered_by, states.ENTER, unit_id=office.id)
    if way := _WAYS.get(snap.channel):
        catalogue.require_channel(way)
    category = category_in_use(snap.category_id)
    lat, lon, where = _place(snap)
    _check_words_and_time(snap)
    joined = _case_to_join(snap, lat, lon)
    if not _draw(snap, district, joined):
        return None
    sender, uid, now = entered_by or reporter, uuid4(), clock.now()
    actor = sender.actor if sender else f"report:{uid}"
    kept = keep_photos(snap.photos, draft=snap.draft, actor=actor) if snap.photos else []
    start = joined.photos.count() if joined is not None and kept else 0
    words, digest = keep_words(snap.words)
    case = joined or _new_case(snap, district, where, lat, lon, category, office.id, now)
    report = Report(
        pk=rows.new(Report), uid=uid, district_id=district.id, case=case,
        receipt=_number("R", "report_serial"), token=secrets.token_urlsafe(32),
        client_id=snap.client_id, payload_digest=snap.digest(kept), me_too=joined is not None,
        source=snap.source, channel=snap.channel, category_id=category.id, words=words,
        address=clean(snap.address)[:200], lat=lat, lon=lon, cell=cell_of(lat, lon),
        accuracy_m=snap.accuracy_m, source_system=snap.system, given_lat=snap.lat,
        given_lon=snap.lon, snapped_at=snap.snapped_at, received_at=now,
        contact=_keep_contact(snap.contact), reporter=reporter, entered_by=entered_by,
        language=snap.language[:10],
    )  # fmt: skip
    rows.add(report)
    show(case, kept, kind=PhotoKind.BEFORE, start=start, by=sender, report=report)
    record(
        ReportReceived(
            case=str(case.uid), source=snap.source, channel=snap.channel, category=category.id,
            words=words.pk, words_digest=digest, photos=[str(photo.uid) for photo in kept],
            me_too=report.me_too,
        ),
        subject=report, actor=actor,
    )  # fmt: skip
    if joined is not None:
        _join(case, report, actor)
    else:
        case.cover = kept[0] if kept else None
        rows.add(case)
        _open(case, report, where, actor)
    search.take_in(case, report.receipt, report.address, snap.words)
    return report


def _draw(snap: Snap, district: AreaRef, joined: Case | None) -> bool:
    """The ids and numbers of a report, unless it is there; one that joins a case takes no number
    of a case."""
    own = (Case, Step, "gulou_case_serial") if joined is None else ()
    if joined is None and snap.source in FILED_AT_ONCE:
        own = (*own, Step)
    contact = (Contact,) if snap.contact.given() else ()
    facts = [Event] * (2 + len(snap.photos))
    there = [district.id, snap.client_id]
    return rows.draw_unless(
        _THERE, there, Words, Report, "gulou_report_serial", *contact, *own, *facts
    )


_THERE = "SELECT FROM cases_report WHERE district_id = %s AND client_id = %s"


def _place(snap: Snap) -> tuple[float, float, Where]:
    if snap.accuracy_m is not None and not (
        math.isfinite(snap.accuracy_m) and snap.accuracy_m >= 0
    ):
        raise Invalid(
            "report.accuracy", _("The accuracy of the place is no number."), field="place"
        )
    lat, lon = to_wgs84(snap.lat, snap.lon, snap.system)
    where = places.locate(lat, lon, accuracy_m=snap.accuracy_m or 0)
    if not where.inside:
        raise Invalid(
            "report.outside",
            _("This place is outside %(district)s. Move the pin to where you saw the problem; if it really is there, report it to that city's 12345 hotline.")
            % {"district": name_of(places.district())},
            field="place",
        )  # fmt: skip
    return lat, lon, where


def _check_words_and_time(snap: Snap) -> None:
    if not snap.photos and not clean(snap.words) and snap.joins is None:
        raise Invalid(
            "report.empty", _("Add a photo or say in a few words what is wrong."), field="words"
        )
    if len(clean(snap.words)) > MAX_WORDS:
        keep_words(snap.words)  # refuses, with how much to shorten it by
    if snap.snapped_at is not None and snap.snapped_at > clock.now() + CLOCK_TOLERANCE:
        raise Invalid(
            "report.in_the_future",
            _("The time of the snapshot is in the future. Check the clock of your phone."),
            field="snapped_at",
        )
    # The database would take a year before the first, and nobody could read the report again.
    if snap.snapped_at is not None and snap.snapped_at.year < FIRST_YEAR:
        raise Invalid(
            "report.long_ago",
            _("The time of the snapshot lies too far back. Check the clock of your phone."),
            field="snapped_at",
        )


def _case_to_join(snap: Snap, lat: float, lon: float) -> Case | None:
    """The open case that a "me too" joins, locked.

    None, and so a case of its own, where the one named is of another kind or place, was not filed
    yet, is restricted, or has ended since.
    """
    named = Case.objects.filter(uid=snap.joins).first() if snap.joins else None
    if named is None or named.category_id != snap.category_id:
        return None
    if not may_join(named, lat, lon, snap.accuracy_m or 0):
        return None
    while named.merged_into is not None:
        named = named.merged_into
    case = Case.objects.select_for_update().get(pk=named.pk)
    return None if case.ended_at is not None or case.restricted else case


def may_join(case: Case, lat: float, lon: float, accuracy_m: float) -> bool:
    """Whether a "me too" of a report of its kind at this place may join the case."""
    far = NEAR_ENOUGH_M + min(accuracy_m, 200)
    return case.state != State.RECEIVED and distance_m(lat, lon, case.lat, case.lon) <= far


def _keep_contact(details: ContactDetails) -> Contact | None:
    if not details.given():
        return None
    given = {name: clean(value)[:120] for name, value in asdict(details).items() if value}
    contact = Contact(
        pk=rows.new(Contact),
        sealed=seal(json.dumps(given, ensure_ascii=False)),
        phone_digest=phone_digest(details.phone),
    )
    rows.add(contact)
    return contact


def phone_digest(phone: str) -> str:
    """What a telephone number is known again by, "" for none: keyed, over its digits alone."""
    digits = re.sub(r"\D", "", phone).removeprefix("86")[-11:]
    return keyed_digest(f"phone:{digits}") if len(digits) >= 7 else ""


def _new_case(
    snap: Snap,
    district: AreaRef,
    where: Where,
    lat: float,
    lon: float,
    category: catalogue.CategoryRef,
    office_id: int,
    now: datetime,
) -> Case:
    condition = catalogue.default_condition(category.id)
    return Case(
        pk=rows.new(Case), number=_number("", "case_serial"), source=snap.source, district_id=district.id,
        street_id=_id(where.street), community_id=_id(where.community), grid_id=_id(where.grid),
        place_ambiguous=where.ambiguous, address=clean(snap.address)[:200], lat=lat, lon=lon,
        cell=cell_of(lat, lon), accuracy_m=snap.accuracy_m, source_system=snap.system,
        code_set_id=category.code_set_id, category_id=category.id,
        condition_id=condition.id if condition else None, unit_id=office_id,
        opened_at=now, changed_at=now,
    )  # fmt: skip


def _id(area: AreaRef | None) -> int | None:
    return area.id if area else None


def _number(prefix: str, sequence: str) -> str:
    """The next number of a series, e.g. "R2026-000123": the year and a serial that never repeats."""
    serial = rows.new(f"gulou_{sequence}")
    return f"{prefix}{timezone.localdate(clock.now()).year}-{serial:06d}"


def _join(case: Case, report: Report, actor: str) -> None:
    # Not a move: whoever works on the case meanwhile saw nothing that is no longer so.
    case.reports_count += 1
    rows.change(case, "reports_count")
    record(CaseJoined(report=str(report.uid)), subject=case, actor=actor)


def _open(case: Case, report: Report, where: Where, actor: str) -> None:
    """Begin the case's life: at intake, and on from there where a rule is sure of it."""
    intake = begin_step(case, StepKind.INTAKE, unit_id=case.unit_id)
    routing = route(
        where=where, category_id=case.category_id, condition_id=case.condition_id,
        on=timezone.localdate(case.opened_at),
    )  # fmt: skip
    record(
        CaseOpened(
            report=str(report.uid), category=case.category_id, code_set=case.code_set_id,
            unit=case.unit_id,
        ),
        subject=case, actor=actor,
    )  # fmt: skip
    if case.source in FILED_AT_ONCE:
        _file_at_once(case, routing, actor)
        return
    verifier = _community_unit(case) if routing.verify_first else None
    step = begin_step(case, StepKind.VERIFY, unit_id=verifier, parent=intake) if verifier else None
    put(case)
    if verifier is not None and step is not None:
        record(
            CaseTasked(unit=verifier, step=step.pk, rule=routing.rule_id),
            subject=case, actor="system",
        )  # fmt: skip


def _community_unit(case: Case) -> int | None:
    """The unit that looks after the community of the place."""
    units = people.unit_refs().values()
    found = (unit.id for unit in units if unit.area_id == case.community_id and unit.active)
    return next(found, None) if case.community_id is not None else None


def _file_at_once(case: Case, routing: Routing, actor: str) -> None:
    end_steps(case, "filed", by=None)
    step = begin_step(case, StepKind.DISPATCH, unit_id=case.unit_id)
    put(case, State.FILED)
    record(
        CaseFiled(category=case.category_id, condition=case.condition_id, step=step.pk),
        subject=case, actor=actor,
    )  # fmt: skip
    if routing.certain and routing.unit_id is not None:
        end_steps(case, "dispatched", by=None)
        case.unit_id, case.rule_id = routing.unit_id, routing.rule_id
        case.assisting = list(routing.assisting_ids)
        step = begin_step(case, StepKind.ACCEPT, unit_id=routing.unit_id)
        put(case, State.DISPATCHED, "unit", "rule", "assisting")
        record(
            CaseDispatched(
                unit=routing.unit_id, assisting=case.assisting, rule=routing.rule_id, step=step.pk
            ),
            subject=case, actor="system",
        )  # fmt: skip
