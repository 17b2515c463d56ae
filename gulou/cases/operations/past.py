"""Taking in cases that another system knew before us: many at once, in the state they stood in.

Nobody is told, no picture comes along. What was open there gets its step here, whose time begins
now: a clock that ran elsewhere is not held against anybody.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from django.db import connection, transaction
from django.utils import timezone

from gulou.cases import clocks, search
from gulou.cases.facts import CaseImported, ReportImported
from gulou.cases.models import Case, Channel, Origin, Report, Source, Step, Words
from gulou.cases.states import STEP_OF, State, StepKind
from gulou.catalogue import queries as catalogue
from gulou.kit import clock
from gulou.kit.facts import salted_digest
from gulou.kit.words import clean
from gulou.outbox.bulk import copy_in, record_first, with_ids
from gulou.people import queries as people
from gulou.places import queries as places
from gulou.places.cells import cell_of

OUTCOMES = {State.CLOSED: "closed", State.DECLINED: "declined", State.REDIRECTED: "redirected"}
"""How the one step of an ended case ended."""
STATES_TAKEN = (*STEP_OF, *OUTCOMES)
"""The states in which a case can be taken in: all but merged, which needs another case."""
_AT_THE_OFFICE = {StepKind.INTAKE, StepKind.DISPATCH, StepKind.RECHECK}


@dataclass(frozen=True, kw_only=True)
class PastCase:
    """One case of another system. Degrees in WGS84 (`given`: as they stood there), times aware;
    ids are ours. `line` is the digest of its line. An ended state has an `ended`, no other has.
    """

    number: str
    line: str
    state: State
    opened: datetime
    ended: datetime | None
    category_id: int
    code_set_id: int
    unit_id: int
    lat: float
    lon: float
    given: tuple[float, float]
    accuracy_m: float | None = None
    source_system: str = "wgs84"
    # Our areas by their level; levels that a case does not name are left out.
    areas: dict[str, int] = field(default_factory=dict)
    address: str = ""
    words: str = ""
    source: str = Source.HOTLINE
    on_time: bool | None = None


def known_lines(system: str, numbers: Sequence[str]) -> dict[str, str]:
    """The digests of those of these numbers that were taken in before."""
    found = Origin.objects.filter(system=system, number__in=numbers)
    return dict(found.values_list("number", "digest"))


@transaction.atomic
def take_in(past: Sequence[PastCase], *, system: str, actor: str) -> None:
    """Take these cases in, all or none. A number that is here already raises IntegrityError."""
    words = with_ids([_words(one) for one in past])
    steps = with_ids([_step(one) for one in past])
    numbers, receipts = _next("gulou_case_serial", past), _next("gulou_report_serial", past)
    cases = with_ids([_case(*each) for each in zip(past, steps, numbers, strict=True)])
    for case, step in zip(cases, steps, strict=True):
        step.case_id = case.pk
    reports = with_ids(
        [_report(*each, system=system) for each in zip(past, cases, words, receipts, strict=True)]
    )
    sent = list(zip(reports, past, strict=True))
    record_first(((report, _told_by(report, one)) for report, one in sent), actor=actor)
    record_first(
        ((report.case, _told_of(report, one, system)) for report, one in sent), actor=actor
    )
    origins = [
        Origin(case=case, system=system, number=one.number, digest=one.line, on_time=one.on_time)
        for one, case in zip(past, cases, strict=True)
    ]
    for rows in (words, cases, steps, reports, origins):
        copy_in(rows)
    search.take_in_many(
        (case, (report.receipt, report.address, said.text))
        for case, report, said in zip(cases, reports, words, strict=True)
    )


def _next(sequence: str, past: Sequence[PastCase]) -> list[int]:
    """As many numbers of a sequence as there are cases; nobody else gets them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [sequence, len(past)])
        return [number for (number,) in cursor.fetchall()]


def _words(one: PastCase) -> Words:
    return Words(text=clean(one.words), salt=secrets.token_hex(16))


def _step(one: PastCase) -> Step:
    """The one stretch of work that we know of: all of an ended case, or what is owed from now on."""
    if one.ended is not None:
        return Step(
            kind=StepKind.HANDLE, unit_id=one.unit_id, started_at=one.opened,
            ended_at=one.ended, outcome=OUTCOMES[one.state],
        )  # fmt: skip
    kind, now = STEP_OF[one.state], clock.now()
    unit_id = people.office().id if kind in _AT_THE_OFFICE else one.unit_id
    step = Step(kind=kind, unit_id=unit_id, started_at=now)
    limit = catalogue.limit_for(kind, category_id=one.category_id, condition_id=None)
    clocks.start(step, limit)
    return step


def _case(one: PastCase, step: Step, serial: int) -> Case:
    current = step if step.ended_at is None else None
    case = Case(
        number=f"{timezone.localdate(one.opened).year}-{serial:06d}", state=one.state,
        restricted=one.state == State.REDIRECTED, source=one.source,
        district_id=places.district().id, street_id=one.areas.get("street"),
        community_id=one.areas.get("community"), grid_id=one.areas.get("grid"),
        address=one.address, lat=one.lat, lon=one.lon, cell=cell_of(one.lat, one.lon),
        accuracy_m=one.accuracy_m, source_system=one.source_system, code_set_id=one.code_set_id,
        category_id=one.category_id, unit_id=one.unit_id, opened_at=one.opened,
        changed_at=one.ended or one.opened, ended_at=one.ended,
        step_id=current.pk if current else None, step_kind=current.kind if current else "",
        step_unit_id=current.unit_id if current else None,
        due_at=current.due_at if current else None,
    )  # fmt: skip
    return case


def _report(one: PastCase, case: Case, words: Words, serial: int, *, system: str) -> Report:
    return Report(
        district_id=case.district_id, case=case, receipt=f"R{case.number[:4]}-{serial:06d}",
        token=secrets.token_urlsafe(32), client_id=uuid5(NAMESPACE_URL, f"{system}:{one.number}"),
        payload_digest=one.line, source=one.source, channel=Channel.IMPORT,
        category_id=one.category_id, words=words, address=one.address, lat=one.lat, lon=one.lon,
        cell=case.cell, accuracy_m=one.accuracy_m, source_system=one.source_system,
        given_lat=one.given[0], given_lon=one.given[1], received_at=one.opened,
    )  # fmt: skip


def _told_by(report: Report, one: PastCase) -> ReportImported:
    return ReportImported(
        case=str(report.case.uid), source=one.source, category=one.category_id,
        words=report.words.pk, words_digest=salted_digest(report.words.salt, report.words.text),
    )  # fmt: skip


def _told_of(report: Report, one: PastCase, system: str) -> CaseImported:
    return CaseImported(
        report=str(report.uid), system=system, number=one.number, line=one.line, state=one.state,
        category=one.category_id, unit=one.unit_id, opened=one.opened.isoformat(),
        ended=one.ended.isoformat() if one.ended else "", on_time=one.on_time,
    )  # fmt: skip
