"""The tree of units as a table. The same file twice changes nothing."""

from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gulou.kit.errors import Invalid, NotAllowed
from gulou.kit.words import name_of
from gulou.people import managed, queries
from gulou.people import operations as people
from gulou.people.models import Unit, UnitKind, User
from gulou.people.verbs import MANAGE
from gulou.places import queries as places
from gulou.places.queries import AreaSeen
from gulou.sheets.columns import Column, Kind, Row, yes
from gulou.sheets.lexicon import Choices, Coded, Lexicon
from gulou.sheets.tally import Step, Tally

from .register import Content, Part, Register, Taken

# fmt: off
COLUMNS = (
    Column("code", "编码", "Code", ("代码",), needed=True, kind=Kind.CODE, most=40, width=14, help=gettext_lazy("Of your own choice, once for all: by it the row is recognised."), example="S01"),
    Column("kind", "类型", "Kind", ("性质",), needed=True, listed=True, width=14, help=gettext_lazy("Does not change afterwards."), example="街镇"),
    Column("name_zh", "名称", "Chinese name", ("name", "中文名称"), needed=True, most=80, width=28, example="榕荫街道"),
    Column("name_en", "英文名称", "English name", most=120, width=24, help=gettext_lazy("Empty for a new one: as in Chinese."), example="Rongyin Street"),
    Column("parent_code", "上级单位", "Belongs to", ("parent", "上级编码", "上级单位编码"), listed=True, width=28, help=gettext_lazy("Code, or code and name. Empty for a new one: the district office. It may stand further down in the same file."), example="OFFICE 榕城区文明办"),
    Column("area_code", "负责区域", "Area", ("area", "区划编码"), listed=True, width=24, help=gettext_lazy("The area it looks after, for streets and communities: code, or code and name."), example="350199001 榕荫街道"),
    Column("phone", "电话", "Telephone", kind=Kind.CODE, most=40, width=18, example="0591-00000001"),
    Column("email", "邮箱", "E-mail", most=254, width=24, example="rongyin@example.org"),
    Column("address", "地址", "Address", most=200, width=32, example="榕荫路 1 号"),
    Column("retired", "停用", "Dissolved", ("撤销",), kind=Kind.FLAG, listed=True, width=8, rare=True, help=gettext_lazy("Yes takes it out of use, no puts it back. Its open cases go to the unit above; people and units there are moved first."), example="否"),
)
# fmt: on
# What Chinese tables write in the column of kinds, beside the names.
_ALSO = {
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
    "乡镇": UnitKind.STREET,
    "社区": UnitKind.COMMUNITY,
    "企业": UnitKind.ENTERPRISE,
    "文明单位": UnitKind.ENTERPRISE,
    "巡访组": UnitKind.PATROL_GROUP,
    "志愿服务队": UnitKind.VOLUNTEER_TEAM,
}  # fmt: skip
CONTACTS = ("phone", "email", "address")


def kinds() -> Choices:
    """The kinds of units by their names."""
    return Choices.of(UnitKind, _ALSO)


def areas_in_use() -> list[AreaSeen]:
    """The areas in use, the large ones first."""
    ranks = {level.id: level.rank for level in places.levels()}
    found = [area for area in places.all_areas() if area.active]
    return sorted(found, key=lambda area: (ranks[area.level_id], area.code))


def areas_known() -> Lexicon[AreaSeen]:
    """All areas by code and name; of several with one code that in use, of those the larger."""
    gone = [area for area in places.all_areas() if not area.active]
    return Lexicon([*gone, *reversed(areas_in_use())])


def content(reader: User) -> list[Content]:
    """The units this person manages, parents before what is below them."""
    known, names = {unit.pk: unit for unit in Unit.objects.all()}, kinds()
    areas = {area.id: area for area in places.all_areas()}
    units = [known[ref.id] for ref in managed.units_managed_by(reader)]
    return [[
        {
            "code": unit.code, "kind": names.word(unit.kind), "name_zh": unit.name_zh,
            "name_en": unit.name_en,
            "parent_code": _called(known[unit.parent_id]) if unit.parent_id else "",
            "area_code": _called(areas[unit.area_id]) if unit.area_id in areas else "", "phone": unit.phone,
            "email": unit.email, "address": unit.address,
            "retired": "" if unit.active else yes(True),
        }
        for unit in units
    ]]  # fmt: skip


def choices(reader: User) -> Mapping[str, Sequence[str]]:
    """What is chosen from."""
    units = [unit for unit in managed.units_managed_by(reader) if unit.active]
    return {
        "kind": kinds().words(), "parent_code": [f"{one.code} {name_of(one)}" for one in units],
        "area_code": [_called(area) for area in areas_in_use()],
        "retired": [yes(True), yes(False)],
    }  # fmt: skip


def take(taken: Taken, by: User | None, tally: Tally) -> None:
    """Add and change units by their code. Who has no parent stands below the district office."""
    rows, units = taken[0], _Units(by)
    for row in _parents_first(rows):
        with tally.row(row) as step:
            units.take(row, step)
    # What is dissolved leaves from below, once nothing new needs it.
    for row in reversed(_parents_first(rows)):
        if not tally.is_wrong(row):
            with tally.row(row) as step:
                tally.notes += units.retire(row, step)


def _parents_first(rows: Sequence[Row]) -> list[Row]:
    """A parent may stand below its units in the file. Circles stay at the end, and are refused."""
    below: dict[str, list[Row]] = {}
    codes = {row["code"] for row in rows}
    for row in rows:
        parent = row["parent_code"]
        first = parent if parent in codes else parent.split(" ", 1)[0]
        below.setdefault(first if first in codes else "", []).append(row)
    ordered: list[Row] = []
    waiting = below.pop("", [])
    while waiting:
        ordered += waiting
        waiting = [one for row in waiting for one in below.pop(row["code"], [])]
    return ordered + [row for rest in below.values() for row in rest]


class _Units:
    """Takes one row after the other."""

    def __init__(self, by: User | None) -> None:
        self.by = by
        self.units = Lexicon(Unit.objects.all())
        self.office = self.units.by_code[queries.office().code]
        self.areas, self.kinds = areas_known(), kinds()
        self.mine = managed.managed_unit_ids(by) if by else None
        self.seen: dict[str, int] = {}

    def take(self, row: Row, step: Step) -> None:
        code = row.need("code")
        step.title = row["name_zh"] or code
        if code in self.seen:
            words = _("This code stands in the file twice: also in row %(row)s.")
            raise Invalid("table.twice", words % {"row": self.seen[code]}, field="code")
        self.seen[code] = row.number
        check_email(row)
        known = self.units.by_code.get(code)
        self.units.add(self._change(known, row, step) if known else self._add(row, step))

    def retire(self, row: Row, step: Step) -> list[str]:
        """What waits with a unit that is dissolved goes to the one above: in words, what goes."""
        unit, retired = self.units.by_code[row["code"]], row.flag("retired")
        if not retired or not unit.active:
            return []
        carried = people.hand_over_and_dissolve(unit, by=self.by)
        self.units.add(Unit.objects.get(pk=unit.pk))
        step.change("retired", yes(False), yes(True))
        heir = name_of(unit.parent) if unit.parent else ""
        words = _("%(unit)s is dissolved. This goes to %(heir)s, on record: %(what)s.")
        return [words % {"unit": name_of(unit), "heir": heir, "what": use.goes} for use in carried]

    def _add(self, row: Row, step: Step) -> Unit:
        parent = row.find("parent_code", self.units) if row.given("parent_code") else self.office
        step.added = True
        return people.create_unit(
            kind=row.find("kind", self.kinds), code=row["code"], name_zh=row.need("name_zh"),
            name_en=row["name_en"] or row["name_zh"], parent=parent, by=self.by,
            area_id=self._area(row), phone=row.given("phone") or "",
            email=row.given("email") or "", address=row.given("address") or "",
        )  # fmt: skip

    def _change(self, unit: Unit, row: Row, step: Step) -> Unit:
        if self.mine is not None and unit.pk not in self.mine:
            words = _("This unit is not among those you manage.")
            raise NotAllowed("people.not_allowed", words, field="code")
        if row.find("kind", self.kinds) != unit.kind:
            words = _("The kind of a unit does not change. Dissolve it and make another.")
            raise Invalid("unit.kind_fixed", words, field="kind")
        if row.flag("retired") is False and not unit.active:
            unit = people.reinstate_unit(unit, by=self.by)
            step.change("retired", yes(True), yes(False))
        unit = self._rename(unit, row, step)
        unit = self._describe(unit, row, step)
        return self._move(unit, row, step)

    def _rename(self, unit: Unit, row: Row, step: Step) -> Unit:
        told = {"name_zh": row.need("name_zh"), "name_en": row["name_en"] or unit.name_en}
        differs = [name for name, text in told.items() if text != getattr(unit, name)]
        for name in differs:
            step.change(name, getattr(unit, name), told[name])
        return people.rename_unit(unit, **told, by=self.by) if differs else unit

    def _describe(self, unit: Unit, row: Row, step: Step) -> Unit:
        told: dict[str, str] = {name: getattr(unit, name) for name in CONTACTS}
        told |= {name: text for name in CONTACTS if (text := row.given(name)) is not None}
        area_id = unit.area_id if row.given("area_code") is None else self._area(row, unit)
        differs = [name for name, text in told.items() if text != getattr(unit, name)]
        for name in differs:
            step.change(name, getattr(unit, name), told[name])
        if area_id != unit.area_id:
            was, becomes = queries.area_called(unit.area_id), queries.area_called(area_id)
            step.change("area_code", was, becomes)
        elif not differs:
            return unit
        return people.set_description(unit, by=self.by, area_id=area_id, **told)

    def _move(self, unit: Unit, row: Row, step: Step) -> Unit:
        if not row.given("parent_code"):
            return unit
        parent = row.find("parent_code", self.units)
        if parent.pk == unit.parent_id:
            return unit
        step.change("parent_code", _called(unit.parent) if unit.parent else "", _called(parent))
        return people.move_unit(unit, parent=parent, by=self.by)

    def _area(self, row: Row, unit: Unit | None = None) -> int | None:
        if not row.given("area_code"):
            return None
        area = row.find("area_code", self.areas)
        if not area.active and (unit is None or area.id != unit.area_id):
            raise Invalid("area.retired", _("This area is retired."), field="area_code")
        return area.id


def _called(thing: Coded) -> str:
    return f"{thing.code} {name_of(thing)}"


def check_email(row: Row) -> None:
    if row.given("email"):
        try:
            validate_email(row["email"])
        except ValidationError as error:
            raise Invalid("table.cell", error.messages[0], field="email") from error


REGISTER = Register(
    code="units",
    label=gettext_lazy("Units"),
    words=gettext_lazy("Streets, departments, communities: what belongs to what."),
    sign="building",
    verb=MANAGE,
    list_view="setup:units",
    parts=(Part("单位", "Units", COLUMNS),),
    content=content,
    choices=choices,
    take=take,
    rules=(
        gettext_lazy("A row is recognised by its code; a code that is new adds a unit."),
        gettext_lazy("A unit that is not in the file stays as it is."),
    ),
    names={"parent": "parent_code", "area": "area_code", "unit": "code"},
)
