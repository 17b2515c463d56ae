"""The people of the demonstration: units with invented names, roles, and somebody for each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from gulou.cases.roles import define_shipped_roles
from gulou.people import operations as people
from gulou.people.models import Duty, Role, Unit, UnitKind, User
from gulou.places.models import Area

from .logins import logins

SURNAMES = "陈林黄郑吴刘张王李杨许何郭叶苏方潘余"
GIVEN = (
    "小榕",
    "明远",
    "思齐",
    "雅琴",
    "建安",
    "晓岚",
    "志诚",
    "月华",
    "国栋",
    "慧敏",
    "文涛",
    "静怡",
)

# Whom the logins are: a surname that their short name hints at.
CALLED = {
    "guo": "郭晓岚", "su": "苏雅琴", "lin": "林明远", "ye": "叶国栋", "hu": "胡月华", "chen": "陈建安",
    "he": "何慧敏", "tang": "唐志诚", "gao": "高文涛", "wu": "吴静怡", "admin": "金小榕",
}  # fmt: skip

DEPARTMENTS: Sequence[tuple[str, str, str]] = (
    ("D01", "市容管理局", "City Appearance Bureau"),
    ("D02", "环卫服务中心", "Sanitation Centre"),
    ("D03", "道路养护中心", "Road Maintenance Centre"),
    ("D04", "排水维护所", "Drainage Office"),
    ("D05", "路灯管理所", "Street Lighting Office"),
    ("D06", "园林绿化中心", "Parks and Greenery Centre"),
    ("D07", "交通秩序大队", "Traffic Order Brigade"),
    ("D08", "市场秩序局", "Market Order Bureau"),
    ("D09", "卫生健康局", "Health Bureau"),
    ("D10", "教育局", "Education Bureau"),
    ("D11", "文化旅游局", "Culture and Tourism Bureau"),
    ("D12", "住房建设局", "Housing and Construction Bureau"),
    ("D13", "物业指导中心", "Property Guidance Centre"),
    ("D14", "河湖管理中心", "Rivers and Lakes Centre"),
    ("D15", "公园管理处", "Parks Management Office"),
    ("D16", "消防安全服务站", "Fire Safety Station"),
    ("D17", "生态环境局", "Environment Bureau"),
    ("D18", "应急管理局", "Emergency Management Bureau"),
    ("D19", "民政局", "Civil Affairs Bureau"),
    ("D20", "停车管理中心", "Parking Centre"),
    ("D21", "公共交通服务中心", "Public Transport Centre"),
    ("D22", "供水服务部", "Water Supply Service"),
    ("D23", "供电服务部", "Power Supply Service"),
    ("D24", "燃气服务部", "Gas Supply Service"),
    ("D25", "通信管线服务部", "Communications Lines Service"),
)


@dataclass
class House:
    """Who is there, by what they do."""

    office: Unit
    teams: list[Unit]
    crew: Unit = field(init=False)
    """Beneath the community where the login "hu" works."""
    streets: dict[int, Unit] = field(default_factory=dict)
    communities: dict[int, Unit] = field(default_factory=dict)
    departments: dict[str, Unit] = field(default_factory=dict)
    workers: dict[int, User] = field(default_factory=dict)
    dispatchers: list[User] = field(default_factory=list)
    recheckers: list[User] = field(default_factory=list)
    inspectors: list[User] = field(default_factory=list)
    clerk: User | None = None


class Founder:
    """Builds the house through the real operations, as the system, in office since a past day."""

    def __init__(self, rng: Random, since: date) -> None:
        self.rng, self.since = rng, since
        self.passwords = {login.username: login.password for login in logins()}
        self.serial = 0
        self.roles: dict[str, Role] = {}
        self.taken = set(CALLED.values())

    def found(self, streets: Sequence[Area], communities: Sequence[Area]) -> House:
        """All units and people of a district with these areas."""
        self.roles = define_shipped_roles()
        root = self._unit(UnitKind.COMMITTEE, "A01", "榕楼区文明委", "Ronglou civility committee")
        house = self._offices(root)
        self._departments(house, root)
        self._streets(house, root, streets, communities)
        self._others(root)
        return house

    def _offices(self, root: Unit) -> House:
        office = self._unit(
            UnitKind.CIVILITY_OFFICE, "A02", "区文明办", "Civility office", root, is_office=True
        )
        campaign = self._unit(UnitKind.CAMPAIGN_OFFICE, "A03", "区创建办", "Campaign office", root)
        control = self._unit(
            UnitKind.SUPERVISION_OFFICE, "A04", "区督查室", "Supervision office", root
        )
        teams = [
            self._unit(UnitKind.SUPERVISION_TEAM, f"A03{n}", f"创建督导{word}组",
                       f"Supervision team {n}", campaign)
            for n, word in enumerate("一二三", start=1)
        ]  # fmt: skip
        house = House(office, teams)
        house.dispatchers = [
            self._person("dispatcher", root, "guo"), self._person("dispatcher", root)
        ]  # fmt: skip
        house.clerk = self._person("resident_service", root, "su")
        house.recheckers = [
            self._person("rechecker", teams[0], "he"), self._person("rechecker", teams[0]),
            self._person("rechecker", teams[1]), self._person("rechecker", teams[2]),
        ]  # fmt: skip
        inspector = self._person("inspector", office, "tang")
        people.post_person(
            inspector, role=self.roles["rechecker"], unit=teams[1], by=None, since=self.since
        )
        house.inspectors = [inspector, self._person("inspector", office)]
        self._person("reader", root, "wu")
        self._person("administrator", root, "admin")
        self._leading_group(control)
        self._leading_group(office, self._person("district_leader", root))
        return house

    def _departments(self, house: House, root: Unit) -> None:
        for code, zh, en in DEPARTMENTS:
            unit = self._unit(UnitKind.DEPARTMENT, code, zh, en, root)
            house.departments[code] = unit
            house.workers[unit.pk] = self._person("crew", unit, "chen" if code == "D02" else "")
            self._leading_group(unit, self._person("street_leader", unit))

    def _streets(
        self, house: House, root: Unit, streets: Sequence[Area], communities: Sequence[Area]
    ) -> None:
        leader = self._person("district_leader", root, "gao")
        leaders = [self._person("district_leader", root) for _ in range(3)]
        for n, street in enumerate(streets):
            ours = street.name_zh == "榕荫街道"
            unit = self._unit(
                UnitKind.STREET, f"S{street.code[-3:]}", street.name_zh, street.name_en, root,
                area_id=street.pk,
            )  # fmt: skip
            house.streets[street.pk] = unit
            house.workers[unit.pk] = self._person("street_worker", unit, "lin" if ours else "")
            head = self._person("street_leader", unit, "ye" if ours else "")
            self._leading_group(unit, head)
            after = leader if ours else leaders[n % len(leaders)]
            people.attach_leader(after, unit=unit, by=None, since=self.since)
        for area in communities:
            parent = house.streets[area.parent_id or 0]
            unit = self._unit(
                UnitKind.COMMUNITY, f"{parent.code}{area.code[-3:]}", area.name_zh, area.name_en,
                parent, area_id=area.pk,
            )  # fmt: skip
            house.communities[area.pk] = unit
            name = "hu" if area.name_zh == "榕下社区" else ""
            house.workers[unit.pk] = self._person("community_worker", unit, name)
            if name:
                house.crew = self._unit(
                    UnitKind.ENTERPRISE,
                    f"{unit.code}B",
                    "榕下社区保洁班",
                    "Rongxia cleaning crew",
                    unit,
                )
                house.workers[house.crew.pk] = self._person("crew", house.crew)

    def _others(self, root: Unit) -> None:
        for kind, code, zh, en in (
            (UnitKind.MASS_ORGANISATION, "M01", "团区委", "Youth league"),
            (UnitKind.MASS_ORGANISATION, "M02", "区妇联", "Women's federation"),
            (UnitKind.ENTERPRISE, "E01", "榕楼百货（文明单位）", "Ronglou Stores, civilised unit"),
            (UnitKind.ENTERPRISE, "E02", "闽榕银行支行", "Minrong Bank, branch"),
            (UnitKind.PATROL_GROUP, "P01", "人大代表巡访组", "Deputies' patrol"),
            (UnitKind.PATROL_GROUP, "P02", "政协委员巡访组", "CPPCC members' patrol"),
            (UnitKind.VOLUNTEER_TEAM, "V01", "榕小荫志愿服务队", "Rongyin volunteers"),
        ):
            self._unit(kind, code, zh, en, root)

    def _unit(
        self, kind: UnitKind, code: str, name_zh: str, name_en: str, parent: Unit | None = None,
        *, is_office: bool = False, area_id: int | None = None,
    ) -> Unit:  # fmt: skip
        self.serial += 1
        return people.create_unit(
            kind=kind, code=code, name_zh=name_zh, name_en=name_en, parent=parent, by=None,
            is_office=is_office, area_id=area_id, phone=f"0591-0000{self.serial:04d}",
        )  # fmt: skip

    def _person(self, role: str, unit: Unit, username: str = "") -> User:
        self.serial += 1
        user = people.enrol_person(
            username=username or f"demo{self.serial:03d}", display_name=CALLED.get(username) or self._name(), by=None,
            password=self.passwords.get(username),
        )  # fmt: skip
        people.post_person(user, role=self.roles[role], unit=unit, by=None, since=self.since)
        return user

    def _leading_group(self, unit: Unit, head: User | None = None) -> None:
        for duty in Duty:
            self.serial += 1
            user = head if duty == Duty.HEAD else None
            people.set_leader(
                unit, duty=duty, name=str(user or self._name()),
                phone=f"0591-0000{self.serial:04d}", by=None, user=user, since=self.since,
            )  # fmt: skip

    def _name(self) -> str:
        """Nobody is called as somebody else: the next name in the list where one is taken."""
        all_ = [first + given for first in SURNAMES for given in GIVEN]
        drawn = self.rng.choice(SURNAMES) + self.rng.choice(GIVEN)
        at = all_.index(drawn)
        free = (name for name in all_[at:] + all_[:at] if name not in self.taken)
        name = next(free, drawn)
        self.taken.add(name)
        return name
