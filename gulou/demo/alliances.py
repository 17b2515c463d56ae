"""Stories of 联合执法: one that is over, one under way, one to come, one that was called off."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from gulou.cases import queries
from gulou.cases.models import Case
from gulou.joint import operations as joint
from gulou.joint.models import Operation
from gulou.joint.operations import Part, Plan
from gulou.kit import clock
from gulou.people.models import Unit, User

from .fates import Story
from .levels import Levels
from .seasons import ZONE

NIGHT_MARKET = 26.0905, 119.2998, "五四路恒力城南广场"
SCHOOL = 26.0912, 119.3012, "榕荫小学北门"


class Alliances(Levels):
    """Several units at one time and place, each with a part of its own."""

    def _joint_stories(self) -> Iterator[tuple[datetime, Story]]:
        yield self.until - timedelta(days=12), self._over()
        yield self.until - timedelta(days=6), self._off()
        yield self.until - timedelta(hours=20), self._now()
        yield self.until - timedelta(hours=5), self._to_come()

    @property
    def _home_street(self) -> Unit:
        return next(one for one in self.house.streets.values() if one.name_zh == "榕荫街道")

    def _units(self, *codes: str) -> list[Unit]:
        return [self._home_street, *(self.house.departments[code] for code in codes)]

    def _worker(self, unit: Unit) -> User:
        return self.house.workers[unit.pk]

    def _planned(
        self, title: str, at: datetime, where: tuple[float, float, str], words: str,
        parts: Sequence[tuple[Unit, str, float]], *, some: int,
    ) -> Operation:  # fmt: skip
        """Led by the street of the login "lin", about some of its open cases."""
        lead = self._home_street
        by = self._worker(lead)
        seen = queries.cases_seen_by(by).filter(ended_at=None, restricted=False, unit=lead)
        about: list[Case] = list(seen.order_by("-pk")[:some])
        lat, lon, address = where
        plan = Plan(
            title=title, begins_at=at, ends_at=at + timedelta(hours=3), address=address, lat=lat,
            lon=lon, words=words,
        )  # fmt: skip
        given = [
            Part(unit_id=unit.pk, words=what, due_at=at + timedelta(hours=hours))
            for unit, what, hours in parts
        ]
        return joint.plan_operation(plan, by=by, lead_id=lead.pk, parts=given, cases=about)

    def _over(self) -> Story:
        street, city, traffic, cleaning = self._units("D01", "D07", "D02")
        at = self._evening(days=1)
        operation = self._planned(
            "夜市周边占道经营联合整治", at, NIGHT_MARKET, "先劝导、后清理；各单位按职责分工，文明规范。",
            [(street, "现场组织，引导群众绕行", 4), (city, "劝导占道摊点入场经营", 4),
             (traffic, "疏导周边车辆，清理乱停非机动车", 5), (cleaning, "收市后清扫冲洗路面", 4)],
            some=3,
        )  # fmt: skip
        tasks = list(operation.tasks.order_by("pk"))
        yield at
        lead = self._worker(street)
        joint.begin_operation(operation, by=lead)
        answers = (
            "群众引导到位，秩序平稳",
            "占道摊点全部入场",
            "周边车辆停放有序",
            "路面已清扫冲洗",
        )
        for n, (unit, task, words) in enumerate(
            zip((street, city, traffic, cleaning), tasks, answers, strict=True)
        ):
            yield at + timedelta(hours=2 + n)
            done = self._staged("stall" if n == 1 else "yard", self._home(), "after")
            joint.report_task(operation, task.pk, by=self._worker(unit), words=words, evidence=done)
        yield clock.now() + timedelta(minutes=40)
        joint.close_operation(
            operation,
            by=lead,
            words="夜市周边 300 米占道清零，四个单位全部完成任务；转入街道日常巡查。",
        )

    def _off(self) -> Story:
        street, city, traffic = self._units("D01", "D07")
        at = self._evening(days=2)
        operation = self._planned(
            "校园周边交通秩序联合整治", at, SCHOOL, "放学时段驻点，疏堵结合。",
            [(street, "志愿者驻点引导", 4), (traffic, "放学时段疏导", 4), (city, "清理校门口流动摊点", 4)],
            some=0,
        )  # fmt: skip
        yield at - timedelta(hours=2)
        joint.call_off_operation(
            operation, by=self._worker(street), words="当日暴雨橙色预警，学校停课，另行安排。"
        )

    def _now(self) -> Story:
        street, city, cleaning = self._units("D01", "D02")
        at = self._last_start()
        left = (self.until - at) / timedelta(hours=1)
        operation = self._planned(
            "背街小巷共享单车与垃圾堆放联合清理", at, NIGHT_MARKET, "分段包干，边清边拍照，当日完成。",
            [(street, "沿线走访，劝导商户落实门前三包", left + 4), (city, "清理占道共享单车", left + 3),
             (cleaning, "清运垃圾并冲洗地面", left + 4)], some=4,
        )  # fmt: skip
        tasks = list(operation.tasks.order_by("pk"))
        yield at
        joint.begin_operation(operation, by=self._worker(street))
        yield at + timedelta(hours=1)
        done = self._staged("bikes", self._home(), "after")
        joint.report_task(
            operation, tasks[1].pk, by=self._worker(city), words="清理占道单车 46 辆，已归位",
            evidence=done,
        )  # fmt: skip

    def _to_come(self) -> Story:
        street, city, traffic, cleaning = self._units("D01", "D07", "D02")
        self._planned(
            "校园周边交通秩序联合整治（改期）", self._evening(days=1), SCHOOL, "放学时段驻点，疏堵结合。",
            [(street, "志愿者驻点引导", 4), (traffic, "放学时段疏导", 4), (city, "清理校门口流动摊点", 4),
             (cleaning, "散场后清扫", 5)], some=1,
        )  # fmt: skip
        yield from ()

    def _last_start(self) -> datetime:
        """The last nine o'clock or half past two that is an hour and a half ago: nobody cleans a
        lane before dawn."""
        latest = (self.until - timedelta(minutes=90)).astimezone(ZONE)
        morning = latest.replace(hour=9, minute=0, second=0, microsecond=0)
        afternoon = latest.replace(hour=14, minute=30, second=0, microsecond=0)
        starts = (afternoon, morning, afternoon - timedelta(days=1))
        return next(one for one in starts if one <= latest)

    def _evening(self, *, days: int) -> datetime:
        """Half past four in the afternoon, so many days from now."""
        at = (clock.now() + timedelta(days=days)).astimezone(ZONE)
        return at.replace(hour=16, minute=30, second=0, microsecond=0)
