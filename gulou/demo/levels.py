"""Stories of 一级抓一级: what a street hands down to its community, and that to its crew."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from gulou.cases import operations as cases
from gulou.cases.models import Case, Source
from gulou.cases.states import State
from gulou.kit import clock

from .fates import Course, Story
from .sights import SIGHTS
from .today import Today


class Levels(Today):
    """One chain that came back up, late at the lowest level; one sent down again; two under way."""

    def _level_stories(self) -> Iterator[tuple[datetime, Story]]:
        def ago(hours: float, story: Story) -> tuple[datetime, Story]:
            return self.until - timedelta(hours=hours), story

        yield ago(75, self._down_and_up())
        yield ago(3, self._with_the_crew())
        yield ago(2, self._sent_down_again())
        yield ago(1.2, self._waits_for_the_street())

    def _on_the_street(self, spot: str) -> Course:
        """A case of the community where the login "hu" works, accepted by its street."""
        place = self._home()
        sight = next(one for one in SIGHTS if one.kind == "yard")
        place = type(place)(place.lat, place.lon, spot)
        case = self._report(sight, place, Source.INSPECTION, sight.words[0]).case
        yield self._later(2, 5)
        if case.state == State.RECEIVED:
            case = cases.file_case(case, by=self.dispatcher, summary=self._summary(case))
        street = self.house.streets[case.street_id or 0]
        case = cases.dispatch_case(case, by=self.dispatcher, unit_id=street.pk)
        yield self._later(2, 5)
        return cases.accept_case(case, by=self.house.workers[street.pk])

    def _to_the_community(self, case: Case, words: str) -> Course:
        community = self.house.communities[case.community_id or 0]
        yield self._later(2, 5)
        return cases.delegate_part(
            case, by=self.house.workers[case.unit_id], unit_id=community.pk, words=words
        )

    def _to_the_crew(self, case: Case, *, soon: bool = False) -> Course:
        community = self.house.communities[case.community_id or 0]
        yield self._later(3, 6)
        due_at = clock.now() + timedelta(hours=2) if soon else None
        return cases.delegate_part(
            case, by=self.house.workers[community.pk], unit_id=self.house.crew.pk, due_at=due_at,
            words="请把堵住门口的车挪进车棚，摆放整齐",
        )  # fmt: skip

    def _from_the_crew(self, case: Case) -> Course:
        done = self._staged("yard", self._home(), "after")
        worker = self.house.workers[self.house.crew.pk]
        yield self._later(1, 2)
        return cases.report_part(case, by=worker, words="已挪进车棚，门口通道畅通", evidence=done)

    def _down_and_up(self) -> Story:
        case = yield from self._on_the_street("榕下社区5号楼后")
        case = yield from self._to_the_community(case, "请社区当日清出通道，拍照报街道")
        case = yield from self._to_the_crew(case, soon=True)
        yield (case.part_due_at or clock.now()) + timedelta(minutes=20)
        case = yield from self._from_the_crew(Case.objects.get(pk=case.pk))
        community = self.house.workers[case.step_unit_id or 0]
        yield self._later(5, 10)
        case = cases.report_part(case, by=community, words="社区已到场查看，通道已腾空")
        yield self._later(5, 10)
        worker = self.house.workers[case.unit_id]
        case = self._handle(case, worker, "乱停车辆已全部规整，通道畅通")
        yield self._later(20, 60)
        checker = self._checker(case)
        cases.close_case(case, by=checker, words="现场核查，问题已解决")

    def _with_the_crew(self) -> Story:
        case = yield from self._on_the_street("榕下社区9号楼门口")
        case = yield from self._to_the_community(case, "请社区牵头，清出通道并劝导车主")
        yield from self._to_the_crew(case)

    def _sent_down_again(self) -> Story:
        case = yield from self._on_the_street("榕下社区西门车棚")
        case = yield from self._to_the_community(case, "请尽快规整")
        case = yield from self._to_the_crew(case)
        case = yield from self._from_the_crew(case)
        community = self.house.workers[case.step_unit_id or 0]
        yield self._later(5, 10)
        cases.send_part_down(case, by=community, words="车棚北侧还有几辆，请一并挪走")

    def _waits_for_the_street(self) -> Story:
        case = yield from self._on_the_street("榕下社区活动室旁")
        case = yield from self._to_the_community(case, "请社区处置")
        yield self._later(10, 15)
        worker = self.house.workers[case.step_unit_id or 0]
        done = self._staged("yard", self._home(), "after")
        cases.report_part(case, by=worker, words="已规整，附现场照片", evidence=done)
