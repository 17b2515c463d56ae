"""Rules that can never decide anything, and rules that cut across each other. Pure: no query.

Whether a rule can decide is not guessed from its words: every situation that it speaks of (each
smallest area × each category × each condition) is put to the routing itself, until it wins one.
Situations that no rule tells apart are asked about once, so that thousands of grid cells cost no
more than the few places that the rules name.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import combinations

from gulou.people.queries import unit_refs, units_token
from gulou.places.current import token as areas_token
from gulou.places.queries import AreaRef, Where, area_refs

from . import current
from .current import RuleRef
from .routing import Rules, decide, depths
from .rulebook import in_force, rules_now
from .states import Lead

MOST_SITUATIONS = 60_000
"""So many are put to the routing for one page; what is left over then is not called shadowed."""
MOST_CROSSINGS = 100

Situation = tuple[Where, int, int | None, int]
"""A place, a category, a condition, and for how many like it this one stands."""


class Silence(StrEnum):
    """Why a rule can never decide."""

    RETIRED = "retired"
    EARLIER_EDITION = "earlier_edition"
    AREA_GONE = "area_gone"
    DISSOLVED = "dissolved"
    NO_UNIT = "no_unit"
    SHADOWED = "shadowed"


@dataclass(frozen=True)
class Silent:
    """A rule in force that can never decide. `by`: the rules that win instead, most often first."""

    rule: RuleRef
    why: Silence
    by: tuple[RuleRef, ...] = ()


class Because(StrEnum):
    """What makes one rule win against another where both fit."""

    CONDITION = "condition"
    CATEGORY = "category"
    AREA = "area"
    NEWER = "newer"


@dataclass(frozen=True)
class Crossing:
    """Two rules of which neither is part of the other, and which meet: one wins there."""

    winner: RuleRef
    loser: RuleRef
    because: Because


@dataclass(frozen=True)
class Overlaps:
    """What is odd in a set of rules on a day. `complete` False: there was too much to look at."""

    silent: tuple[Silent, ...]
    crossings: tuple[Crossing, ...]
    complete: bool


def overlaps_now(on: date) -> Overlaps:
    """Everything odd in the office's rules on this day; looked for once, until something of it
    changes."""
    return _overlaps_now(on, current.token(), areas_token(), units_token())


@lru_cache(maxsize=2)
def _overlaps_now(on: date, *_tokens: str) -> Overlaps:
    return overlaps(rules_now(), on=on)


def overlaps(rules: Rules, *, on: date) -> Overlaps:
    """Everything odd in these rules as they hold on this day."""
    found = _Look(rules, on)
    silent = tuple(filter(None, (found.silence(rule) for rule in found.held)))
    crossings = tuple(found.crossings())
    return Overlaps(silent, crossings[:MOST_CROSSINGS], not found.exhausted)


@dataclass
class _Look:
    rules: Rules
    on: date
    exhausted: bool = False
    _asked: int = 0
    _chains: dict[int, tuple[AreaRef, ...]] = field(default_factory=dict)

    @cached_property
    def held(self) -> list[RuleRef]:
        return in_force(self.rules, self.on)

    @cached_property
    def areas(self) -> Mapping[int, AreaRef]:
        return area_refs()

    @cached_property
    def _places(self) -> list[tuple[Where, int]]:
        """One place of each sort that the rules tell apart, and how many smallest areas are so:
        what matters is which named areas hold it and whether a unit looks after it."""
        parents = {area.parent_id for area in self.areas.values()}
        named = {rule.area_id for rule in self.held}
        led = {(unit.kind, unit.area_id) for unit in unit_refs().values() if unit.active}
        sorts: dict[Hashable, Where] = {}
        count: Counter[Hashable] = Counter()
        for one in self.areas.values():
            if one.id in parents:
                continue
            where = _where(self.chain(one.id))
            sort = (
                frozenset(held for held in depths(where).items() if held[0] in named),
                where.street is not None and (Lead.STREET, where.street.id) in led,
                where.community is not None and (Lead.COMMUNITY, where.community.id) in led,
            )
            sorts.setdefault(sort, where)
            count[sort] += 1
        return [(where, count[sort]) for sort, where in sorts.items()]

    def chain(self, area_id: int | None) -> tuple[AreaRef, ...]:
        """An area with its parents, coarse to fine; nothing for the whole district."""
        area = self.areas.get(area_id or 0)
        if area is None:
            return ()
        if area.id not in self._chains:
            self._chains[area.id] = (*self.chain(area.parent_id), area)
        return self._chains[area.id]

    def silence(self, rule: RuleRef) -> Silent | None:
        """Why the rule can never decide, or None where it can."""
        gone = self._gone(rule)
        if gone is not None:
            return Silent(rule, gone)
        instead: Counter[int] = Counter()
        somebody = False
        for where, category_id, condition_id, many in self._situations(rule):
            self._asked += 1
            if self._asked > MOST_SITUATIONS:
                self.exhausted = True
                return None
            made = decide(
                where=where, category_id=category_id, condition_id=condition_id, on=self.on,
                rules=self.rules,
            )  # fmt: skip
            if made.rule_id == rule.id:
                return None
            if made.rule_id is not None and made.fitting.index(made.rule_id) < made.fitting.index(
                rule.id
            ):
                instead[made.rule_id] += many
            else:
                somebody = True
        if somebody or not instead:
            return Silent(rule, Silence.NO_UNIT)
        by_id = {one.id: one for one in self.held}
        return Silent(rule, Silence.SHADOWED, tuple(by_id[id] for id, _n in instead.most_common(5)))

    def _gone(self, rule: RuleRef) -> Silence | None:
        registry = current.registry()
        category = registry.categories.get(rule.category_id or 0)
        if category is not None:
            if registry.code_set is not None and category.code_set_id != registry.code_set.id:
                return Silence.EARLIER_EDITION
            if not category.active or not self._categories(rule):
                return Silence.RETIRED
        if rule.area_id is not None and rule.area_id not in self.areas:
            return Silence.AREA_GONE
        if rule.lead == Lead.UNIT:
            unit = unit_refs().get(rule.unit_id or 0)
            if unit is None or not unit.active:
                return Silence.DISSOLVED
        return None

    def _situations(self, rule: RuleRef) -> Iterator[Situation]:
        """Everything that the rule speaks of, in the smallest pieces that rules tell apart."""
        places = [
            (where, many)
            for where, many in self._places
            if rule.area_id is None or any(area.id == rule.area_id for area in where.chain)
        ]
        for (category_id, condition_id), alike in self._kinds(rule).items():
            for where, many in places:
                yield where, category_id, condition_id, many * alike

    def _kinds(self, rule: RuleRef) -> Counter[tuple[int, int | None]]:
        """The categories and conditions that the rule speaks of: one of each sort that some rule
        tells apart, and how many are so."""
        registry = current.registry()
        categories = {one.category_id for one in self.held}
        conditions = {one.condition_id for one in self.held}
        first: dict[Hashable, tuple[int, int | None]] = {}
        count: Counter[tuple[int, int | None]] = Counter()
        for id in self._categories(rule):
            known = registry.conditions_by_category.get(id, ())
            asked: list[int | None] = [one.id for one in known] or [None]
            if rule.condition_id is not None:
                asked = [rule.condition_id]
            above = registry.categories[id].parent_id
            sort = id if id in categories else above if above in categories else None
            for condition_id in asked:
                key = (sort, condition_id if condition_id in conditions else None)
                count[first.setdefault(key, (id, condition_id))] += 1
        return count

    def _categories(self, rule: RuleRef) -> list[int]:
        """The subclasses in use that the rule speaks of."""
        registry = current.registry()
        return [
            one.id
            for one in registry.categories.values()
            if one.active
            and one.parent_id is not None
            and registry.code_set is not None
            and one.code_set_id == registry.code_set.id
            and rule.category_id in (None, one.id, one.parent_id)
        ]

    def crossings(self) -> Iterator[Crossing]:
        """Pairs that meet without one being part of the other, and lead to different units."""
        alive = [rule for rule in self.held if self._gone(rule) is None]
        for one, other in combinations(alive, 2):
            if (one.lead, one.unit_id) == (other.lead, other.unit_id):
                continue
            if self._meet(one, other) and not (
                self._within(one, other) or self._within(other, one)
            ):
                yield self._crossing(one, other)

    def _meet(self, one: RuleRef, other: RuleRef) -> bool:
        conditions = {one.condition_id, other.condition_id} - {None}
        return (
            len(conditions) < 2
            and (self._category_within(one, other) or self._category_within(other, one))
            and (self._area_within(one, other) or self._area_within(other, one))
        )

    def _within(self, inner: RuleRef, outer: RuleRef) -> bool:
        """Whether the outer rule speaks of everything that the inner one speaks of."""
        return (
            self._category_within(inner, outer)
            and outer.condition_id in (None, inner.condition_id)
            and self._area_within(inner, outer)
        )

    def _category_within(self, inner: RuleRef, outer: RuleRef) -> bool:
        if outer.category_id in (None, inner.category_id):
            return True
        category = current.registry().categories.get(inner.category_id or 0)
        return category is not None and category.parent_id == outer.category_id

    def _area_within(self, inner: RuleRef, outer: RuleRef) -> bool:
        if outer.area_id is None:
            return True
        return any(area.id == outer.area_id for area in self.chain(inner.area_id))

    def _crossing(self, one: RuleRef, other: RuleRef) -> Crossing:
        mine, theirs = self._closeness(one), self._closeness(other)
        newer = (one.since, one.id) > (other.since, other.id)
        first = mine > theirs or (mine == theirs and newer)
        winner, loser = (one, other) if first else (other, one)
        ours, others = (mine, theirs) if first else (theirs, mine)
        reasons = (Because.CONDITION, Because.CATEGORY, Because.AREA)
        because = next(
            (reason for reason, a, b in zip(reasons, ours, others, strict=True) if a != b),
            Because.NEWER,
        )
        return Crossing(winner, loser, because)

    def _closeness(self, rule: RuleRef) -> tuple[bool, int, int]:
        """As the routing orders rules that fit: condition, category, area."""
        category = current.registry().categories.get(rule.category_id or 0)
        kind = 0 if category is None else 1 if category.parent_id is None else 2
        return rule.condition_id is not None, kind, len(self.chain(rule.area_id))


def _where(chain: tuple[AreaRef, ...]) -> Where:
    """A place far from every border of the smallest area of this chain."""
    by_level = {area.level: area for area in chain}
    return Where(
        district=by_level.get("district"), street=by_level.get("street"),
        community=by_level.get("community"), grid=by_level.get("grid"), chain=chain,
        inside=True, border_m=float("inf"), ambiguous=False,
    )  # fmt: skip
