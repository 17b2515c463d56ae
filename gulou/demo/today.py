"""What waits today, so that each who signs in finds something to do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from gulou.cases import operations as cases
from gulou.cases.models import Case, Source
from gulou.cases.states import State, StepKind
from gulou.places import queries as places

from .clocks import Clocks
from .fates import Fate, Spot, Story
from .sights import SIGHTS, Sight

RONGYIN = Spot(26.0902, 119.3006, "五四路恒力城南侧")


class Today(Clocks):
    """Stories that stop at a step, without minding the hour of the day."""

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
        yield self.until - timedelta(hours=1), self._named()

    def _named(self) -> Story:
        """The lot may have left one of the logins without a recheck: the office names them."""
        waiting = Case.objects.filter(step_kind=StepKind.RECHECK, restricted=False)
        logins = [self.house.recheckers[0], self.house.inspectors[0]]
        for person in logins:
            if waiting.filter(step_person=person).exists():
                continue
            case = waiting.exclude(step_person__in=logins).order_by("opened_at")[0]
            cases.name_rechecker(case, by=self.dispatcher, person=person)
        yield from ()

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
            case = self._handle(case, worker, answer, done)
            if half:
                yield self._later(10, 20)
                cases.rework_case(
                    case, by=self._checker(case),
                    reason_id=self.reasons["rework", "half_done"], words="现场仍有残留，请再处置",
                )  # fmt: skip

    def _home(self) -> Spot:
        """A spot in the community where the login "hu" works."""
        for spot in self._near(26.0902, 119.3006, 0.004):
            community = places.locate(*spot).community
            if community is not None and community.name_zh == "榕下社区":
                return Spot(spot[0], spot[1], "榕下社区")
        raise AssertionError("points go on until one is inside")
