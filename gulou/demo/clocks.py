"""Stories about time: more of it, clocks that stand still, lateness forgiven or not, and warnings."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from gulou.cases import operations as cases
from gulou.cases.models import Case, Source
from gulou.cases.states import State, StepKind
from gulou.kit import clock
from gulou.orders import operations as orders
from gulou.people.models import User

from .fates import Course, Spot, Story
from .seasons import working
from .sights import SIGHTS, Sight
from .work import Work


class Clocks(Work):
    """Every situation that a clock can be in, once each."""

    def _time_stories(self) -> Iterator[tuple[datetime, Story]]:
        by_kind = {sight.kind: sight for sight in SIGHTS}
        heap, stall, goods = (by_kind[kind] for kind in ("heap", "stall", "goods"))

        def ago(days: float, story: Story) -> tuple[datetime, Story]:
            start = self.until - timedelta(days=days)
            return working(start, self.rng) if days > 1 else start, story

        yield ago(18, self._late_all_the_same(heap, self._spot(heap)))
        yield ago(16, self._extended(heap, self._spot(heap), granted=True))
        yield ago(14, self._extended(stall, self._spot(stall), granted=False))
        yield ago(0.2, self._waits_for_more(heap, self._spot(heap)))
        yield ago(20, self._suspended(heap, self._spot(heap)))
        yield ago(21, self._appealed(goods, self._spot(goods), reviews=(True, True)))
        yield ago(19, self._appealed(stall, self._spot(stall), reviews=(True, False)))
        yield ago(17, self._appealed(heap, self._spot(heap), reviews=(True,)))
        yield ago(9, self._at_once(stall, self._spot(stall), done=True))
        yield ago(0.15, self._at_once(goods, self._spot(goods), done=False))

    def _watch(self) -> Story:
        """The sweep over the clocks, as the worker does it, only less often."""
        while True:
            cases.watch_clocks()
            orders.watch_orders()
            yield clock.now() + timedelta(hours=3)

    @property
    def _leader(self) -> User:
        return User.objects.get(username="gao")

    def _handling(
        self, sight: Sight, spot: Spot, source: Source = Source.RESIDENT, *, dim: bool = False
    ) -> Course:
        """Reported, filed, dispatched and accepted."""
        case = self._report(sight, spot, source, sight.words[0], dim=dim).case
        yield self._later(2, 8)
        if case.step_kind == StepKind.VERIFY and case.step_unit_id is not None:
            worker = self.house.workers[case.step_unit_id]
            case = cases.verify_case(case, by=worker, found=True, words="到过现场，情况属实")
        if case.state == State.RECEIVED:
            case = cases.file_case(case, by=self._desk(), summary=self._summary(case))
        yield self._later(2, 8)
        case = self._dispatch(case)
        yield self._later(5, 30)
        return cases.accept_case(case, by=self.house.workers[case.unit_id])

    def _done(self, case: Case, sight: Sight, spot: Spot) -> Course:
        """Handled by the unit, looked at by somebody else."""
        case = Case.objects.get(pk=case.pk)
        worker = self.house.workers[case.unit_id]
        done = self._staged(sight.kind, spot, "after")
        case = self._handle(case, worker, sight.answers[0], done)
        yield self._working(20, 60)
        checker = self._checker(case)
        return cases.close_case(case, by=checker, words="现场核查，问题已解决")

    def _extended(self, sight: Sight, spot: Spot, *, granted: bool) -> Story:
        case = yield from self._handling(sight, spot)
        worker = self.house.workers[case.unit_id]
        case = cases.ask_extension(case, by=worker, amount=1, words="需调配吊车，明日到位")
        yield self._later(10, 20)
        words = "情况属实，同意" if granted else "设备可从相邻街道调用，请按时完成"
        case = cases.rule(case, by=self.dispatcher, granted=granted, words=words)
        due = case.due_at or clock.now()
        yield due - timedelta(hours=1) if granted else working(due + timedelta(hours=3), self.rng)
        yield from self._done(case, sight, spot)

    def _waits_for_more(self, sight: Sight, spot: Spot) -> Story:
        case = yield from self._handling(sight, spot)
        worker = self.house.workers[case.unit_id]
        cases.ask_extension(case, by=worker, amount=1, words="夜间才能施工，申请延长一个工作日")

    def _suspended(self, sight: Sight, spot: Spot) -> Story:
        case = yield from self._handling(sight, spot)
        worker = self.house.workers[case.unit_id]
        case = cases.ask_suspension(
            case, by=worker, until=clock.now() + timedelta(days=75), words="该路段已列入雨污分流改造，须待管线迁改后处置"
        )  # fmt: skip
        yield self._later(30, 90)
        cases.rule(
            case, by=self._leader, granted=True, words="已与建设部门核实，同意挂账，到期再议"
        )

    def _appealed(self, sight: Sight, spot: Spot, *, reviews: tuple[bool, ...]) -> Story:
        case = yield from self._handling(sight, spot)
        yield working((case.due_at or clock.now()) + timedelta(hours=3), self.rng)
        case = yield from self._done(case, sight, spot)
        yield from self._appeal(case, reviews)

    def _late_all_the_same(self, sight: Sight, spot: Spot) -> Story:
        """More time was granted, and it was late even so; both reviews uphold the appeal."""
        case = yield from self._handling(sight, spot)
        worker = self.house.workers[case.unit_id]
        case = cases.ask_extension(case, by=worker, amount=1, words="需更换定制配件，厂家次日发货")
        yield self._later(10, 20)
        case = cases.rule(case, by=self.dispatcher, granted=True, words="情况属实，同意")
        yield working((case.due_at or clock.now()) + timedelta(hours=3), self.rng)
        case = yield from self._done(case, sight, spot)
        yield from self._appeal(case, (True, True))

    def _appeal(self, case: Case, reviews: tuple[bool, ...]) -> Story:
        worker = self.house.workers[case.unit_id]
        yield self._working(60, 300)
        case = cases.appeal(case, by=worker, words="当日台风应急响应，全员参加抢险，附值班安排")
        for granted, by in zip(reviews, (self.dispatcher, self._leader), strict=False):
            yield self._working(60, 300)
            words = "经核对，情况属实" if granted else "应急响应于前一日解除，理由不成立"
            case = cases.rule(case, by=by, granted=granted, words=words)

    def _at_once(self, sight: Sight, spot: Spot, *, done: bool) -> Story:
        case = self._report(sight, spot, Source.RESIDENT, sight.words[0]).case
        yield self._later(3, 6)
        street = self.house.streets[case.street_id or 0]
        case = cases.rectify_on_the_spot(
            case, by=self.dispatcher, unit_id=street.pk, words="督查组现场发现，立整立改"
        )
        if done and case.state == State.HANDLING:
            yield self._later(90, 200)
            yield from self._done(case, sight, spot)
