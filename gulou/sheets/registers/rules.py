"""Responsibility rules as a table: each recognised by what it is about. Changed ones hold from
today on; what they decided before stays decided."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gulou.catalogue import operations as catalogue
from gulou.catalogue import queries
from gulou.catalogue.operations import RuleDraft
from gulou.catalogue.queries import CategoryRef, ConditionRef, RuleRef
from gulou.catalogue.rule_words import ANY_CATEGORY, OF_PLACE, WHOLE_DISTRICT, RuleWords
from gulou.catalogue.states import MANAGE, Lead
from gulou.kit.errors import Invalid
from gulou.kit.words import in_language, name_of
from gulou.people.models import User
from gulou.people.queries import today, unit_refs
from gulou.places import queries as places
from gulou.sheets.columns import CLEAR, Column, Kind, Row, yes
from gulou.sheets.lexicon import Lexicon
from gulou.sheets.tally import Step, Tally

from .register import Content, Part, Register, Taken
from .units import areas_in_use, areas_known

# fmt: off
COLUMNS = (
    Column("category", "分类", "Category", needed=True, listed=True, width=28, help=gettext_lazy("A class or a subclass: code, or code and name. Empty: any problem."), example="event.01.05 暴露垃圾"),
    Column("condition", "立案条件", "Condition", most=140, width=24, help=gettext_lazy("Number or name of a condition of the category. Empty: any."), example=""),
    Column("area", "区域", "Area", needed=True, listed=True, width=26, help=gettext_lazy("Code, or code and name. Empty: the whole district."), example="350199001 榕荫街道"),
    Column("lead", "主办单位", "Leads", ("责任单位",), needed=True, listed=True, width=28, help=gettext_lazy("A unit, or the street or the community of the place."), example="D01 环卫中心"),
    Column("assisting", "协办单位", "Assist", most=2000, width=28, help=gettext_lazy("Codes of units, with a semicolon between them."), example="D02；S01"),
    Column("certain", "可直接派遣", "Certain", kind=Kind.FLAG, listed=True, width=11, help=gettext_lazy("An inspector's report may be dispatched without a dispatcher."), example="否"),
    Column("verify_first", "先核实", "Verify first", kind=Kind.FLAG, listed=True, width=9, help=gettext_lazy("A resident's report is verified on the spot first."), example="否"),
    Column("reason", "依据", "Reason", most=200, width=32, help=gettext_lazy("Why it is so: the list of duties, minutes of a meeting."), example="区权责清单 2026 年版"),
    Column("since", "起始日期", "From", kind=Kind.DAY, width=13, help=gettext_lazy("The first day on which it holds. Empty: today."), example="2026-01-01"),
    Column("until", "失效日期", "Until", kind=Kind.DAY, width=13, help=gettext_lazy("The first day on which it no longer holds. Empty: no end."), example=""),
)
# fmt: on
_BETWEEN = str.maketrans("，、,;", "；；；；")
_Scope = tuple[int | None, int | None, int | None]


def content(_reader: User) -> list[Content]:
    """The rules that hold today or are to come."""
    words, units, refs = RuleWords(), unit_refs(), queries.category_refs()
    areas = {area.id: area for area in places.all_areas()}
    rows = []
    for rule in _not_over():
        category = refs.get(rule.category_id or 0)
        if category and category.code_set_id != queries.current_code_set().id:
            continue
        area, unit = areas.get(rule.area_id or 0), units.get(rule.unit_id or 0)
        rows.append({
            "category": f"{category.code} {name_of(category)}" if category else "",
            "condition": _condition_words(rule),
            "area": f"{area.code} {name_of(area)}" if area else "",
            "lead": f"{unit.code} {name_of(unit)}" if unit else name_of(words.lead(rule)),
            "assisting": "；".join(units[id].code for id in rule.assisting_ids),
            "certain": yes(True) if rule.certain else "",
            "verify_first": yes(True) if rule.verify_first else "",
            "reason": rule.reason, "since": rule.since.isoformat(),
            "until": rule.until.isoformat() if rule.until else "",
        })  # fmt: skip
    return [rows]


def choices(_reader: User) -> Mapping[str, Sequence[str]]:
    """What is chosen from."""
    units = [f"{u.code} {name_of(u)}" for u in unit_refs().values() if u.active]
    flags = [yes(True), yes(False)]
    return {
        "category": [f"{c.code} {name_of(c)}" for c in queries.category_tree() if c.active],
        "area": [f"{area.code} {name_of(area)}" for area in areas_in_use()],
        "lead": [*(name_of(one) for one in OF_PLACE.values()), *units],
        "certain": flags, "verify_first": flags,
    }  # fmt: skip


def take(taken: Taken, by: User | None, tally: Tally) -> None:
    """Set, change and end rules."""
    rules = _Rules(by)
    for row in taken[0]:
        with tally.row(row) as step:
            rules.take(row, step)


def _not_over() -> list[RuleRef]:
    day = today()
    return [r for r in queries.all_rules() if r.until is None or r.until > max(day, r.since)]


class _Rules:
    """Takes one row after the other."""

    def __init__(self, by: User | None) -> None:
        self.by: User | str = by or "system"
        self.categories = Lexicon(queries.category_tree())
        self.areas, self.units = areas_known(), Lexicon(unit_refs().values())
        self.seen: dict[tuple[_Scope, date | None], int] = {}

    def take(self, row: Row, step: Step) -> None:
        category = self._named(row, "category", self.categories, ANY_CATEGORY)
        area = self._named(row, "area", self.areas, WHOLE_DISTRICT)
        condition = self._condition(row, category)
        scope: _Scope = (
            area.id if area else None, category.id if category else None,
            condition.id if condition else None,
        )  # fmt: skip
        step.title = _title(category, condition, area)
        since = row.day("since")
        if (scope, since) in self.seen:
            words = _("A rule about exactly the same stands in row %(row)s.")
            raise Invalid("table.twice", words % {"row": self.seen[scope, since]}, field="category")
        self.seen[scope, since] = row.number
        old = self._held(scope, since)
        draft = self._draft(row, scope, old)
        if old is None:
            catalogue.set_rule(by=self.by, **_told(draft))
            step.added = True
            return
        self._change(old, draft, since, step)

    def _change(self, old: RuleRef, draft: RuleDraft, since: date | None, step: Step) -> None:
        was = _as_draft(old)
        same_but_end = replace(draft, since=was.since, until=was.until) == was
        self._tell(was, draft, step)
        if same_but_end and draft.until == was.until:
            return
        if same_but_end and draft.until and (was.until is None or draft.until < was.until):
            catalogue.end_rule(old.id, on=draft.until, by=self.by)
            return
        begins = since if since and since >= today() else today()
        catalogue.change_rule(old.id, replace(draft, since=begins), by=self.by)

    def _tell(self, was: RuleDraft, draft: RuleDraft, step: Step) -> None:
        for column, one, other in (
            ("lead", self._lead(was), self._lead(draft)),
            ("assisting", self._codes(was.assisting_ids), self._codes(draft.assisting_ids)),
            ("certain", yes(was.certain), yes(draft.certain)),
            ("verify_first", yes(was.verify_first), yes(draft.verify_first)),
            ("reason", was.reason, draft.reason),
            ("until", was.until or _("no end"), draft.until or _("no end")),
        ):
            if one != other:
                step.change(column, one, other)

    def _held(self, scope: _Scope, since: date | None) -> RuleRef | None:
        """The rule that is meant: the one since that day, else the last that holds then."""
        same = [r for r in _not_over() if (r.area_id, r.category_id, r.condition_id) == scope]
        exact = next((r for r in same if r.since == since), None)
        day = max(since or today(), today())
        return exact or next((r for r in reversed(same) if r.until is None or r.until > day), None)

    def _draft(self, row: Row, scope: _Scope, old: RuleRef | None) -> RuleDraft:
        """What the rule shall say. A column that the file lacks leaves what is there."""
        lead, unit_id = self._leads(row)
        draft = RuleDraft(
            area_id=scope[0], category_id=scope[1], condition_id=scope[2], lead=lead,
            unit_id=unit_id, assisting_ids=self._assisting(row),
            certain=bool(row.flag("certain")), verify_first=bool(row.flag("verify_first")),
            reason=row.given("reason") or "", since=row.day("since"), until=row.day("until"),
        )  # fmt: skip
        if old is not None:
            was = _as_draft(old)
            kept = {
                name: getattr(was, field) for name, field in _FIELDS.items() if not row.has(name)
            }
            draft = replace(draft, **{_FIELDS[name]: value for name, value in kept.items()})
        return draft

    def _leads(self, row: Row) -> tuple[str, int | None]:
        text = row.need("lead")
        for lead, names in OF_PLACE.items():
            if text in (names.name_zh, names.name_en):
                return str(lead), None
        return str(Lead.UNIT), row.find("lead", self.units).id

    def _assisting(self, row: Row) -> tuple[int, ...]:
        if not row["assisting"] or row["assisting"] in CLEAR:
            return ()
        found = []
        for text in row["assisting"].translate(_BETWEEN).split("；"):
            if text.strip():
                one = self.units.get(text.strip())
                if one is None:
                    words = _("There is no “%(code)s”.") % {"code": text.strip()}
                    raise Invalid("table.cell", words, field="assisting")
                found.append(one.id)
        return tuple(sorted(set(found)))

    def _named(self, row: Row, column: str, known: Lexicon[Any], anything: Any) -> Any:
        text = row[column]
        if not text or text in CLEAR or text in (anything.name_zh, anything.name_en):
            return None
        return row.find(column, known)

    def _condition(self, row: Row, category: CategoryRef | None) -> ConditionRef | None:
        text = row["condition"]
        if not text or text in CLEAR:
            return None
        there = queries.all_conditions_of(category.id) if category else []
        first = text.split(maxsplit=1)[0]
        for one in there:
            if text in (one.code, one.name_zh, one.name_en) or first == one.code:
                return one
        raise Invalid(
            "catalogue.condition_unknown",
            _("The category has no such condition."),
            field="condition",
        )

    def _lead(self, draft: RuleDraft) -> str:
        if draft.unit_id is None:
            return name_of(OF_PLACE[Lead(draft.lead)])
        return name_of(unit_refs()[draft.unit_id])

    def _codes(self, unit_ids: Sequence[int]) -> str:
        return "；".join(unit_refs()[id].code for id in unit_ids)


_FIELDS = {
    "assisting": "assisting_ids", "certain": "certain", "verify_first": "verify_first",
    "reason": "reason", "until": "until",
}  # fmt: skip


def _as_draft(rule: RuleRef) -> RuleDraft:
    return RuleDraft(
        area_id=rule.area_id, category_id=rule.category_id, condition_id=rule.condition_id,
        lead=rule.lead, unit_id=rule.unit_id, assisting_ids=tuple(sorted(rule.assisting_ids)),
        certain=rule.certain, verify_first=rule.verify_first, reason=rule.reason,
        since=rule.since, until=rule.until,
    )  # fmt: skip


def _told(draft: RuleDraft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in RuleDraft.__dataclass_fields__}


def _condition_words(rule: RuleRef) -> str:
    if rule.condition_id is None or rule.category_id is None:
        return ""
    condition = queries.condition_ref(rule.condition_id, category_id=rule.category_id)
    return f"{condition.code} {name_of(condition)}"


def _title(category: CategoryRef | None, condition: ConditionRef | None, area: Any) -> str:
    parts = [name_of(category or ANY_CATEGORY)]
    parts += [name_of(condition)] if condition else []
    return in_language("，", ", ").join([*parts, name_of(area or WHOLE_DISTRICT)])


REGISTER = Register(
    code="rules",
    label=gettext_lazy("Rules"),
    words=gettext_lazy("Which unit leads for what, where, and who assists."),
    sign="route",
    verb=MANAGE,
    list_view="setup:rules",
    parts=(Part("权责规则", "Rules", COLUMNS),),
    content=content,
    choices=choices,
    take=take,
    rules=(
        gettext_lazy("A row is recognised by category, condition and area. One that says something else lets the rule end today and begin anew; earlier cases stay decided."),
        gettext_lazy("A rule that is not in the file stays as it is; write a day into “until” to end one."),
    ),
    names={"unit": "lead", "on": "until", "parent": "category"},
)  # fmt: skip
