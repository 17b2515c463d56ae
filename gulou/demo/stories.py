"""What happened in the demonstration: twelve weeks, told by the real operations.

Each story is a generator: it acts, then yields the instant at which it goes on. The teller lets
the stories take turns on one simulated clock, so that numbers and facts follow time.
"""

import heapq
import io
import uuid
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from random import Random

from shapely import Point

from gulou.cases import operations as cases
from gulou.cases.models import Case, ReplyForm, Report, Source
from gulou.cases.operations import AssignedDetails, ContactDetails, Evidence, LetterDetails, Snap
from gulou.cases.routing import routing_of
from gulou.cases.states import State, StepKind
from gulou.catalogue import queries as catalogue
from gulou.catalogue.models import Category, Reason
from gulou.kit import clock, rows
from gulou.kit.progress import Tell
from gulou.outbox.deliver import deliver_past
from gulou.people import queries as people
from gulou.people.models import User
from gulou.photos import jobs as photo_jobs
from gulou.photos import operations as photos
from gulou.places import queries as places
from gulou.workbench import operations as workbench

from . import sights
from .geography import OUTLINE, PLACES
from .house import House
from .pictures import picture, scenes
from .seasons import ZONE, day, on_duty, working
from .sights import SIGHTS, Sight

Story = Iterator[datetime]
# Parts of a story: they give back the case as it is then; an outcome may be that it waits.
Course = Generator[datetime, None, Case]
Outcome = Generator[datetime, None, Case | None]
# Some are reported twice, and some wait for today: about fifteen hundred cases in all.
CASES = 1400
DAYS = 84
# Reports of the last half hour: what waits for the dispatcher who signs in first.
FRESH = 7
# From how many cases on there is work of every kind for everybody today.
FULL = 60
HOURS = (1, 3, 7, 9, 8, 7, 6, 5, 5, 6, 7, 8, 9, 8, 6, 5, 3)
"""How much is seen in each hour from six in the morning."""
# Who sees it, on working days and on free ones.
SOURCES = {
    Source.RESIDENT: (52, 82), Source.INSPECTION: (20, 1), Source.SUPERVISION: (8, 1),
    Source.PATROL: (6, 5), Source.HOTLINE: (9, 10), Source.LEADER: (2, 0.5),
    Source.ASSIGNED: (3, 0.5),
}  # fmt: skip
BY_THE_PUBLIC = (Source.RESIDENT, Source.PATROL)


@dataclass(frozen=True)
class Manner:
    """How a unit works: the share of its time that it takes, and what goes wrong how often."""

    pace: float = 0.55
    late: float = 0.1
    returns: float = 0.06
    reworks: float = 0.09
    notes: float = 0.08


ORDINARY = Manner()
MANNERS = {
    "S003": Manner(pace=0.25, late=0.0, returns=0.01, reworks=0.02, notes=0.2),
    "S006": Manner(pace=0.95, late=0.5, returns=0.12, reworks=0.24, notes=0.02),
    "D02": Manner(pace=0.3, late=0.03, returns=0.03, reworks=0.05),
    "D12": Manner(pace=0.85, late=0.35, returns=0.16, reworks=0.15),
    "D25": Manner(pace=0.7, late=0.2, returns=0.2, reworks=0.1),
}
"""By the code of the unit: one street that others may learn from, and one that is always late."""


@dataclass(frozen=True)
class Spot:
    """Where something is: WGS84, what people call it, and which drawing shows it."""

    lat: float
    lon: float
    address: str
    scene: int = 0


@dataclass(frozen=True)
class Fate:
    """How a story is meant to go. Chances are drawn once, so a seed tells one past."""

    declined: bool = False
    redirected: bool = False
    returned: int = 0
    reworked: int = 0
    share: float = 0.5
    released: bool = False
    objected: bool = False
    rated: bool = False
    doubled: bool = False
    joined: int = 0
    public_note: bool = False
    asked: bool = False
    stops: State | None = None


RONGYIN = Spot(26.0902, 119.3006, "五四路恒力城南侧")


class Teller:
    """Tells all stories up to `until`, on the clock of the operations."""

    def __init__(self, house: House, rng: Random, until: datetime) -> None:
        self.house, self.rng, self.until = house, rng, until
        self.categories = {c.code: c for c in Category.objects.filter(code_set__current=True)}
        self.reasons = {(r.kind, r.code): r.pk for r in Reason.objects.order_by("pk")}
        self.haunts = {sight: self._haunts(sight) for sight in SIGHTS}
        self.turns: list[tuple[datetime, int, Story]] = []
        self.told = self.serial = self.letters = 0
        self.dispatcher = house.dispatchers[0]
        self.codes = {unit.id: unit.code for unit in people.unit_refs().values()}
        self.names = {area.id: area.name_zh for area in places.area_refs().values()}

    def tell(self, count: int, progress: Tell) -> None:
        """Begin `count` stories over the past weeks and let them take turns."""
        fresh = min(FRESH, count // 4)
        for start in sorted(self._starts(count - fresh)):
            self._begin(start, self._story())
        for _ in range(fresh):
            self._begin(self.until - timedelta(minutes=self.rng.randint(2, 14)), self._fresh())
        for start, story in islice(self._todays_work(), None if count >= FULL else 3):
            self._begin(start, story)
        self._begin(self.until - timedelta(days=DAYS), self._outbox())
        done, total = 0, len(self.turns)
        while self.turns:
            at, n, story = heapq.heappop(self.turns)
            then = None
            if at < self.until:
                with clock.at(at), rows.held_back():
                    then = next(story, None)
            if then is None:
                done += 1
            else:
                self._go_on(max(then, at + timedelta(seconds=30)), n, story)
            progress("案卷 cases", done, max(total, self.told))

    def _begin(self, start: datetime, story: Story) -> None:
        self.told += 1
        self._go_on(start, self.told, story)

    def _go_on(self, at: datetime, n: int, story: Story) -> None:
        heapq.heappush(self.turns, (at, n, story))

    def _outbox(self) -> Story:
        """What follows from what happened, several times a day; the copies of photos come last."""
        while True:
            deliver_past(by=clock.now(), but=[photo_jobs.make_renditions])
            yield clock.now() + timedelta(hours=6)

    def _starts(self, count: int) -> list[datetime]:
        """When somebody sees something: more on Mondays, before holidays and after storms."""
        first = (self.until - timedelta(days=DAYS)).astimezone(ZONE).date()
        days = [day(first + timedelta(days=n)) for n in range(DAYS + 1)]
        found: list[datetime] = []
        while len(found) < count:
            one = self.rng.choices(days, [each.weight for each in days])[0]
            hour = self.rng.choices(range(6, 23), HOURS)[0]
            at = datetime(one.on.year, one.on.month, one.on.day, hour, self.rng.randrange(60),
                          self.rng.randrange(60), tzinfo=ZONE)  # fmt: skip
            if self.until - timedelta(days=DAYS) <= at < self.until:
                found.append(at)
        return found

    # Whole stories.

    def _story(self) -> Story:
        """Something is seen, taken on, dealt with, and answered."""
        today = day(clock.now().astimezone(ZONE).date())
        column = 1 if today.free else 0
        source = self.rng.choices(list(SOURCES), [w[column] for w in SOURCES.values()])[0]
        if source in (Source.INSPECTION, Source.SUPERVISION) and not today.free:
            # The teams walk in the morning.
            at = clock.now().astimezone(ZONE)
            yield working(at.replace(hour=self.rng.choice((8, 9, 9, 10, 10, 15))), self.rng)
        sight = self._sight(today.brings)
        yield from self._life(sight, self._spot(sight), Source(source), self._fate())

    def _fresh(self) -> Story:
        """Came in just now, and waits."""
        sight = self._sight(day(clock.now().astimezone(ZONE).date()).brings)
        yield from self._life(
            sight, self._spot(sight), Source.RESIDENT, Fate(stops=State.RECEIVED)
        )  # fmt: skip

    def _life(self, sight: Sight, spot: Spot, source: Source, fate: Fate) -> Story:
        if fate.redirected:
            yield from self._elsewhere()
            return
        if fate.declined and source in BY_THE_PUBLIC:
            yield from self._not_taken_on(sight, spot)
            return
        report = self._report(sight, spot, source, self.rng.choice(sight.words))
        case = report.case
        if fate.stops == State.RECEIVED:
            return
        if fate.doubled:
            self._begin(self._later(20, 400), self._double(case, sight, spot))
        for _ in range(fate.joined):
            self._begin(self._later(30, 900), self._me_too(case, spot))
        if case.state == State.RECEIVED:
            case = yield from self._intake(case)
        if fate.stops == State.FILED:
            return
        yield self._duty(3, 30)
        ended = yield from self._work(case, sight, spot, fate)
        if ended is not None and ended.state == State.CLOSED:
            yield from self._afterwards(ended, report, sight, spot, fate)

    def _intake(self, case: Case) -> Course:
        """Somebody looks where needed, and the desk files it."""
        if case.step_kind != StepKind.VERIFY and self.rng.random() < 0.1:
            unit = self.house.communities.get(case.community_id or 0)
            if unit is not None:
                yield self._duty(2, 12)
                case = cases.task_verification(
                    case, by=self.dispatcher, unit_id=unit.pk, words="请到现场看一下"
                )
        if case.step_kind == StepKind.VERIFY and case.step_unit_id is not None:
            yield self._working(25, 220)
            worker = self.house.workers[case.step_unit_id]
            case = cases.verify_case(case, by=worker, found=True, words="到过现场，情况属实")
        yield self._duty(2, 14)
        return cases.file_case(case, by=self._desk(), summary=self._summary(case))

    def _elsewhere(self) -> Story:
        """What belongs to another channel: passed on, and restricted from then on."""
        words, reason, said = self.rng.choice(sights.ELSEWHERE)
        sight = Sight("civility.23", "", 0, "窗口服务", (words,), ())
        report = self._report(sight, self._spot(SIGHTS[0]), Source.RESIDENT, words)
        yield self._duty(5, 40)
        reason_id = self.reasons["redirect", reason]
        cases.redirect_case(report.case, by=self.dispatcher, reason_id=reason_id, words=said)

    def _not_taken_on(self, sight: Sight, spot: Spot) -> Story:
        words, reason, said, looked = self.rng.choice(sights.DECLINED)
        report = self._report(sight, spot, Source.RESIDENT, words)
        case = report.case
        unit = self.house.communities.get(case.community_id or 0)
        yield self._duty(3, 14)
        if looked and unit is not None:
            if case.step_kind != StepKind.VERIFY:
                case = cases.task_verification(
                    case, by=self.dispatcher, unit_id=unit.pk, words="请核实是否还在"
                )
            yield self._working(20, 200)
            worker = self.house.workers[case.step_unit_id or unit.pk]
            case = cases.verify_case(case, by=worker, found=False, words=said)
            yield self._duty(3, 14)
        cases.decline_case(
            case, by=self._desk(), reason_id=self.reasons["decline", reason], words=said
        )
        yield self._later(90, 2400)
        if self.rng.random() < 0.15:
            cases.rate_case(report, rating=self.rng.choice((2, 3, 4)), words="")

    def _double(self, first: Case, sight: Sight, spot: Spot) -> Story:
        """Somebody else reports the same; the desk merges the two, and may be wrong in that."""
        spot = replace(spot, lat=spot.lat + 0.00004, lon=spot.lon - 0.00005)
        case = self._report(sight, spot, Source.RESIDENT, self.rng.choice(sight.words)).case
        yield self._duty(3, 14)
        into = Case.objects.get(pk=first.pk)
        if case.state == State.RECEIVED and into.ended_at is None:
            words = "与在办案卷为同一问题"
            case = cases.merge_case(case, by=self.dispatcher, into=into, words=words)
            if self.rng.random() > 0.12:
                return
            yield self._duty(30, 400)
            words = "核对照片，不是同一处，分开办理"
            case = cases.split_case(case, by=self.dispatcher, words=words)
        if case.state == State.RECEIVED:
            case = yield from self._intake(case)
        yield self._duty(3, 20)
        yield from self._work(case, sight, spot, Fate(share=0.6))

    def _me_too(self, case: Case, spot: Spot) -> Story:
        snap = Snap(
            client_id=self._uuid(), category_id=case.category_id, lat=spot.lat, lon=spot.lon,
            words=self.rng.choice(sights.ME_TOO), joins=case.uid, language="zh-hans",
        )  # fmt: skip
        if Case.objects.filter(pk=case.pk, ended_at=None).exclude(state=State.RECEIVED).exists():
            cases.receive_report(snap)
        yield from ()

    # The work of units.

    def _work(self, case: Case, sight: Sight, spot: Spot, fate: Fate) -> Outcome:
        """From dispatch to the recheck; the case as it is then, or None where it waits."""
        if case.state == State.FILED:
            case = self._dispatch(case)
        if fate.stops == State.DISPATCHED:
            return None
        returns = fate.returned or int(self.rng.random() < self._manner(case).returns)
        for n in range(returns):
            yield self._working(15, 110)
            if case.state != State.DISPATCHED:
                return None
            case = yield from self._return(case, n, war=returns > 1)
        yield self._working(5, 100)
        if case.state != State.DISPATCHED:
            return None
        worker, manner = self.house.workers[case.unit_id], self._manner(case)
        case = cases.accept_case(case, by=worker)
        if fate.asked:
            self._begin(self._duty(40, 200), self._answer(case))
            case = workbench.note_and_mention(
                case, by=worker, words="需要路权单位配合，请协调", people=[self.dispatcher]
            )
        if self.rng.random() < manner.notes:
            cases.note_case(case, by=worker, words=self.rng.choice(sights.NOTES))
        if fate.public_note:
            cases.note_case(
                case, by=self.dispatcher, words=self.rng.choice(sights.PUBLIC_NOTES), public=True
            )
        if fate.stops == State.HANDLING:
            return None
        bad = self.rng.random() < manner.reworks
        fate = replace(fate, reworked=self.rng.choice((1, 1, 1, 2)) if bad else 0)
        found: Case | None = case
        for attempt in range(fate.reworked + 1):
            if found is not None:
                found = yield from self._attempt(found, worker, sight, spot, fate, attempt)
        return found

    def _answer(self, case: Case) -> Story:
        """The dispatcher answers who asked."""
        workbench.note_and_mention(
            case, by=self.dispatcher, words="已与路权单位联系，明天上午九点现场碰头"
        )
        yield from ()

    def _attempt(
        self, case: Case, worker: User, sight: Sight, spot: Spot, fate: Fate, attempt: int
    ) -> Outcome:
        """The unit does its work, and somebody else looks."""
        yield self._effort(case, fate)
        if case.state != State.HANDLING:
            return None
        if case.due_at and clock.now() > case.due_at and self.rng.random() < 0.3:
            words = f"已超时，请尽快办结。{self.rng.choice(sights.NOTES)}"
            cases.note_case(case, by=self.dispatcher, words=words)
        last = attempt == fate.reworked
        done = self._staged(sight.kind, spot, "after" if last else "half")
        answer = self.rng.choice(sight.answers)
        case = cases.handle_case(case, by=worker, words=answer, evidence=done)
        if fate.stops == State.HANDLED:
            return None
        yield self._working(8, 45)
        checker = self.house.checkers.get(case.step_unit_id or 0)
        if case.state != State.HANDLED or checker is None:
            return None
        if not last:
            reason = self.rng.choice(("half_done", "not_done", "came_back", "photo_unclear"))
            return cases.rework_case(
                case, by=checker, reason_id=self.reasons["rework", reason],
                words="现场仍有残留，请再处置", evidence=self._staged(sight.kind, spot, "half", dim=True),
            )  # fmt: skip
        seen = Evidence() if sight.kind else self._staged("", spot, "after")
        if sight.kind and self.rng.random() < 0.12:
            seen = self._staged(sight.kind, spot, "after", dim=True)
        return cases.close_case(case, by=checker, words="现场核查，问题已解决", evidence=seen)

    def _return(self, case: Case, n: int, *, war: bool) -> Course:
        """The unit gives it back; the dispatcher sends it to another, which may do the same."""
        worker, gave = self.house.workers[case.unit_id], case.unit_id
        if war:
            reason, words = "not_our_duty", sights.WAR[n % len(sights.WAR)]
        else:
            reason, words = self.rng.choice((
                ("not_our_duty", "经核对不属于我单位管理范围"), ("not_our_area", "该点位在路的另一侧，属相邻街道"),
                ("wrong_category", "类别有误，应按设施破损派遣"), ("needs_others", "需先由管线单位断电后方可处置"),
                ("not_found", "按地址未找到，请补充照片"),
            ))  # fmt: skip
        case = cases.return_case(
            case, by=worker, reason_id=self.reasons["return", reason], words=words
        )
        yield self._duty(10, 60)
        if case.state != State.FILED:
            return case
        other = self._other(case, gave, n, war)
        words = "经现场会明确由你单位牵头，请接收办理" if war and n else ""
        return cases.dispatch_case(case, by=self.dispatcher, unit_id=other, words=words)

    def _other(self, case: Case, gave: int, n: int, war: bool) -> int:
        """The unit that gets it next: of two that fight, the other one."""
        departments = self.house.departments
        if war:
            two = [departments["D03"].pk, departments["D25"].pk]
            return next(pk for pk in two if pk != gave)
        street = self.house.streets.get(case.street_id or 0)
        if street is not None and street.pk != gave:
            return street.pk
        return departments["D01"].pk if departments["D01"].pk != gave else departments["D02"].pk

    def _dispatch(self, case: Case) -> Case:
        routing = routing_of(case)
        unit_id = routing.unit_id or self.house.departments["D01"].pk
        by = self.rng.choice(self.house.dispatchers)
        return cases.dispatch_case(case, by=by, unit_id=unit_id, assisting=routing.assisting_ids)

    # What comes after.

    def _afterwards(
        self, case: Case, report: Report, sight: Sight, spot: Spot, fate: Fate
    ) -> Story:
        yield self._working(20, 500)
        if case.state == State.CLOSED and fate.released:
            shown = case.photos.filter(kind__in=("before", "after"))
            place = case.address or self._summary(case)
            summary = f"{place}{sight.seen}，{self.rng.choice(sight.answers)}。"
            uids = list(shown.values_list("photo__uid", flat=True))
            cases.release_photos(case, by=self.dispatcher, uids=uids, summary=summary)
        if report.source == Source.ASSIGNED and fate.rated:
            yield self._working(30, 900)
            cases.answer_assignment(
                case, by=self.dispatcher, form=ReplyForm.WRITTEN,
                words=f"贵单位转来的{sight.seen}问题已于今日办结，现场核查合格，特此报告。",
            )  # fmt: skip
        if report.source not in BY_THE_PUBLIC:
            return
        yield self._later(60, 2400)
        if fate.objected:
            yield from self._objection(case, report, sight, spot)
        elif fate.rated:
            stars = self.rng.choices([5, 4, 3, 2, 1], [50, 28, 11, 7, 4])[0]
            words = self.rng.choice(sights.THANKS if stars > 3 else sights.GRUMBLES)
            if case.state == State.CLOSED:
                cases.rate_case(report, rating=stars, words=words)

    def _objection(self, case: Case, report: Report, sight: Sight, spot: Spot) -> Story:
        if case.state != State.CLOSED:
            return
        cases.object_to_case(report, words=self.rng.choice(sights.OBJECTIONS))
        yield self._duty(90, 900)
        if self.rng.random() < 0.35:
            cases.uphold_case(case, by=self.dispatcher, words=sights.UPHELD)
            return
        reason = self.rng.choice(("not_solved", "came_back", "new_evidence"))
        case = cases.reopen_case(
            case, by=self.dispatcher, reason_id=self.reasons["reopen", reason],
            words="反映属实，重新办理",
        )  # fmt: skip
        yield self._duty(10, 60)
        ended = yield from self._work(case, sight, spot, Fate(share=0.5))
        if ended is not None and ended.state == State.CLOSED and self.rng.random() < 0.5:
            yield self._later(120, 2400)
            if ended.state == State.CLOSED:
                cases.rate_case(report, rating=4, words="这次处理好了")

    # What waits today, so that each who signs in finds something to do.

    def _todays_work(self) -> Iterator[tuple[datetime, Story]]:
        by_kind = {sight.kind: sight for sight in SIGHTS}
        rubbish, bins, bikes, yard = (by_kind[k] for k in ("rubbish", "bin", "bikes", "yard"))
        home = self._home()

        def wait(
            hours: float, sight: Sight, spot: Spot, stops: State, **fate: object
        ) -> tuple[datetime, Story]:
            given = Fate(stops=stops, share=0.2, **fate)  # type: ignore[arg-type]
            return self.until - timedelta(hours=hours), self._waiting(sight, spot, given)

        yield wait(3, rubbish, RONGYIN, State.DISPATCHED)
        yield wait(
            2, bikes, replace(RONGYIN, address="五四路恒力城西侧", scene=1), State.DISPATCHED
        )
        yield wait(5, by_kind["goods"], replace(RONGYIN, address="恒力城后街"), State.HANDLING)
        yield wait(220, by_kind["heap"], replace(RONGYIN, address="榕荫里路口"), State.HANDLING)
        yield wait(
            30,
            by_kind["stall"],
            replace(RONGYIN, address="榕荫小学门口"),
            State.HANDLING,
            reworked=1,
        )
        yield wait(2, bins, replace(self._spot(bins), scene=1), State.DISPATCHED)
        yield wait(4, bins, self._spot(bins), State.DISPATCHED)
        yield wait(6, bins, self._spot(bins), State.HANDLING)
        yield wait(75, bins, self._spot(bins), State.HANDLING)
        yield wait(9, by_kind["cover"], self._spot(by_kind["cover"]), State.FILED)
        yield wait(1.5, by_kind["lamp"], self._spot(by_kind["lamp"]), State.FILED)
        yield wait(2, yard, replace(home, address="榕下社区3号楼"), State.RECEIVED)
        yield wait(7, yard, replace(home, address="榕下社区12号楼", scene=1), State.RECEIVED)
        yield wait(4, yard, replace(home, address="榕下社区7号楼"), State.DISPATCHED)
        for hours in (4, 6, 8, 10, 12, 20):
            sight = self.rng.choice(SIGHTS[:14])
            yield wait(hours, sight, self._spot(sight), State.HANDLED)

    def _waiting(self, sight: Sight, spot: Spot, fate: Fate) -> Story:
        """As far as it is meant to go, without minding the hour of the day."""
        case = self._report(sight, spot, Source.RESIDENT, sight.words[0]).case
        if fate.stops == State.RECEIVED:
            return
        yield self._later(2, 8)
        if case.step_kind == StepKind.VERIFY and case.step_unit_id is not None:
            worker = self.house.workers[case.step_unit_id]
            case = cases.verify_case(case, by=worker, found=True, words="到过现场，情况属实")
        case = cases.file_case(case, by=self._desk(), summary=self._summary(case))
        if fate.stops == State.FILED:
            return
        yield self._later(2, 8)
        case = self._dispatch(case)
        if fate.stops == State.DISPATCHED:
            return
        yield self._later(5, 30)
        worker = self.house.workers[case.unit_id]
        case = cases.accept_case(case, by=worker)
        for n in range(fate.reworked + (fate.stops == State.HANDLED)):
            yield self._later(30, 60)
            answer, half = self.rng.choice(sight.answers), n < fate.reworked
            done = self._staged(sight.kind, spot, "half" if half else "after")
            case = cases.handle_case(case, by=worker, words=answer, evidence=done)
            if half:
                yield self._later(10, 20)
                cases.rework_case(
                    case, by=self.house.checkers[case.step_unit_id or 0],
                    reason_id=self.reasons["rework", "half_done"], words="现场仍有残留，请再处置",
                )  # fmt: skip

    def _home(self) -> Spot:
        """A spot in the community where the login "hu" works."""
        for spot in self._near(26.0902, 119.3006, 0.004):
            community = places.locate(*spot).community
            if community is not None and community.name_zh == "榕下社区":
                return Spot(spot[0], spot[1], "榕下社区")
        raise AssertionError("points go on until one is inside")

    # What a story needs.

    def _fate(self) -> Fate:
        draw = self.rng.random
        war = draw() < 0.02
        return Fate(
            declined=draw() < 0.08, redirected=draw() < 0.012, doubled=draw() < 0.05,
            joined=self.rng.choice((1, 1, 2, 4)) if draw() < 0.09 else 0,
            returned=self.rng.choice((2, 3)) if war else 0, share=draw(),
            released=draw() < 0.38, objected=draw() < 0.08, rated=draw() < 0.6,
            public_note=draw() < 0.04, asked=draw() < 0.02,
        )  # fmt: skip

    def _manner(self, case: Case) -> Manner:
        return MANNERS.get(self.codes.get(case.unit_id, ""), ORDINARY)

    def _sight(self, brings: frozenset[str]) -> Sight:
        weights = [
            sight.often * (sight.times if brings.intersection(sight.brought_by) else 1)
            for sight in SIGHTS
        ]
        return self.rng.choices(SIGHTS, weights)[0]

    def _haunts(self, sight: Sight) -> list[Spot]:
        """Where this kind of thing comes back again and again."""
        return [self._anywhere(sight) for _ in range(3)]

    def _spot(self, sight: Sight) -> Spot:
        known = self.haunts.get(sight)
        if known and self.rng.random() < 0.22:
            spot = self.rng.choice(known)
            jitter = self.rng.uniform(-0.00006, 0.00006)
            return replace(spot, lat=round(spot.lat + jitter, 6))
        return self._anywhere(sight)

    def _anywhere(self, sight: Sight) -> Spot:
        """A place within some four hundred metres of a place that everybody knows."""
        water = sight.kind == "river"
        named = [p for p in PLACES if "湖" in p[0] or "海公园" in p[0]] if water else PLACES
        zh, _, lat, lon, _, _ = self.rng.choice(named)
        lat, lon = next(self._near(lat, lon, 0.0008 if water else 0.0028))
        address = f"{zh}{'湖岸' if water else self.rng.choice(sights.SIDES)}"
        if sight.kind == "yard":
            address = f"{zh}旁小区{self.rng.randint(1, 28)}号楼"
        return Spot(lat, lon, address, self.rng.randrange(scenes(sight.kind)))

    def _near(self, lat: float, lon: float, spread: float) -> Iterator[tuple[float, float]]:
        while True:
            here = lat + self.rng.gauss(0, spread), lon + self.rng.gauss(0, spread * 1.1)
            if OUTLINE.contains(Point(here[1], here[0])):
                yield round(here[0], 6), round(here[1], 6)

    def _report(self, sight: Sight, spot: Spot, source: Source, words: str) -> Report:
        web = source in BY_THE_PUBLIC
        name = self.rng.choice(sights.REPORTERS) if web or source == Source.HOTLINE else ""
        silent = source == Source.HOTLINE or (web and self.rng.random() < 0.2)
        evidence = self._staged(sight.kind, spot, "before") if not silent else Evidence()  # fmt: skip
        self.serial += 1
        snap = Snap(
            client_id=self._uuid(), category_id=self.categories[sight.category].pk,
            lat=spot.lat, lon=spot.lon, accuracy_m=float(self.rng.randint(5, 40)), words=words,
            address=spot.address, photos=tuple(evidence.photos), draft=evidence.draft,
            snapped_at=clock.now() - timedelta(minutes=2), source=source,
            channel="web" if web else "desk", language="zh-hans",
            contact=ContactDetails(name=name, phone=f"139{self.serial:08d}")
            if name else ContactDetails(),
        )  # fmt: skip
        if web:
            return cases.receive_report(snap)
        clerk = self.house.clerk or self.dispatcher
        by_desk = source in (Source.HOTLINE, Source.ASSIGNED)
        by = clerk if by_desk else self.rng.choice(self.house.inspectors)
        return cases.enter_report(
            snap, by=by, letter=self._letter(source), assigned=self._assigned(source)
        )

    def _letter(self, source: Source) -> LetterDetails | None:
        if source not in (Source.LEADER, Source.ASSIGNED):
            return None
        self.letters += 1
        on = clock.now().astimezone(ZONE).date()
        return LetterDetails(number=f"榕办信〔{on.year}〕{self.letters}号（演示）", dated_on=on)

    def _assigned(self, source: Source) -> AssignedDetails | None:
        if source != Source.ASSIGNED:
            return None
        who, series = self.rng.choice(sights.FROM_ABOVE)
        now = clock.now().astimezone(ZONE)
        due = (now + timedelta(days=self.rng.choice((3, 5, 7)))).replace(hour=17, minute=0)
        return AssignedDetails(
            from_whom=who, number=f"{series}〔{now.year}〕{self.letters}号", received_on=now.date(),
            due_at=due, form=self.rng.choice((ReplyForm.WRITTEN, ReplyForm.SYSTEM)),
        )  # fmt: skip

    def _staged(self, kind: str, spot: Spot, stage: str, *, dim: bool = False) -> Evidence:
        if not kind and stage == "before":
            return Evidence()
        draft = f"demo{self.rng.getrandbits(128):032x}"
        data = _drawn(kind, spot.scene % scenes(kind), stage, dim)
        return Evidence(photos=[photos.stage_photo(io.BytesIO(data), draft=draft).uid], draft=draft)

    def _uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)

    def _desk(self) -> User:
        clerk = self.house.clerk
        return clerk if clerk is not None and self.rng.random() < 0.6 else self.dispatcher

    def _summary(self, case: Case) -> str:
        """The office's words: the community and the kind, nothing that the reporter wrote."""
        area = self.names.get(case.community_id or case.street_id or 0, "")
        return f"{area}{catalogue.category_ref(case.category_id).name_zh}"

    def _later(self, least: float, most: float) -> datetime:
        """So many minutes from now."""
        return clock.now() + timedelta(minutes=self.rng.uniform(least, most))

    def _duty(self, least: float, most: float) -> datetime:
        """So many minutes from now, when the desk is staffed."""
        return on_duty(self._later(least, most), self.rng)

    def _working(self, least: float, most: float) -> datetime:
        """So many minutes from now, moved into working time where it falls outside."""
        return working(self._later(least, most), self.rng)

    def _effort(self, case: Case, fate: Fate) -> datetime:
        """When the unit is done: mostly well within the limit, sometimes late, as is its way."""
        manner = self._manner(case)
        left = max((case.due_at or clock.now()) - clock.now(), timedelta(minutes=20))
        if fate.share < manner.late:
            return working(clock.now() + left * self.rng.uniform(1.05, 1.9), self.rng)
        at = clock.now() + left * min(0.93, manner.pace * self.rng.uniform(0.4, 1.3))
        by_day = working(at, self.rng)
        # Whoever would be late by waiting for the morning works at night.
        return by_day if case.due_at is None or by_day < case.due_at else at


@cache
def _drawn(kind: str, scene: int, stage: str, dim: bool) -> bytes:
    """Each picture is drawn once: many a street looks like another."""
    return picture(kind, scene, stage=stage, dim=dim)
