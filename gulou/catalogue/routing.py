"""Who is responsible for a problem at a place, and why.

A rule fits when everything it names is so: its area holds the place, its category is the case's
subclass or class, its condition is the case's. Of the rules that fit, the closest wins:

1. one that names the condition before one that does not;
2. then one for the subclass, before one for the class, before one for any category;
3. then one for the finest area, before coarser ones, before one for the whole district;
4. then the newest: the later `since`, then the later one entered. The explanation says so, and
   the routing is not certain.

A rule that names the street or the community of the place is skipped where no unit looks after
it; so is a rule whose unit is dissolved. Then the next closest is tried.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from gulou.people.queries import UnitRef, unit_refs
from gulou.places.queries import AreaRef, Where, area_refs

from . import current
from .current import CategoryRef, RuleRef
from .queries import category_ref, condition_ref
from .rule_words import RuleWords
from .states import Lead
from .why import Named, Param, Why

NEAR_MISSES = 5

Closeness = tuple[bool, int, int]
Rules = Mapping[int | None, Sequence[RuleRef]]
"""A set of rules, grouped by the category they name; None holds those for any category."""


@dataclass(frozen=True)
class Routing:
    """Where a case should go. `unit_id` None: a dispatcher chooses.

    `certain`: an inspector's report may be dispatched without a dispatcher. `verify_first`: a
    resident's report is verified on the spot before it is filed.
    """

    rule_id: int | None
    unit_id: int | None
    assisting_ids: tuple[int, ...]
    certain: bool
    verify_first: bool
    why: tuple[Why, ...]

    @property
    def has_others(self) -> bool:
        """Whether rules were passed over that the explanation names too."""
        return not all(why.decides for why in self.why)


@dataclass(frozen=True, slots=True)
class Decision:
    """What `route` decides, without the explanation. `fitting` holds every rule that fits the
    case, the closest first; `rule_id` is the first of them that leads to a unit at work."""

    rule_id: int | None
    unit_id: int | None
    fitting: tuple[int, ...]


def route(
    *,
    where: Where,
    category_id: int,
    condition_id: int | None,
    on: date,
    rules: Rules | None = None,
) -> Routing:
    """The unit responsible for this category at this place under the rules of that day.

    `rules` asks other rules than those of the office. Asks what is kept at hand, so it costs no
    query. Raises Invalid for a category or a condition that does not exist.
    """
    category = category_ref(category_id)
    if condition_id is not None:
        condition_ref(condition_id, category_id=category_id)
    if not where.inside:
        return _nobody(Why("outside"))
    return _Search(where, category, condition_id, on, rules).answer()


def decide(
    *, where: Where, category_id: int, condition_id: int | None, on: date, rules: Rules
) -> Decision:
    """As `route` under these rules, without the sentences: for asking about many cases."""
    if not where.inside:
        return Decision(None, None, ())
    search = _Search(where, category_ref(category_id), condition_id, on, rules)
    fitting = search.fitting()
    ids = tuple(rule.id for rule in fitting)
    for rule in fitting:
        unit = search.unit_of(rule)
        if unit is not None:
            return Decision(rule.id, unit.id, ids)
    return Decision(None, None, ids)


def _nobody(*why: Why) -> Routing:
    return Routing(None, None, (), certain=False, verify_first=False, why=why)


class _Search:
    """One question to the rules, with everything needed to answer and to explain it."""

    def __init__(
        self,
        where: Where,
        category: CategoryRef,
        condition_id: int | None,
        on: date,
        rules: Rules | None = None,
    ) -> None:
        self.where, self.category, self.condition_id, self.on = where, category, condition_id, on
        self.registry = current.registry()
        self.units: Mapping[int, UnitRef] = unit_refs()
        self.areas: Mapping[int, AreaRef] = area_refs()
        self.words = RuleWords(self.registry, self.units, self.areas)
        self.depth = depths(where)
        # Only these can fit: rules for the subclass, for its class, and for any category.
        keys = dict.fromkeys((category.id, category.parent_id, None))
        asked = self.registry.rules if rules is None else rules
        self.rules = [rule for key in keys for rule in asked.get(key, ())]

    def fitting(self) -> list[RuleRef]:
        """The rules that fit, the closest first."""
        return sorted(filter(self._fits, self.rules), key=self._order, reverse=True)

    def answer(self) -> Routing:
        fitting = self.fitting()
        skipped: list[Why] = []
        for place, rule in enumerate(fitting):
            unit = self.unit_of(rule)
            if unit is not None:
                return self._chosen(rule, unit, skipped, fitting[place + 1 :])
            skipped.append(self._about(self._obstacle(rule), rule))
        none = Why("none", {"what": Named.of(self.category)})
        return _nobody(none, *skipped, *self._misses())

    def _chosen(
        self, rule: RuleRef, unit: UnitRef, skipped: list[Why], others: list[RuleRef]
    ) -> Routing:
        tied = [o for o in others if self._closeness(o) == self._closeness(rule)]
        ties = [self._about("tie", o) for o in tied]
        near_border = self.where.ambiguous and self._place_matters()
        certain = rule.certain and not ties and not near_border
        assisting = tuple(
            id for id in rule.assisting_ids
            if id != unit.id and id in self.units and self.units[id].active
        )  # fmt: skip
        wider = (self._about("wider", other) for other in others if other not in tied)
        passed_over = (*wider, *self._misses())[:NEAR_MISSES]
        why = (
            *self._decision(rule, unit, assisting, certain=certain, near_border=near_border),
            *ties, *skipped, *passed_over,
        )  # fmt: skip
        return Routing(rule.id, unit.id, assisting, certain, rule.verify_first, why)

    def _decision(
        self, rule: RuleRef, unit: UnitRef, assisting: tuple[int, ...], *,
        certain: bool, near_border: bool,
    ) -> Iterator[Why]:  # fmt: skip
        code = "chosen" if rule.area_id is None else "chosen_there"
        yield self._about(code, rule, since=rule.since.isoformat())
        area = self._area_of_lead(rule)
        if area is not None:
            yield Why(rule.lead, {"leader": Named.of(unit), "area": Named.of(area)})
        if rule.reason:
            yield Why("reason", {"reason": rule.reason})
        if assisting:
            yield Why("assisting", {"units": [Named.of(self.units[id]) for id in assisting]})
        if near_border:
            yield Why("border", {"metres": round(self.where.border_m)})
        if certain:
            yield Why("certain")
        if rule.verify_first:
            yield Why("verify_first")

    def _fits(self, rule: RuleRef) -> bool:
        return rule.holds(self.on) and self._holds_place(rule) and self._condition_is_so(rule)

    def _holds_place(self, rule: RuleRef) -> bool:
        return rule.area_id is None or rule.area_id in self.depth

    def _condition_is_so(self, rule: RuleRef) -> bool:
        return rule.condition_id is None or rule.condition_id == self.condition_id

    def _closeness(self, rule: RuleRef) -> Closeness:
        """How closely a rule that fits describes the case: see the top of this page."""
        kind = {self.category.id: 2, None: 0}.get(rule.category_id, 1)
        return rule.condition_id is not None, kind, self.depth.get(rule.area_id or 0, 0)

    def _order(self, rule: RuleRef) -> tuple[Closeness, date, int]:
        return self._closeness(rule), rule.since, rule.id

    def _area_of_lead(self, rule: RuleRef) -> AreaRef | None:
        if rule.lead == Lead.STREET:
            return self.where.street
        return self.where.community if rule.lead == Lead.COMMUNITY else None

    def unit_of(self, rule: RuleRef) -> UnitRef | None:
        """The unit that the rule names here, if it is at work."""
        if rule.lead == Lead.UNIT:
            unit = self.units.get(rule.unit_id or 0)
            return unit if unit and unit.active else None
        area = self._area_of_lead(rule)
        if area is None:
            return None
        there = (u for u in self.units.values() if u.active and u.area_id == area.id)
        return next((unit for unit in there if unit.kind == rule.lead), None)

    def _obstacle(self, rule: RuleRef) -> str:
        return "dissolved" if rule.lead == Lead.UNIT else "no_unit_there"

    def _place_matters(self) -> bool:
        """Whether another place could have led to another unit."""
        return any(
            rule.holds(self.on)
            and self._condition_is_so(rule)
            and (rule.area_id is not None or rule.lead != Lead.UNIT)
            for rule in self.rules
        )

    def _misses(self) -> Iterator[Why]:
        """Rules about this very category or its class that do not fit, and what they lack."""
        elsewhere: list[RuleRef] = []
        for rule in reversed(self.rules):
            if rule.category_id is None or self._fits(rule):
                continue
            if not self._holds_place(rule):
                elsewhere += [rule] if rule.holds(self.on) else []
            elif rule.since > self.on:
                yield self._about("not_yet", rule, since=rule.since.isoformat())
            elif rule.until is not None and rule.until <= self.on:
                yield self._about("ended", rule, until=rule.until.isoformat())
            else:
                yield self._about("other_condition", rule)
        if elsewhere:
            yield self._in_other_areas(elsewhere)

    def _in_other_areas(self, rules: Iterable[RuleRef]) -> Why:
        ids = sorted({rule.area_id for rule in rules if rule.area_id is not None})
        areas = [Named.of(self.areas[id]) for id in ids if id in self.areas]
        return Why("other_areas", {"areas": areas, "what": Named.of(self.category)})

    def _about(self, code: str, rule: RuleRef, **more: Param) -> Why:
        return Why(code, {
            "rule": rule.id, "what": self.words.what(rule), "where": self.words.where(rule),
            "unit": self.words.lead(rule), **more,
        })  # fmt: skip


def depths(where: Where) -> dict[int, int]:
    """Every area of the place with how fine its level is; areas of one level are as fine."""
    depths: dict[int, int] = {}
    levels: dict[str, int] = {}
    for place, area in enumerate(where.chain, start=1):
        depths[area.id] = levels.setdefault(area.level, place)
    return depths
