"""A made-up past of any size, loaded by COPY: cases, reports, steps, words, notes and their facts.

It leaves the tables as the operations would have: heads and digests are right, so that the audit
holds, ids and numbers go on behind it. Photos are those of the demonstration, used again. The
deliveries of these facts are left out: they would all be done.
"""

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection, models, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from gulou.cases import facts, search, tallies
from gulou.cases.models import (
    Case,
    CasePhoto,
    Channel,
    Findable,
    Note,
    PhotoKind,
    Report,
    Source,
    Step,
    Words,
)
from gulou.cases.states import ENDED, STEP_OF, State, StepKind
from gulou.catalogue import queries as catalogue
from gulou.catalogue.models import Reason
from gulou.kit import clock
from gulou.kit.facts import Fact, salted_digest
from gulou.kit.progress import Tell
from gulou.outbox.models import ALGORITHM, Event
from gulou.outbox.record import digest_of
from gulou.people import queries as people
from gulou.people.models import Posting, User
from gulou.photos.models import Photo
from gulou.places import queries as places
from gulou.places.cells import cells_of
from gulou.places.models import Area

BATCH = 5_000
DAYS = 730
SAID = (
    "路边堆了好几袋垃圾，苍蝇很多", "果皮箱满了，垃圾掉一地", "电动车乱停，盲道被占了",
    "人行道砖破了，老人容易绊倒", "路灯不亮了，小巷很暗", "墙上又有新的小广告",
)  # fmt: skip
DONE = ("已清运并冲洗地面", "已修补并恢复原状", "车辆已扶正入线")
# How ended and open cases are divided, in a hundred.
_ENDED = {State.CLOSED: 88, State.DECLINED: 10, State.REDIRECTED: 2}
_OPEN = {
    State.RECEIVED: 25, State.FILED: 20, State.DISPATCHED: 20, State.HANDLING: 25, State.HANDLED: 10,
}  # fmt: skip
_FATE = {State.CLOSED: "closed", State.DECLINED: "declined", State.REDIRECTED: "redirected"}
_LOADED: tuple[type[models.Model], ...] = (Words, Case, Report, Step, Note, CasePhoto, Event)


def open_of(count: int) -> int:
    """How many of so many cases are open: what an office has on its hands, not a share of all."""
    return min(count * 6 // 10, max(1500, count // 25))


@transaction.atomic
def load_past(count: int, *, progress: Tell, until: datetime | None = None) -> None:
    """Load so many cases into a founded district. Needs the rights of the database's owner."""
    until = until or clock.now()
    told = _Teller(until)
    with connection.cursor() as cursor:
        # What is loaded refers rightly by its making; `dangling` proves it.
        cursor.execute("SET LOCAL session_replication_role = replica")
    states = _states(count, told.rng)
    spots = _spots(count)
    opened = _opened(states, until)
    for number, (state, spot, at) in enumerate(zip(states, spots, opened, strict=True), start=1):
        told.tell(state, spot, at)
        if number % BATCH == 0 or number == count:
            told.write()
            progress("过去 made-up cases", number, count)
    told.close()
    tallies.rebuild()


def dangling() -> list[str]:
    """The foreign keys of the loaded tables that lead nowhere, as "table.column"."""
    found = []
    with connection.cursor() as cursor:
        for model in _LOADED:
            for key in (f for f in model._meta.local_fields if isinstance(f, models.ForeignKey)):
                target = key.related_model._meta.db_table
                cursor.execute(
                    f'SELECT EXISTS (SELECT FROM "{model._meta.db_table}" a WHERE a."{key.column}" '  # noqa: S608  names are the models'
                    f'IS NOT NULL AND NOT EXISTS (SELECT FROM "{target}" b '
                    f'WHERE b."{key.target_field.column}" = a."{key.column}"))'
                )
                if cursor.fetchone()[0]:
                    found.append(f"{model._meta.db_table}.{key.column}")
    return found


@dataclass(frozen=True)
class _Spot:
    lat: float
    lon: float
    cell: int
    street: int | None
    community: int | None
    grid: int | None


def _states(count: int, rng: Random) -> list[State]:
    """In the order of time: what ended, and mostly after it what is open."""
    still = open_of(count)
    ended = rng.choices(list(_ENDED), list(_ENDED.values()), k=count - still)
    return ended + rng.choices(list(_OPEN), list(_OPEN.values()), k=still)


def _opened(states: Sequence[State], until: datetime) -> Iterator[datetime]:
    """When each came in: the ended ones over two years, the open ones in the last ten days."""
    ended = sum(state in ENDED for state in states)
    far, near, now = timedelta(days=DAYS), timedelta(days=10), timedelta(hours=1)
    yield from (until - far + (far - near) * (n / max(ended, 1)) for n in range(ended))
    still = len(states) - ended
    yield from (until - near + (near - now) * (n / max(still, 1)) for n in range(still))


def _spots(count: int) -> Iterator[_Spot]:
    """Places around the middles of communities, all inside the district."""
    rng = np.random.default_rng(1)
    middles = np.array(
        Area.objects.filter(level__code="community").values_list("centre_lon", "centre_lat")
    )
    points = np.empty((0, 2))
    while len(points) < count:
        chosen = middles[rng.integers(0, len(middles), count + 100)]
        more = chosen + rng.normal(0, 0.0025, chosen.shape)
        inside = places.locate_many(more, level="district") >= 0
        points = np.vstack([points, more[inside]])
    points = points[:count].round(6)
    cells = cells_of(points[:, 1], points[:, 0])
    levels = [places.locate_many(points, level=one) for one in ("street", "community", "grid")]
    for (lon, lat), cell, *chain in zip(points, cells, *levels, strict=True):
        areas = (int(pk) if pk >= 0 else None for pk in chain)
        yield _Spot(float(lat), float(lon), int(cell), *areas)


class _Table:
    """Rows for one table, each with its id; written by COPY, whole columns at a time."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.name = model._meta.db_table
        self.next_id = (model._default_manager.aggregate(m=models.Max("pk"))["m"] or 0) + 1
        self.rows: list[dict[str, Any]] = []

    def add(self, **columns: Any) -> int:
        """One row more; its id."""
        pk = self.next_id
        self.next_id += 1
        self.rows.append({"id": pk, **columns})
        return pk

    def write(self) -> None:
        if not self.rows:
            return
        names = list(self.rows[0])
        columns = ", ".join(f'"{name}"' for name in names)
        with (
            connection.cursor() as cursor,
            cursor.copy(f'COPY "{self.name}" ({columns}) FROM STDIN') as copy,
        ):
            for row in self.rows:
                copy.write_row([row[name] for name in names])
        self.rows.clear()

    def close(self) -> None:
        """Let the next id come after all of these."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), %s, false)",
                [self.name, self.model._meta.pk.column, self.next_id],
            )


class _Series:
    """Numbers as the operations give them."""

    def __init__(self, prefix: str, sequence: str) -> None:
        self.prefix, self.sequence = prefix, sequence
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(%s)", [sequence])
            (self.serial,) = cursor.fetchone()

    def number(self, at: datetime) -> str:
        self.serial += 1
        return f"{self.prefix}{timezone.localdate(at).year}-{self.serial:06d}"

    def close(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(%s, %s)", [self.sequence, self.serial])


class _Chain:
    """The facts of one subject, linked."""

    def __init__(self, table: _Table, kind: str, uid: UUID) -> None:
        self.table, self.kind, self.uid = table, kind, uid
        self.sequence, self.digest = 0, ""

    def add(self, fact: Fact, *, actor: str, at: datetime) -> None:
        # No object of Django's for each: of millions they would take half the time.
        row = {
            "subject_kind": self.kind, "subject_uid": self.uid, "sequence": self.sequence + 1,
            "name": fact.name, "payload": vars(fact), "actor": actor, "at": at,
            "previous": self.digest,
        }  # fmt: skip
        self.sequence, self.digest = self.sequence + 1, digest_of(SimpleNamespace(**row))
        row["payload"] = Jsonb(row["payload"])
        self.table.add(**row, algorithm=ALGORITHM, digest=self.digest)


class _Teller:
    """Tells one case after the other into the tables."""

    def __init__(self, until: datetime) -> None:
        self.rng, self.until = Random(1), until  # noqa: S311  a made-up past, not a secret
        self.words, self.cases, self.reports = _Table(Words), _Table(Case), _Table(Report)
        self.steps, self.notes = _Table(Step), _Table(Note)
        self.photos, self.events = _Table(CasePhoto), _Table(Event)
        self.findable = _Table(Findable)
        self.tables = (
            self.words, self.cases, self.reports, self.steps, self.notes, self.photos, self.events,
            self.findable,
        )  # fmt: skip
        self.case_numbers = _Series("", "gulou_case_serial")
        self.receipts = _Series("R", "gulou_report_serial")
        self._read_house()

    def _read_house(self) -> None:
        units = people.unit_refs().values()
        self.district, self.office = places.district().id, people.office().id
        self.unit_of = {unit.area_id: unit.id for unit in units if unit.area_id}
        self.departments = [unit.id for unit in units if unit.kind == "department"]
        self.teams = [unit.id for unit in units if unit.kind == "supervision_team"]
        posted = Posting.objects.order_by("-pk").values_list("unit_id", "user_id", "user__uid")
        self.worker = {unit: (user, f"user:{uid}") for unit, user, uid in posted}
        guo = User.objects.get(pk=_dispatcher())
        self.desk = (guo.pk, guo.actor)
        self.categories = [
            (one, default.id if (default := catalogue.default_condition(one.id)) else None)
            for one in catalogue.categories_for_public()
        ]
        self.reasons = dict(Reason.objects.order_by("-pk").values_list("kind", "pk"))
        self.pictures = list(Photo.objects.filter(state="kept").values_list("pk", "uid")[:200])

    def write(self) -> None:
        for table in self.tables:
            table.write()

    def close(self) -> None:
        for one in (*self.tables, self.case_numbers, self.receipts):
            one.close()

    def tell(self, state: State, spot: _Spot, at: datetime) -> None:
        """One case from its report to where it stands now."""
        case = _CaseTold(self, spot, at)
        case.begin()
        if state == State.RECEIVED:
            case.stay(state)
            return
        if state in (State.DECLINED, State.REDIRECTED):
            case.turn_away(state)
        else:
            case.work(state)
        case.stay(state)

    def uid(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128), version=4)


def _dispatcher() -> int:
    office = people.office()
    return people.people_at([office.id], "case.dispatch")[0].pk


class _CaseTold:
    """One case while it is told."""

    def __init__(self, told: _Teller, spot: _Spot, at: datetime) -> None:
        self.told, self.spot, self.rng = told, spot, told.rng
        self.opened = self.at = at.astimezone(UTC)
        self.uid = told.uid()
        self.pk = told.cases.next_id
        told.cases.next_id += 1
        self.chain = _Chain(told.events, "cases.case", self.uid)
        self.category, self.condition = self.rng.choice(told.categories)
        self.unit = told.office
        self.version = 1
        self.step: dict[str, Any] | None = None
        self.cover: int | None = None
        self.address = f"榕楼路{self.rng.randrange(1, 999)}号"
        self.said = [self.address]

    def begin(self) -> None:
        """The report, the case opened by it, and its wait at intake."""
        told, rng = self.told, self.rng
        report_uid = told.uid()
        actor = f"report:{report_uid}"
        words, digest = self._words(rng.choice(SAID))
        chain = _Chain(told.events, "cases.report", report_uid)
        picture = rng.choice(told.pictures) if told.pictures and rng.random() < 0.6 else None
        chain.add(
            facts.ReportReceived(
                case=str(self.uid), source=Source.RESIDENT.value, channel=Channel.WEB.value,
                category=self.category.id, words=words, words_digest=digest,
                photos=[str(picture[1])] if picture else [],
            ),
            actor=actor, at=self.at,
        )  # fmt: skip
        report = told.reports.add(
            uid=report_uid, district_id=told.district, case_id=self.pk,
            receipt=self._receipt(), token=f"{rng.getrandbits(256):064x}"[:43],
            client_id=told.uid(), payload_digest=hashlib.sha256(report_uid.bytes).hexdigest(),
            me_too=False, source=Source.RESIDENT.value, channel=Channel.WEB.value,
            category_id=self.category.id, words_id=words, address=self.address,
            lat=self.spot.lat, lon=self.spot.lon, cell=self.spot.cell, accuracy_m=12.0,
            source_system="wgs84", given_lat=self.spot.lat, given_lon=self.spot.lon,
            snapped_at=self.at, received_at=self.at, contact_id=None, reporter_id=None,
            entered_by_id=None, language="zh-hans", head_sequence=chain.sequence,
            head_digest=chain.digest,
        )  # fmt: skip
        if picture:
            self.cover = picture[0]
            told.photos.add(
                case_id=self.pk, report_id=report, step_id=None, photo_id=picture[0],
                kind=PhotoKind.BEFORE.value, position=0, added_at=self.at, added_by_id=None,
                released_at=None, released_by_id=None,
            )  # fmt: skip
        self._begin_step(StepKind.INTAKE, told.office)
        self.chain.add(
            facts.CaseOpened(
                report=str(report_uid), category=self.category.id,
                code_set=self.category.code_set_id, unit=told.office,
            ),
            actor=actor, at=self.at,
        )  # fmt: skip

    def turn_away(self, state: State) -> None:
        """Not filed, or passed on to its own channel."""
        self._later(0.2, 3)
        move = "decline" if state == State.DECLINED else "redirect"
        self._end_step(_FATE[state], self.told.desk[0])
        words, digest, reason = self._note(move, "", self.told.desk[0])
        kind = facts.CaseDeclined if state == State.DECLINED else facts.CaseRedirected
        self._moved(kind(words=words, words_digest=digest, reason=reason), self.told.desk[1])

    def work(self, state: State) -> None:
        """Filed, dispatched, accepted, handled, closed: as far as it has come."""
        far = (State.FILED, State.DISPATCHED, State.HANDLING, State.HANDLED, State.CLOSED)
        steps = (self._file, self._dispatch, self._accept, self._handle, self._close)
        for reached, step in zip(far, steps, strict=True):
            self._later(0.2, 8)
            step()
            if reached == state:
                return

    def stay(self, state: State) -> None:
        """Write the case as it stands."""
        step = self.step if state not in ENDED else None
        spot, told = self.spot, self.told
        number = told.case_numbers.number(self.opened)
        told.cases.rows.append(dict(
            id=self.pk, uid=self.uid, head_sequence=self.chain.sequence,
            head_digest=self.chain.digest, lat=spot.lat, lon=spot.lon, cell=spot.cell,
            accuracy_m=12.0, source_system="wgs84", number=number,
            version=self.version, state=state.value, restricted=state == State.REDIRECTED,
            source=Source.RESIDENT.value, district_id=told.district, street_id=spot.street,
            community_id=spot.community, grid_id=spot.grid, place_ambiguous=False,
            address=self.address, code_set_id=self.category.code_set_id,
            category_id=self.category.id, condition_id=self.condition, unit_id=self.unit,
            assisting=[], rule_id=None, step_id=step["id"] if step else None,
            step_kind=step["kind"] if step else "", step_unit_id=step["unit_id"] if step else None,
            step_person_id=None, due_at=step["due_at"] if step else None, opened_at=self.opened,
            changed_at=self.at, ended_at=self.at if state in ENDED else None, returns=0, reworks=0,
            reports_count=1, merged_into_id=None, objected_at=None, cover_id=self.cover,
            summary="",
        ))  # fmt: skip
        areas = (spot.street, spot.community, spot.grid)
        named = {f"#a{pk}" for pk in areas if pk is not None} | {f"#c{self.category.id}"}
        terms = search.terms_of(number, *self.said) | named
        told.findable.rows.append(
            {"case_id": self.pk, "terms": " ".join(f"'{term}'" for term in sorted(terms))}
        )
        if step is not None and STEP_OF.get(state) != step["kind"]:
            raise AssertionError(f"a case in state {state} cannot wait in a {step['kind']} step")

    def _file(self) -> None:
        self._end_step("filed", self.told.desk[0])
        step = self._begin_step(StepKind.DISPATCH, self.told.office)
        fact = facts.CaseFiled(category=self.category.id, condition=self.condition, step=step)
        self._moved(fact, self.told.desk[1])

    def _dispatch(self) -> None:
        self._end_step("dispatched", self.told.desk[0])
        near = self.told.unit_of.get(self.spot.community or 0, 0)
        far = self.told.departments[self.category.id % len(self.told.departments)]
        self.unit = near if near in self.told.worker and self.rng.random() < 0.5 else far
        step = self._begin_step(StepKind.ACCEPT, self.unit)
        self._moved(facts.CaseDispatched(unit=self.unit, step=step), self.told.desk[1])

    def _accept(self) -> None:
        person, actor = self.told.worker[self.unit]
        self._end_step("accepted", person)
        step = self._begin_step(StepKind.HANDLE, self.unit)
        self._moved(facts.CaseAccepted(unit=self.unit, step=step), actor)

    def _handle(self) -> None:
        person, actor = self.told.worker[self.unit]
        words, digest, _ = self._note("handle", self.rng.choice(DONE), person)
        self._end_step("handled", person)
        step = self._begin_step(StepKind.RECHECK, self.rng.choice(self.told.teams))
        fact = facts.CaseHandled(unit=self.unit, step=step, words=words, words_digest=digest)
        self._moved(fact, actor)

    def _close(self) -> None:
        team = self.step["unit_id"] if self.step else 0
        person, actor = self.told.worker[team]
        self._end_step("closed", person)
        self._moved(facts.CaseClosed(), actor)

    def _later(self, least: float, most: float) -> None:
        """So many hours on, but never after now."""
        left = (self.told.until - self.at).total_seconds() / 3600
        hours = self.rng.uniform(least, most) if left > most * 6 else left / 6
        self.at += timedelta(seconds=math.floor(hours * 3600))

    def _moved(self, fact: Fact, actor: str) -> None:
        self.version += 1
        self.chain.add(fact, actor=actor, at=self.at)

    def _begin_step(self, kind: StepKind, unit: int) -> int:
        due = self.at + timedelta(hours=self.rng.choice((4, 12, 48, 72, 168)))
        pk = self.told.steps.add(
            case_id=self.pk, parent_id=None, kind=kind.value, unit_id=unit, person_id=None,
            started_at=self.at, due_at=due, ended_at=None, ended_by_id=None, outcome="",
        )  # fmt: skip
        self.step = self.told.steps.rows[-1]
        return pk

    def _end_step(self, outcome: str, person: int) -> None:
        if self.step is not None:
            self.step.update(ended_at=self.at, ended_by_id=person, outcome=outcome)

    def _note(self, move: str, text: str, person: int) -> tuple[int, str, int | None]:
        words, digest = self._words(text)
        reason = self.told.reasons.get(move)
        self.told.notes.add(
            case_id=self.pk, words_id=words, reason_id=reason, move=move, by_id=person, at=self.at
        )
        return words, digest, reason

    def _receipt(self) -> str:
        receipt = self.told.receipts.number(self.at)
        self.said.append(receipt)
        return receipt

    def _words(self, text: str) -> tuple[int, str]:
        salt = f"{self.rng.getrandbits(128):032x}"
        self.said.append(text)
        pk = self.told.words.add(text=text, salt=salt, erased_at=None)
        return pk, salted_digest(salt, text)
