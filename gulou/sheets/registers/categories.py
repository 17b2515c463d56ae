"""The categories of the current edition, and their further filing conditions, as tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gulou.catalogue import operations as catalogue
from gulou.catalogue import queries
from gulou.catalogue.queries import CategoryRef, ConditionRef
from gulou.catalogue.states import MANAGE, Evidence, TimeUnit
from gulou.kit.errors import Invalid
from gulou.kit.words import name_of
from gulou.people.models import User
from gulou.sheets.columns import Column, Finds, Kind, Row, yes
from gulou.sheets.lexicon import Choices, Lexicon
from gulou.sheets.tally import Step, Tally

from .register import Content, Part, Register, Taken

# fmt: off
_LIMIT = (
    Column("amount", "时限", "Limit", kind=Kind.WHOLE, width=8, help=gettext_lazy("How long handling may take: a number and its unit."), example="4"),
    Column("time_unit", "时限单位", "Unit of time", listed=True, width=12, example="工作时"),
)
_RETIRED = Column("retired", "停用", "Retired", kind=Kind.FLAG, listed=True, width=8, help=gettext_lazy("Yes offers it no longer, no offers it again. Cases that have it keep it."), example="否")
CATEGORIES = (
    Column("code", "编码", "Code", ("代码",), kind=Kind.CODE, most=40, width=14, help=gettext_lazy("By it the row is recognised. Empty for a new one: it gets the next free number of its class."), example="event.01.05"),
    Column("class", "大类", "Class", listed=True, width=24, help=gettext_lazy("Where a new one belongs; it does not change afterwards. Classes themselves have none."), example="event.01 市容环境"),
    Column("name_zh", "名称", "Chinese name", ("中文名称",), needed=True, most=60, width=22, example="暴露垃圾"),
    Column("name_en", "英文名称", "English name", most=80, width=24, example="Exposed rubbish"),
    Column("hint_zh", "说明", "Hint in Chinese", most=200, width=32, help=gettext_lazy("What belongs to it, for who chooses."), example="散落在外、无人清运的垃圾"),
    Column("hint_en", "英文说明", "Hint in English", most=300, width=32, example="Rubbish lying about"),
    Column("closing_zh", "结案条件", "Done when, in Chinese", most=200, width=32, example="垃圾已清运，地面无残留"),
    Column("closing_en", "英文结案条件", "Done when, in English", most=300, width=32, example="Rubbish taken away"),
    Column("evidence", "整改证明", "Shown by", listed=True, width=16, help=gettext_lazy("What shows that handling is done."), example="处置后的照片"),
    Column("public_rank", "公众排序", "Rank for residents", kind=Kind.WHOLE, width=10, help=gettext_lazy("1 comes first; 0 is for staff only."), example="1"),
    Column("position", "排列", "Position", kind=Kind.WHOLE, width=8, help=gettext_lazy("Its place among its neighbours: smaller first."), example="0"),
    *_LIMIT,
    _RETIRED,
)
CONDITIONS = (
    Column("category", "小类", "Category", needed=True, listed=True, width=28, help=gettext_lazy("Code, or code and name. Its ordinary condition stands on the other sheet."), example="event.01.05 暴露垃圾"),
    Column("code", "编号", "Number", kind=Kind.CODE, most=20, width=8, help=gettext_lazy("By it the row is recognised. Empty for a new one."), example="2"),
    Column("name_zh", "立案条件", "Condition in Chinese", needed=True, most=120, width=32, example="影响通行安全"),
    Column("name_en", "英文立案条件", "Condition in English", most=160, width=32, example="A danger to passers-by"),
    *_LIMIT,
    _RETIRED,
)
# fmt: on
_WORDS = ("name_zh", "name_en", "hint_zh", "hint_en", "closing_zh", "closing_en")
_NUMBERS = ("public_rank", "position")


def evidence() -> Choices:
    """What shows that handling is done, by its names."""
    return Choices.of(Evidence)


def time_units() -> Choices:
    """The units of time, by their names."""
    return Choices.of(TimeUnit)


def content(_reader: User) -> list[Content]:
    """Classes and subclasses of the current edition, and the conditions that are not ordinary."""
    shown, units = evidence(), time_units()
    tree = queries.category_tree()
    refs = queries.category_refs()
    categories: list[Mapping[str, str]] = []
    conditions: list[Mapping[str, str]] = []
    for one in tree:
        ordinary = _ordinary(one)
        categories.append({
            "code": one.code, "class": _called(refs[one.parent_id]) if one.parent_id else "",
            **{name: getattr(one, name) for name in _WORDS},
            **{name: str(getattr(one, name)) for name in _NUMBERS},
            "evidence": shown.word(one.evidence), **(_limit_cells(ordinary, units)),
            "retired": "" if one.active else yes(True),
        })  # fmt: skip
        conditions += [
            {
                "category": _called(one), "code": condition.code, "name_zh": condition.name_zh,
                "name_en": condition.name_en, **_limit_cells(condition, units),
                "retired": "" if condition.active else yes(True),
            }
            for condition in queries.all_conditions_of(one.id)
            if not condition.is_default
        ]  # fmt: skip
    return [categories, conditions]


def choices(_reader: User) -> Mapping[str, Sequence[str]]:
    """What is chosen from."""
    in_use = [one for one in queries.category_tree() if one.active]
    return {
        "class": [_called(one) for one in in_use if one.parent_id is None],
        "category": [_called(one) for one in in_use if one.parent_id is not None],
        "evidence": evidence().words(), "time_unit": time_units().words(),
        "retired": [yes(True), yes(False)],
    }  # fmt: skip


def take(taken: Taken, by: User | None, tally: Tally) -> None:
    """Describe categories anew, add subclasses, retire and bring back; then the conditions."""
    categories = _Categories(by)
    for row in taken[0]:
        with tally.row(row) as step:
            categories.take(row, step)
    for row in reversed(taken[0]):
        if not tally.is_wrong(row):
            with tally.row(row) as step:
                categories.retire(row, step)
    conditions = _Conditions(by)
    for row in taken[1]:
        with tally.row(row) as step:
            conditions.take(row, step)


class _Categories:
    """Takes one row after the other."""

    def __init__(self, by: User | None) -> None:
        self.by: User | str = by or "system"
        tree = queries.category_tree()
        self.known = Lexicon(tree)
        self.named = {(one.parent_id, one.name_zh): one for one in tree}
        self.evidence, self.units = evidence(), time_units()
        self.seen: dict[int, int] = {}
        self.retiring: dict[int, int] = {}

    def take(self, row: Row, step: Step) -> None:
        step.title = row.need("name_zh")
        known = self._known(row)
        if known is None:
            self._add(row, step)
            return
        if known.id in self.seen:
            words = _("This stands in the file twice: also in row %(row)s.")
            raise Invalid("table.twice", words % {"row": self.seen[known.id]}, field="code")
        self.seen[known.id] = row.number
        retired = row.flag("retired")
        if retired is False and not known.active:
            catalogue.restore_categories((known.id,), by=self.by)
            step.change("retired", yes(True), yes(False))
        if retired and known.active:
            self.retiring[row.number] = known.id
        self._describe(known, row, step)

    def retire(self, row: Row, step: Step) -> None:
        category_id = self.retiring.get(row.number)
        if category_id is None:
            return
        rules = queries.rules_about(category_id=category_id)
        if rules:
            raise Invalid(
                "catalogue.category_in_use",
                _("These rules name the category: %(rules)s. End or change them first.")
                % {"rules": ", ".join(str(rule.id) for rule in rules)},
                field="retired",
            )
        if queries.category_ref(category_id).active:
            catalogue.retire_category(category_id, by=self.by)
        step.change("retired", yes(False), yes(True))

    def _known(self, row: Row) -> CategoryRef | None:
        """Which one a row speaks of; without a code, the one of this class with this name."""
        if row["code"]:
            known = self.known.by_code.get(row["code"])
            if known is None:
                words = _("There is no “%(code)s”. Leave the code empty for a new one.")
                raise Invalid("table.cell", words % {"code": row["code"]}, field="code")
            return known
        return self.named.get((self._class(row).id, row["name_zh"]))

    def _class(self, row: Row) -> CategoryRef:
        row.need("class")
        found = row.find("class", self.known)
        if found.parent_id is not None:
            raise Invalid("table.cell", _("This is no class."), field="class")
        return found

    def _add(self, row: Row, step: Step) -> None:
        above = self._class(row)
        row.need("amount")
        row.need("time_unit")
        told = {
            **{name: row.given(name) or "" for name in _WORDS},
            **{name: row.whole(name) or 0 for name in _NUMBERS},
            "evidence": row.find("evidence", self.evidence) if row["evidence"] else Evidence.PHOTO,
            "icon": above.icon,
        }
        told["name_en"] = told["name_en"] or told["name_zh"]
        amount, unit = _limit(row, self.units)
        category = catalogue.add_category(above.id, told, amount=amount, time_unit=unit, by=self.by)
        step.added = True
        ref = queries.category_ref(category.pk)
        self.known.add(ref)
        self.named[above.id, ref.name_zh] = ref
        self.seen[ref.id] = row.number

    def _describe(self, known: CategoryRef, row: Row, step: Step) -> None:
        if row["class"] and known.parent_id != (
            above.id if (above := self.known.get(row["class"])) else None
        ):
            words = _("A category stays in its class. Retire it and add another.")
            raise Invalid("table.cell", words, field="class")
        told: dict[str, Any] = {
            name: text for name in _WORDS if (text := row.given(name)) is not None
        }
        told |= {name: number for name in _NUMBERS if (number := row.whole(name)) is not None}
        if row["evidence"]:
            told["evidence"] = row.find("evidence", self.evidence)
        differs = {name: value for name, value in told.items() if value != getattr(known, name)}
        for name, value in differs.items():
            was, becomes = getattr(known, name), value
            if name == "evidence":
                was, becomes = self.evidence.word(was), self.evidence.word(becomes)
            step.change(name, was, becomes)
        if differs:
            catalogue.describe_category(known.id, differs, by=self.by)
        ordinary = _ordinary(known)
        if ordinary is not None:
            _set_limit(ordinary, row, step, self.units, self.by)


class _Conditions:
    """Takes one further condition after the other."""

    def __init__(self, by: User | None) -> None:
        self.by: User | str = by or "system"
        self.categories = Lexicon(one for one in queries.category_tree() if one.parent_id)
        self.units = time_units()
        self.seen: dict[int, int] = {}

    def take(self, row: Row, step: Step) -> None:
        step.title = row.need("name_zh")
        row.need("category")
        category = row.find("category", self.categories)
        known = self._known(category, row)
        if known is None:
            self._add(category, row, step)
            return
        if known.id in self.seen:
            words = _("This stands in the file twice: also in row %(row)s.")
            raise Invalid("table.twice", words % {"row": self.seen[known.id]}, field="code")
        self.seen[known.id] = row.number
        self._describe(known, row, step)
        _set_limit(known, row, step, self.units, self.by)

    def _known(self, category: CategoryRef, row: Row) -> ConditionRef | None:
        there = queries.all_conditions_of(category.id)
        if not row["code"]:
            return next((one for one in there if one.name_zh == row["name_zh"]), None)
        known = next((one for one in there if one.code == row["code"]), None)
        if known is None:
            words = _("There is no “%(code)s”. Leave the code empty for a new one.")
            raise Invalid("table.cell", words % {"code": row["code"]}, field="code")
        return known

    def _add(self, category: CategoryRef, row: Row, step: Step) -> None:
        row.need("amount")
        row.need("time_unit")
        amount, unit = _limit(row, self.units)
        told = {"name_zh": row["name_zh"], "name_en": row["name_en"] or row["name_zh"]}
        added = catalogue.add_condition(
            category.id, told, amount=amount, time_unit=unit, by=self.by
        )
        self.seen[added.pk] = row.number
        step.added = True

    def _describe(self, known: ConditionRef, row: Row, step: Step) -> None:
        told: dict[str, Any] = {"name_zh": row["name_zh"]}
        told |= {"name_en": row["name_en"]} if row["name_en"] else {}
        differs = {name: value for name, value in told.items() if value != getattr(known, name)}
        for name, value in differs.items():
            step.change(name, getattr(known, name), value)
        retired = row.flag("retired")
        if retired is not None and retired == known.active:
            differs["active"] = not retired
            step.change("retired", yes(not known.active), yes(retired))
        if differs:
            catalogue.describe_condition(known.id, differs, by=self.by)


def _limit(row: Row, units: Finds[str]) -> tuple[int, str]:
    return row.whole("amount") or 0, row.find("time_unit", units)


def _set_limit(known: ConditionRef, row: Row, step: Step, units: Choices, by: User | str) -> None:
    amount = row.whole("amount") if row["amount"] else known.limit.amount
    unit = row.find("time_unit", units) if row["time_unit"] else str(known.limit.unit)
    if (amount, unit) == (known.limit.amount, known.limit.unit):
        return
    was = f"{known.limit.amount} {units.word(known.limit.unit)}"
    step.change("amount", was, f"{amount} {units.word(unit)}")
    catalogue.set_condition_limit(known.id, amount=amount or 0, time_unit=unit, by=by)


def _ordinary(category: CategoryRef) -> ConditionRef | None:
    return next((c for c in queries.all_conditions_of(category.id) if c.is_default), None)


def _limit_cells(condition: ConditionRef | None, units: Choices) -> dict[str, str]:
    if condition is None:
        return {}
    limit = condition.limit
    return {"amount": str(limit.amount), "time_unit": units.word(limit.unit)}


def _called(category: CategoryRef) -> str:
    return f"{category.code} {name_of(category)}"


REGISTER = Register(
    code="categories",
    label=gettext_lazy("Categories"),
    words=gettext_lazy("The tree of problems: names, limits, what residents are offered."),
    sign="list-details",
    verb=MANAGE,
    list_view="setup:categories",
    parts=(
        Part("分类", "Categories", CATEGORIES),
        Part("立案条件", "Conditions", CONDITIONS, optional=True),
    ),
    content=content,
    choices=choices,
    take=take,
    rules=(
        gettext_lazy("The first sheet holds classes and subclasses with their ordinary limit, the second the further filing conditions."),
        gettext_lazy("What is not in the file stays as it is."),
    ),
    at_once=400,
    names={"parent": "class", "category": "category"},
)  # fmt: skip
