"""Who is responsible for what in the demonstration."""

from datetime import date

from gulou.catalogue import operations as catalogue
from gulou.catalogue.models import Category
from gulou.catalogue.operations.allow import SYSTEM
from gulou.catalogue.states import Lead

from .house import House

# Category (class or subclass) → department, why, whether an inspector's report goes there at once.
DEPARTMENTS = (
    ("component.01", "D25", "公用设施由权属单位维护", False),
    ("component.01.37", "D05", "路灯由路灯所维护", True),
    ("component.02", "D03", "道路设施由养护中心维护", False),
    ("component.03", "D02", "环卫设施由环卫中心维护", False),
    ("component.04", "D06", "绿化设施由园林中心维护", False),
    ("event.01.13", "D03", "道路破损由养护中心修复", True),
    ("event.01.25", "D14", "水域保洁由河湖中心负责", False),
    ("event.03", "D12", "工地由住建部门监管", False),
    ("event.04.93", "D20", "共享单车由停车中心协调企业", False),
    ("event.04.96", "D16", "消防通道", False),
    ("event.05.06", "D04", "积水由排水所处置", True),
    ("event.05", "D18", "突发事件由应急部门统筹", False),
    ("civility.11", "D07", "礼让行人由交通大队负责", False),
    ("civility.12", "D07", "行人过街秩序由交通大队负责", False),
)
STREETS = (
    ("event.01", "市容环境由属地街镇负责"),
    ("event.02", "小广告由属地街镇清理"),
    ("event.04", "街面秩序由属地街镇管理"),
    ("event.06", "其他事件由属地街镇受理"),
)
COMMUNITIES = (("civility.01", "小区秩序由社区协调"), ("civility.02", "飞线充电由社区劝导"),
               ("civility.18", "楼道堆物由社区清理"))  # fmt: skip


def set_rules(house: House, since: date) -> None:
    """The rules of the district, through the real operation."""
    categories = {category.code: category for category in Category.objects.all()}
    for code, department, reason, certain in DEPARTMENTS:
        catalogue.set_rule(
            by=SYSTEM, category_id=categories[code].pk, unit_id=house.departments[department].pk,
            reason=reason, certain=certain, since=since,
        )  # fmt: skip
    for code, reason in STREETS:
        catalogue.set_rule(
            by=SYSTEM, category_id=categories[code].pk, lead=Lead.STREET, reason=reason,
            since=since, assisting_ids=[house.departments["D01"].pk] if code == "event.04" else (),
        )  # fmt: skip
    for code, reason in COMMUNITIES:
        catalogue.set_rule(
            by=SYSTEM, category_id=categories[code].pk, lead=Lead.COMMUNITY, reason=reason,
            since=since, verify_first=True,
        )  # fmt: skip
    civility = Lead.STREET
    catalogue.set_rule(by=SYSTEM, lead=civility, reason="没有专门规则时由属地街镇负责", since=since)
