"""What happened in the demonstration: twelve weeks, told by the real operations.

Each story is a generator: it acts, then yields the instant at which it goes on. The teller lets
the stories take turns on one simulated clock, so that numbers and facts follow time.
"""

import heapq
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from django.apps import apps
from django.db import connection

from gulou.cases import operations as cases
from gulou.cases.models import Case, Recurrence, Report, Source
from gulou.cases.operations import Snap
from gulou.cases.states import State, StepKind
from gulou.kit import clock, rows
from gulou.kit.progress import Tell
from gulou.outbox.deliver import deliver_past
from gulou.photos import jobs as photo_jobs

from . import sights
from .alliances import Alliances
from .disputes import Disputes
from .fates import BY_THE_PUBLIC, Course, Fate, Spot, Story
from .lookbacks import LookBacks
from .seasons import ZONE, day, on_duty, working
from .sights import SIGHTS, Sight

# Some are reported twice, and some wait for today: about fifteen hundred cases in all.
CASES = 1400
LATER = (photo_jobs.make_renditions, photo_jobs.look, photo_jobs.publish)
"""What is done for all pictures at the end, or by the worker."""
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


_GROWING = ("cases", "outbox", "photos", "people")


class Teller(LookBacks, Disputes, Alliances):
    """Tells all stories up to `until`, on the clock of the operations."""

    judged = 0

    def tell(self, count: int, progress: Tell) -> None:
        """Begin `count` stories over the past weeks and let them take turns."""
        fresh = min(FRESH, count // 4)
        for start in sorted(self._starts(count - fresh)):
            self._begin(start, self._story())
        for _ in range(fresh):
            self._begin(self.until - timedelta(minutes=self.rng.randint(2, 14)), self._fresh())
        for start, story in islice(self._todays_work(), None if count >= FULL else 3):
            self._begin(start, story)
        for start, story in self._time_stories():
            self._begin(start, story)
        for start, story in (*self._level_stories(), *self._joint_stories()):
            self._begin(start, story)
        for start, story in self._dispute_stories() if count >= FULL else ():
            self._begin(start, story)
        self._begin(self.until - timedelta(days=DAYS), self._watch())
        self._begin(self.until - timedelta(days=DAYS), self._outbox())
        self._begin(self.until - timedelta(days=DAYS), self._recurrences())
        self._begin(self.until - timedelta(days=DAYS), self._look_backs())
        self._begin(self.until - timedelta(days=DAYS), self._sizes())
        for ago in (timedelta(days=4), timedelta(hours=8)):
            self._begin(self.until - ago, self._again())
        self._begin(self.until - timedelta(minutes=1), self._twin())
        # Everything in one transaction: nobody else needs a number meanwhile.
        stock = rows.Stock(ahead=40)
        done, total = 0, len(self.turns)
        while self.turns:
            at, n, story = heapq.heappop(self.turns)
            then = None
            if at < self.until:
                with clock.at(at), rows.held_back(stock):
                    then = next(story, None)
            if then is None:
                done += 1
            else:
                self._go_on(max(then, at + timedelta(seconds=30)), n, story)
            progress("案卷 cases", done, max(total, self.told))

    def _outbox(self) -> Story:
        """What follows from what happened, several times a day; the copies of photos come last."""
        done = clock.now()
        while True:
            deliver_past(since=done, by=clock.now(), but=LATER)
            done = clock.now()
            yield done + timedelta(hours=6)

    def _recurrences(self) -> Story:
        """Each morning the desk decides on most of what may have come back the day before."""
        while True:
            self._judge_recurrences()
            morning = clock.now().astimezone(ZONE).replace(hour=9, minute=20) + timedelta(days=1)
            yield on_duty(morning, self.rng)

    def _judge_recurrences(self) -> None:
        yesterday = clock.now() - timedelta(days=1)
        waiting = Recurrence.objects.filter(confirmed=None, at__lte=yesterday)
        taken_on = waiting.exclude(case__state__in=(State.DECLINED, State.REDIRECTED, State.MERGED))
        for link in taken_on.select_related("case").order_by("pk"):
            self.judged += 1
            confirmed = self.judged % 3 > 0
            cases.judge_recurrence(link.case, link.pk, by=self.dispatcher, confirmed=confirmed)

    def _sizes(self) -> Story:
        """Tables grow here from nothing in one transaction, which no autovacuum sees: the planner
        is told, ever more seldom, or it goes on reading them from end to end."""
        models = [one for room in _GROWING for one in apps.get_app_config(room).get_models()]
        wait = timedelta(hours=12)
        while True:
            yield clock.now() + wait
            with connection.cursor() as cursor:
                cursor.execute(f"ANALYZE {', '.join(one._meta.db_table for one in models)}")
            wait *= 2

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

    def _twin(self) -> Story:
        """Somebody reports what waits at the desk already, and nobody has seen it yet."""
        waiting = Case.objects.filter(
            state=State.RECEIVED, source=Source.RESIDENT, restricted=False
        )
        case = waiting.order_by("-opened_at").first()
        if case is not None:
            self._beside(case, "，请尽快处理")
        yield from ()

    def _again(self) -> Story:
        """What was closed lately is back, and is filed anew."""
        closed = Case.objects.filter(
            state=State.CLOSED, restricted=False, ended_at__gt=clock.now() - timedelta(days=25)
        )
        before = closed.order_by("-ended_at").first()
        if before is not None:
            case = self._beside(before, "，处理过又出现了").case
            yield self._duty(3, 30)
            cases.file_case(case, by=self.dispatcher, summary=before.summary)

    def _beside(self, case: Case, more: str) -> Report:
        """A report a few steps from where a case is, in much the same words."""
        said = case.reports.order_by("pk")[0].words.text
        return cases.receive_report(Snap(
            client_id=self._uuid(), category_id=case.category_id, lat=case.lat + 0.00008,
            lon=case.lon - 0.00006, accuracy_m=12.0, address=case.address, words=said + more,
            language="zh-hans",
        ))  # fmt: skip

    def _me_too(self, case: Case, spot: Spot) -> Story:
        snap = Snap(
            client_id=self._uuid(), category_id=case.category_id, lat=spot.lat, lon=spot.lon,
            words=self.rng.choice(sights.ME_TOO), joins=case.uid, language="zh-hans",
        )  # fmt: skip
        if Case.objects.filter(pk=case.pk, ended_at=None).exclude(state=State.RECEIVED).exists():
            cases.receive_report(snap)
        yield from ()
