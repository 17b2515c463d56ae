"""What happened in the demonstration: some two hundred cases, told by the real operations.

Each story is a generator: it acts, then yields the instant at which it goes on. The teller lets
the stories take turns on one simulated clock, so that numbers and facts follow time.
"""

import heapq
import io
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from shapely import Point

from gulou.cases import operations as cases
from gulou.cases.models import Case, Report, Source
from gulou.cases.operations import ContactDetails, Evidence, Snap
from gulou.cases.queries import rechecker_choices
from gulou.cases.rechecks import is_independent
from gulou.cases.routing import routing_of
from gulou.cases.states import State, StepKind
from gulou.catalogue.models import Category, Reason
from gulou.kit import clock
from gulou.kit.progress import Tell
from gulou.people.models import User
from gulou.photos import operations as photos

from .geography import OUTLINE, PLACES
from .house import House
from .pictures import picture

Story = Iterator[datetime]
Spot = tuple[float, float, str]
"""Latitude, longitude (WGS84), and what people call it."""
RONGYIN: Spot = (26.0902, 119.3006, "五四路恒力城南侧")
ZONE = ZoneInfo("Asia/Shanghai")
CASES = 200
DAYS = 28
# Reports of the last half hour: what waits for the dispatcher who signs in first.
FRESH = 7

# What people see: category, picture, how often, what they write, what the unit writes.
SIGHTS: Sequence[tuple[str, str, int, Sequence[str], Sequence[str]]] = (
    ("event.01.10", "rubbish", 20, ("路边堆了好几袋垃圾，苍蝇很多", "垃圾没人收，味道很大", "花坛边有一堆生活垃圾"),
     ("已清运并冲洗地面", "垃圾已清走，提醒了周边商户")),
    ("component.03.05", "bin", 14, ("果皮箱满了，垃圾掉一地", "垃圾桶溢出来了"), ("已清空并擦洗箱体", "已清运，增加一次收集")),
    ("event.04.10", "bikes", 18, ("电动车乱停，盲道被占了", "共享单车和电动车堵住人行道"), ("已规整并劝导车主", "车辆已扶正入线")),
    ("event.02.01", "stickers", 14, ("电线杆上贴满小广告", "墙上又有新的小广告"), ("小广告已铲除，墙面恢复", "已清理并记录号码移交")),
    ("event.01.13", "hole", 10, ("人行道砖破了，老人容易绊倒", "路面有个坑，下雨积水"), ("破损处已修补", "已更换地砖并压实")),
    ("component.01.23", "cover", 5, ("井盖不见了，很危险", "井盖移位，晚上看不见"), ("井盖已复位加固", "已更换新井盖")),
    ("event.05.06", "water", 6, ("路面积水，行人过不去", "排水口堵了，水漫出来"), ("已疏通雨水口，积水排净",)),
    ("event.04.06", "stall", 9, ("水果摊占了整条人行道", "流动摊贩堵住路口"), ("已劝离并清理现场",)),
    ("event.04.05", "stall", 7, ("店家把货摆到人行道上", "店外摆满了东西"), ("商户已把物品收回店内",)),
    ("component.01.37", "lamp", 6, ("路灯不亮了，小巷很暗", "路灯灯罩掉下来了"), ("路灯已修复亮灯",)),
    ("civility.10", "poster", 6, ("公益广告破损褪色", "宣传栏空着"), ("公益广告已更换",)),
    ("civility.05", "", 4, ("公交站台有人吸烟", "候车亭里烟味很重"), ("已劝阻并张贴提示",)),
    ("civility.01", "bikes", 5, ("楼道口停满电动车", "单元门口被车堵住"), ("已联系车主挪车",)),
)  # fmt: skip
REPORTERS = ("王女士", "李先生", "陈阿姨", "小赵", "林师傅", "")


@dataclass
class Fate:
    """How a story is meant to go. Chances are drawn once, so a seed tells one past."""

    declined: bool = False
    redirected: bool = False
    merged: bool = False
    returned: bool = False
    reworked: bool = False
    slow: bool = False
    objected: bool = False
    stops: State | None = None


class Teller:
    """Tells all stories up to `until`, on the clock of the operations."""

    def __init__(self, house: House, rng: Random, until: datetime) -> None:
        self.house, self.rng, self.until = house, rng, until
        self.categories = {c.code: c for c in Category.objects.filter(code_set__current=True)}
        self.reasons = {
            kind: list(Reason.objects.filter(kind=kind).order_by("pk"))
            for kind in ("return", "rework", "decline", "redirect", "reopen")
        }
        self.open: list[Case] = []
        self.serial = 0

    def tell(self, count: int, progress: Tell) -> None:
        """Begin `count` stories over the past weeks and let them take turns."""
        turns: list[tuple[datetime, int, Story]] = []
        fresh = min(FRESH, count // 4)
        starts = [self._start() for _ in range(count - fresh)]
        starts += [self.until - timedelta(minutes=self.rng.randint(2, 24)) for _ in range(fresh)]
        for n, start in enumerate(sorted(starts)):
            heapq.heappush(turns, (start, n, self._story()))
        for n, state in enumerate((State.DISPATCHED, State.HANDLING), start=count):
            heapq.heappush(turns, (self.until - timedelta(hours=3), n, self._waiting(state)))
        done, total = 0, len(turns)
        while turns:
            at, n, story = heapq.heappop(turns)
            if at >= self.until:
                done += 1
                continue
            with clock.at(at):
                then = next(story, None)
            if then is None:
                done += 1
            else:
                heapq.heappush(turns, (max(then, at + timedelta(seconds=30)), n, story))
            progress("案卷 cases", done, total)

    def _start(self) -> datetime:
        """When somebody sees something: by day, more on working days, more of late."""
        back = DAYS * self.rng.random() ** 1.3
        day = (self.until - timedelta(days=back)).astimezone(ZONE)
        hour = self.rng.choices(range(6, 23), [2, 5, 9, 8, 7, 6, 5, 5, 6, 7, 8, 9, 8, 6, 5, 3, 2])[
            0
        ]
        start = day.replace(hour=hour, minute=self.rng.randrange(60), second=0, microsecond=0)
        return start if start < self.until else start - timedelta(days=1)

    def _fate(self) -> Fate:
        draw = self.rng.random
        stops: State | None = None
        # Only what is new still waits: a district that leaves things lying for weeks is another.
        age = self.until - clock.now()
        if age < timedelta(minutes=14):
            stops = State.RECEIVED
        elif age < timedelta(hours=1):
            stops = State.FILED
        elif age < timedelta(days=2) and draw() < 0.2:
            stops = State.DISPATCHED if age < timedelta(hours=3) else State.HANDLING
        return Fate(
            declined=draw() < 0.05, redirected=draw() < 0.015, merged=draw() < 0.04,
            returned=draw() < 0.08, reworked=draw() < 0.12, slow=draw() < 0.15,
            objected=draw() < 0.07, stops=stops,
        )  # fmt: skip

    # One story.

    def _story(self) -> Story:
        code, kind, _, words, answers = self.rng.choices(
            SIGHTS, [sight[2] for sight in SIGHTS]
        )[0]  # fmt: skip
        fate, seed = self._fate(), self.rng.randrange(10**9)
        report = self._report(self.categories[code], kind, seed, self.rng.choice(words))
        case = report.case
        if fate.stops == State.RECEIVED:
            return
        yield from self._verify(case)
        if case.state == State.RECEIVED:
            yield self._later(3, 40)
            if self._ended_early(case, fate):
                return
            case = cases.file_case(case, by=self._desk(), summary=self._summary(case))
        if self.rng.random() < 0.07:
            yield self._later(10, 300)
            self._me_too(case, seed)
        if fate.stops == State.FILED:
            return
        yield self._later(3, 30)
        yield from self._work(case, fate, kind, seed, answers)
        case.refresh_from_db()
        if case.state == State.CLOSED:
            yield from self._afterwards(case, report, fate)
        case.refresh_from_db()
        if case.state == State.FILED:
            yield self._later(10, 60)
            yield from self._work(case, Fate(), kind, seed, answers)

    def _waiting(self, stops: State) -> Story:
        """Something in the street where the login "lin" works, so that there is work to try."""
        code, kind, _, words, answers = SIGHTS[0]
        seed = self.rng.randrange(10**9)
        report = self._report(self.categories[code], kind, seed, words[0], RONGYIN)
        yield self._later(3, 9)
        case = cases.file_case(report.case, by=self._desk(), summary=self._summary(report.case))
        yield self._later(3, 9)
        yield from self._work(case, Fate(stops=stops), kind, seed, answers)

    def _verify(self, case: Case) -> Story:
        case.refresh_from_db()
        if case.step_kind != StepKind.VERIFY and self.rng.random() < 0.12:
            unit = self.house.communities.get(case.community_id or 0)
            if unit is not None and case.state == State.RECEIVED:
                yield self._later(2, 14)
                cases.task_verification(
                    case, by=self.house.dispatchers[0], unit_id=unit.pk, words="请到现场看一下"
                )
                case.refresh_from_db()
        if case.step_kind == StepKind.VERIFY and case.step_unit_id is not None:
            yield self._later(30, 200)
            worker = self.house.workers[case.step_unit_id]
            cases.verify_case(case, by=worker, found=True, words="到过现场，情况属实")
        case.refresh_from_db()

    def _ended_early(self, case: Case, fate: Fate) -> bool:
        desk = self._desk()
        if fate.declined:
            reason = self.rng.choice(self.reasons["decline"]).pk
            cases.decline_case(case, by=desk, reason_id=reason, words="已电话说明")
        elif fate.redirected:
            reason = next(r for r in self.reasons["redirect"] if r.code == "hotline").pk
            cases.redirect_case(case, by=desk, reason_id=reason, words="属于信访诉求")
        elif fate.merged and (into := self._other_open(case)) is not None:
            cases.merge_case(
                case, by=self.house.dispatchers[0], into=into, words="与在办案卷为同一问题"
            )
        else:
            return False
        return True

    def _other_open(self, case: Case) -> Case | None:
        others = Case.objects.filter(
            ended_at=None, category=case.category, street=case.street
        ).exclude(pk=case.pk)  # fmt: skip
        return others.first()

    def _work(self, case: Case, fate: Fate, kind: str, seed: int, answers: Sequence[str]) -> Story:
        dispatcher = self.rng.choice(self.house.dispatchers)
        if case.state == State.FILED:
            self._dispatch(case, dispatcher)
        case.refresh_from_db()
        if fate.stops == State.DISPATCHED:
            return
        if fate.returned:
            yield self._later(20, 120)
            worker = self.house.workers[case.unit_id]
            reason = self.rng.choice(self.reasons["return"]).pk
            cases.return_case(case, by=worker, reason_id=reason, words="经核对不属于我单位管理范围")
            yield self._later(10, 60)
            case.refresh_from_db()
            self._dispatch(case, dispatcher, other=True)
            case.refresh_from_db()
        yield self._working(10, 90)
        worker = self.house.workers[case.unit_id]
        case = cases.accept_case(case, by=worker)
        if fate.stops == State.HANDLING:
            return
        for attempt in range(2 if fate.reworked else 1):
            yield self._effort(case, fate)
            words = self.rng.choice(answers)
            case = cases.handle_case(
                case, by=worker, words=words, evidence=self._after(kind, seed, attempt)
            )
            yield self._working(15, 100)
            case.refresh_from_db()
            checker = self._checker(case)
            if checker is None:
                return
            if fate.reworked and attempt == 0:
                reason = self.rng.choice(self.reasons["rework"]).pk
                case = cases.rework_case(
                    case, by=checker, reason_id=reason, words="现场仍有残留，请再处置"
                )
            else:
                seen = Evidence() if kind else self._staged("", seed, after=True)
                cases.close_case(case, by=checker, words="现场核查，问题已解决", evidence=seen)

    def _dispatch(self, case: Case, by: User, *, other: bool = False) -> None:
        routing = routing_of(case)
        unit_id = routing.unit_id or self.house.departments["D01"].pk
        if other:
            unit_id = self.house.departments["D01"].pk
        cases.dispatch_case(case, by=by, unit_id=unit_id, assisting=routing.assisting_ids)

    def _checker(self, case: Case) -> User | None:
        """Whoever of the teams may recheck it; the office names somebody where none may."""
        able = [user for user in self.house.recheckers + self.house.inspectors
                if user.postings.filter(unit=case.step_unit).exists() and is_independent(user, case)]  # fmt: skip
        if able:
            return able[0]
        choices = rechecker_choices(case)
        if not choices:
            return None
        cases.name_rechecker(case, by=self.house.dispatchers[0], person=choices[0])
        case.refresh_from_db()
        return choices[0]

    def _afterwards(self, case: Case, report: Report, fate: Fate) -> Story:
        yield self._later(20, 600)
        if self.rng.random() < 0.7:
            shown = list(case.photos.values_list("photo__uid", flat=True))
            cases.release_photos(case, by=self.house.dispatchers[0], uids=shown)
        if report.channel != "web":
            return
        yield self._later(60, 2400)
        if fate.objected:
            cases.object_to_case(report, words="才过一天又和原来一样了，请再看看")
            yield self._later(60, 600)
            if self.rng.random() < 0.6 or clock.now() < self.until - timedelta(days=3):
                cases.reopen_case(
                    case, by=self.house.dispatchers[0],
                    reason_id=self.reasons["reopen"][0].pk, words="反映属实，重新办理",
                )  # fmt: skip
        elif self.rng.random() < 0.55:
            stars = self.rng.choices([5, 4, 3, 2, 1], [50, 30, 10, 6, 4])[0]
            cases.rate_case(report, rating=stars, words="谢谢" if stars > 3 else "有点慢")

    # What a story needs.

    def _report(
        self, category: Category, kind: str, seed: int, words: str, spot: Spot | None = None
    ) -> Report:
        source = self.rng.choices(
            [Source.RESIDENT, Source.INSPECTION, Source.SUPERVISION, Source.PATROL,
             Source.HOTLINE, Source.LEADER], [60, 16, 8, 7, 7, 2])[0]  # fmt: skip
        source = Source.RESIDENT if spot else source
        web = source in (Source.RESIDENT, Source.PATROL)
        name = self.rng.choice(REPORTERS) if web else ""
        lat, lon, address = spot or self._spot()
        evidence = self._staged(kind, seed, after=False) if kind else Evidence()
        self.serial += 1
        contact = (
            ContactDetails(name=name, phone=f"139{self.serial:08d}") if name else ContactDetails()
        )
        snap = Snap(
            client_id=uuid.UUID(int=self.rng.getrandbits(128), version=4),
            category_id=category.pk, lat=lat, lon=lon, accuracy_m=float(self.rng.randint(5, 40)),
            words=words, address=address, photos=tuple(evidence.photos), draft=evidence.draft,
            snapped_at=clock.now() - timedelta(minutes=2), source=source,
            channel="web" if web else "desk", contact=contact, language="zh-hans",
        )  # fmt: skip
        entered = None if web else self.rng.choice(self.house.inspectors)
        return cases.receive_report(snap, entered_by=entered)

    def _me_too(self, case: Case, seed: int) -> None:
        snap = Snap(
            client_id=uuid.UUID(int=self.rng.getrandbits(128), version=4),
            category_id=case.category_id, lat=case.lat, lon=case.lon, words="我也看到了，还没处理",
            joins=case.uid, language="zh-hans",
        )  # fmt: skip
        cases.receive_report(snap)

    def _spot(self) -> Spot:
        """A place within some two hundred metres of a place that everybody knows."""
        while True:
            zh, _, lat, lon, _, _ = self.rng.choice(PLACES)
            lat, lon = lat + self.rng.gauss(0, 0.0012), lon + self.rng.gauss(0, 0.0014)
            if OUTLINE.contains(Point(lon, lat)):
                side = self.rng.choice(["东侧", "西侧", "南门", "北门", "附近", "对面", "公交站旁"])
                return round(lat, 6), round(lon, 6), f"{zh}{side}"

    def _staged(self, kind: str, seed: int, *, after: bool, visit: int = 0) -> Evidence:
        draft = f"demo{self.rng.getrandbits(128):032x}"
        dim = self.rng.random() < 0.2
        data = picture(kind, seed, after=after, late_light=dim, visit=visit)
        photo = photos.stage_photo(io.BytesIO(data), draft=draft)
        return Evidence(photos=[photo.uid], draft=draft)

    def _after(self, kind: str, seed: int, visit: int) -> Evidence:
        return self._staged(kind, seed, after=True, visit=visit) if kind else Evidence()

    def _desk(self) -> User:
        clerk = self.house.clerk
        return clerk if clerk is not None and self.rng.random() < 0.6 else self.house.dispatchers[0]

    def _summary(self, case: Case) -> str:
        """The office's words: the community and the kind, nothing that the reporter wrote."""
        area = case.community or case.street
        return f"{area.name_zh}{case.category.name_zh}" if area else ""

    def _later(self, least: int, most: int) -> datetime:
        """So many minutes from now."""
        return clock.now() + timedelta(minutes=self.rng.uniform(least, most))

    def _working(self, least: int, most: int) -> datetime:
        """So many minutes from now, moved into working time where it falls outside."""
        at = self._later(least, most).astimezone(ZONE)
        if at.hour < 8:
            at = at.replace(hour=8, minute=self.rng.randrange(10, 55))
        elif at.hour >= 18:
            at = (at + timedelta(days=1)).replace(hour=8, minute=self.rng.randrange(10, 55))
        if at.weekday() >= 5:
            at += timedelta(days=7 - at.weekday())
            at = at.replace(hour=8, minute=self.rng.randrange(10, 55))
        return at

    def _effort(self, case: Case, fate: Fate) -> datetime:
        """When the unit is done: mostly well within the limit, sometimes late."""
        due = case.due_at or self._later(60, 600)
        left = max(due - clock.now(), timedelta(minutes=20))
        share = self.rng.uniform(1.05, 2.2) if fate.slow else self.rng.uniform(0.15, 0.9)
        return self._working(0, 1) if share <= 0 else max(
            clock.now() + left * share, clock.now() + timedelta(minutes=10)
        )  # fmt: skip
