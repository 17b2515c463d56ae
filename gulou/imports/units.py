"""The tree of units from a table. The same file twice changes nothing."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from gulou.kit.errors import Invalid
from gulou.people import operations as people
from gulou.people import queries
from gulou.people.models import Unit, UnitKind
from gulou.places.operations import Summary
from gulou.places.queries import area_refs

from .places import File
from .tables import Column, Row, bring_in, read_rows

COLUMNS = (
    Column("code", ("编码", "代码"), needed=True),
    Column("kind", ("类型", "性质"), needed=True),
    Column("name_zh", ("name", "名称"), needed=True),
    Column("name_en", ("英文名称",)),
    Column("parent_code", ("parent", "上级编码")),
    Column("area_code", ("area", "区划编码")),
    Column("phone", ("电话",)),
    Column("email", ("邮箱",)),
    Column("address", ("地址",)),
)
# What Chinese tables write in the column of kinds.
KINDS_ZH = {
    "文明委": UnitKind.COMMITTEE,
    "文明办": UnitKind.CIVILITY_OFFICE,
    "创建办": UnitKind.CAMPAIGN_OFFICE,
    "督导组": UnitKind.SUPERVISION_TEAM,
    "督查室": UnitKind.SUPERVISION_OFFICE,
    "部门": UnitKind.DEPARTMENT,
    "责任单位": UnitKind.DEPARTMENT,
    "群团组织": UnitKind.MASS_ORGANISATION,
    "街镇": UnitKind.STREET,
    "街道": UnitKind.STREET,
    "社区": UnitKind.COMMUNITY,
    "企业": UnitKind.ENTERPRISE,
    "文明单位": UnitKind.ENTERPRISE,
    "巡访组": UnitKind.PATROL_GROUP,
    "志愿服务队": UnitKind.VOLUNTEER_TEAM,
}
_CONTACTS = ("phone", "email", "address")


def import_units(file: File, *, dry_run: bool = False) -> Summary:
    """Add and change units by their code; the system acts. Who has no parent stands below the
    district office. Empty cells leave what is there. Raises Invalid with rows and columns."""
    queries.office()
    rows = read_rows(file, COLUMNS)
    return bring_in(_parents_first(rows), _Units(), dry_run=dry_run)


def _parents_first(rows: Sequence[Row]) -> list[Row]:
    """A parent may stand below its units in the file. Circles stay at the end, and are refused."""
    waiting, sorted_rows = list(rows), list[Row]()
    while waiting:
        codes = {row["code"] for row in waiting}
        ready = [row for row in waiting if row["parent_code"] not in codes] or waiting
        sorted_rows += ready
        waiting = [row for row in waiting if row not in ready]
    return sorted_rows


class _Units:
    """Takes one row after the other."""

    def __init__(self) -> None:
        self.units = {unit.code: unit for unit in Unit.objects.all()}
        self.office = self.units[queries.office().code]
        self.areas = {area.code: area.id for area in area_refs().values()}
        self.kinds = {kind.value: kind for kind in UnitKind} | KINDS_ZH
        self.seen: set[str] = set()

    def __call__(self, row: Row) -> str:
        code = row.need("code")
        if code in self.seen:
            raise Invalid("table.twice", _("This code stands in the file twice."), field="code")
        self.seen.add(code)
        known = self.units.get(code)
        self.units[code], done = self._change(known, row) if known else self._add(row)
        return done

    def _add(self, row: Row) -> tuple[Unit, str]:
        parent = row.find("parent_code", self.units) if row["parent_code"] else self.office
        unit = people.create_unit(
            kind=row.find("kind", self.kinds), code=row["code"], name_zh=row.need("name_zh"),
            name_en=row["name_en"] or row["name_zh"], parent=parent, by=None,
            area_id=self._area(row), phone=row["phone"], email=row["email"],
            address=row["address"],
        )  # fmt: skip
        return unit, "added"

    def _change(self, unit: Unit, row: Row) -> tuple[Unit, str]:
        if row.find("kind", self.kinds) != unit.kind:
            words = _("The kind of a unit does not change. Dissolve it and make another.")
            raise Invalid("unit.kind_fixed", words, field="kind")
        before = unit
        unit = self._rename(unit, row)
        unit = self._describe(unit, row)
        unit = self._move(unit, row)
        return unit, "same" if unit is before else "changed"

    def _rename(self, unit: Unit, row: Row) -> Unit:
        zh, en = row.need("name_zh"), row["name_en"] or unit.name_en
        if (zh, en) == (unit.name_zh, unit.name_en):
            return unit
        return people.rename_unit(unit, name_zh=zh, name_en=en, by=None)

    def _describe(self, unit: Unit, row: Row) -> Unit:
        contacts = {field: row[field] for field in _CONTACTS}
        area = self._area(row)
        same = all(text in ("", getattr(unit, field)) for field, text in contacts.items())
        if same and area in (None, unit.area_id):
            return unit
        return people.describe_unit(unit, area_id=area, by=None, **contacts)

    def _move(self, unit: Unit, row: Row) -> Unit:
        if not row["parent_code"]:
            return unit
        parent = row.find("parent_code", self.units)
        if parent.pk == unit.parent_id:
            return unit
        return people.move_unit(unit, parent=parent, by=None)

    def _area(self, row: Row) -> int | None:
        return row.find("area_code", self.areas) if row["area_code"] else None
