"""The catalogue as it is now, kept in this process and read again when it changes.

Whoever changes it does so under `changing`: changes then come one after the other, and two rules that
contradict each other cannot slip in side by side.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from gulou.kit.words import in_language
from gulou.kit.worktime import Limit
from gulou.outbox.kept import Kept

from .models import (
    Category,
    Channel,
    Checking,
    CodeSet,
    Condition,
    Elsewhere,
    Rule,
    SpecialLimit,
    StepLimit,
    WarningMark,
)
from .states import Level, RecheckWay, TimeUnit

DEFAULT_MARKS = (
    (50, Level.UNIT.value), (80, Level.HEAD.value), (100, Level.LEADER.value),
    (150, Level.DISTRICT.value), (200, Level.DISTRICT.value),
)  # fmt: skip
"""As long as the office has set none."""
T = TypeVar("T")
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class CodeSetRef:
    """An edition of the list of categories."""

    id: int
    code: str
    edition: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class CategoryRef:
    """A class (`parent_id` None) or a subclass of problem, as other rooms know it.

    `public_rank` 0 is not offered to residents, 1 comes first. `evidence` is "photo" or "words".
    """

    id: int
    code: str
    kind: str
    parent_id: int | None
    code_set_id: int
    name_zh: str
    name_en: str
    icon: str
    evidence: str
    active: bool
    public_rank: int
    hint_zh: str
    hint_en: str
    closing_zh: str
    closing_en: str
    position: int

    @property
    def needs_photo(self) -> bool:
        """Whether handling is shown by a photo taken after."""
        return self.evidence == "photo"


@dataclass(frozen=True, slots=True)
class ConditionRef:
    """A filing condition, with its own limit for handling."""

    id: int
    category_id: int
    code: str
    name_zh: str
    name_en: str
    limit: Limit
    is_default: bool
    active: bool = True


@dataclass(frozen=True, slots=True)
class CheckingRef:
    """How cases are checked: the way of a recheck, the share (percent of what is closed) that is
    rechecked independently, and of the two look-backs the days after closing and the share."""

    way: str = RecheckWay.PHOTO.value
    blind_share: int = 0
    first_days: int = 7
    first_share: int = 0
    second_days: int = 30
    second_share: int = 0

    @property
    def visits(self) -> tuple[tuple[int, int], ...]:
        """The days and the share of each look-back, in order."""
        return (self.first_days, self.first_share), (self.second_days, self.second_share)


@dataclass(frozen=True, slots=True)
class RuleRef:
    """Who is responsible for what, from `since` up to the day before `until`."""

    id: int
    area_id: int | None
    category_id: int | None
    condition_id: int | None
    lead: str
    unit_id: int | None
    certain: bool
    verify_first: bool
    reason: str
    since: date
    until: date | None
    assisting_ids: tuple[int, ...] = ()

    def holds(self, on: date) -> bool:
        """Whether the rule is in force on this day."""
        return self.since <= on and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True)
class ElsewhereRef:
    """Where somebody is better helped than by a street report. `number` may be empty."""

    code: str
    kind: str
    number: str
    name_zh: str
    name_en: str
    words_zh: str
    words_en: str
    keywords: tuple[str, ...]

    @property
    def is_danger(self) -> bool:
        """Whether help must come at once."""
        return self.kind == "danger"


@dataclass(frozen=True, slots=True)
class ChannelRef:
    """A way by which reports come or answers go; the words are for while it is closed."""

    id: int
    code: str
    is_open: bool
    number: str
    hours_zh: str
    hours_en: str
    closed_zh: str
    closed_en: str

    @property
    def hours(self) -> str:
        """When somebody is there, for the present reader."""
        return in_language(self.hours_zh, self.hours_en)

    @property
    def closed(self) -> str:
        """What the present reader is told while it is closed."""
        return in_language(self.closed_zh, self.closed_en)


@dataclass(frozen=True)
class Registry:
    """Everything at hand. Rules are grouped by category, None holds those for any category."""

    code_set: CodeSetRef | None = None
    categories: Mapping[int, CategoryRef] = field(default_factory=dict)
    conditions: Mapping[int, ConditionRef] = field(default_factory=dict)
    conditions_by_category: Mapping[int, tuple[ConditionRef, ...]] = field(default_factory=dict)
    step_limits: Mapping[str, Limit] = field(default_factory=dict)
    # By kind of step, category and condition (None: any).
    special_limits: Mapping[tuple[str, int, int | None], Limit] = field(default_factory=dict)
    # Who is told when so many percent of a limit have gone by, in order.
    marks: tuple[tuple[int, str], ...] = ()
    # By category or class; None is for all others.
    checkings: Mapping[int | None, CheckingRef] = field(default_factory=dict)
    rules: Mapping[int | None, tuple[RuleRef, ...]] = field(default_factory=dict)
    elsewhere: tuple[ElsewhereRef, ...] = ()
    channels: Mapping[str, ChannelRef] = field(default_factory=dict)


def _read() -> Registry:
    sets = CodeSet.objects.filter(current=True)
    current = sets.values_list("id", "code", "edition", "name_zh", "name_en").first()
    fields = list(CategoryRef.__dataclass_fields__)
    conditions = _conditions()
    return Registry(
        code_set=CodeSetRef(*current) if current else None,
        categories={
            row[0]: CategoryRef(*row)
            for row in Category.objects.order_by("code_set_id", "position", "id").values_list(
                *fields
            )
        },
        conditions={condition.id: condition for condition in conditions},
        conditions_by_category=_grouped({c: c.category_id for c in conditions if c.active}),
        step_limits={
            kind: Limit(amount, TimeUnit(unit))
            for kind, amount, unit in StepLimit.objects.values_list(
                "step_kind", "amount", "time_unit"
            )
        },
        special_limits={
            (kind, category, condition): Limit(amount, TimeUnit(unit))
            for kind, category, condition, amount, unit in SpecialLimit.objects.values_list(
                "step_kind", "category_id", "condition_id", "amount", "time_unit"
            )
        },
        marks=tuple(WarningMark.objects.order_by("percent").values_list("percent", "level"))
        or DEFAULT_MARKS,
        checkings={
            category_id: CheckingRef(*told)
            for category_id, *told in Checking.objects.values_list(
                "category_id", *CheckingRef.__dataclass_fields__
            )
        },
        rules=_grouped({rule: rule.category_id for rule in _rules()}),
        elsewhere=_elsewhere(),
        channels={
            row[1]: ChannelRef(*row)
            for row in Channel.objects.values_list(*ChannelRef.__dataclass_fields__)
        },
    )


def _grouped(keys: Mapping[T, K]) -> dict[K, tuple[T, ...]]:
    found: dict[K, list[T]] = {}
    for thing, key in keys.items():
        found.setdefault(key, []).append(thing)
    return {key: tuple(things) for key, things in found.items()}


def _conditions() -> list[ConditionRef]:
    rows = Condition.objects.order_by("id").values_list(
        "id",
        "category_id",
        "code",
        "name_zh",
        "name_en",
        "amount",
        "time_unit",
        "is_default",
        "active",
    )
    return [
        ConditionRef(id, category_id, code, zh, en, Limit(amount, TimeUnit(unit)), default, active)
        for id, category_id, code, zh, en, amount, unit, default, active in rows
    ]


def _rules() -> list[RuleRef]:
    assisting: dict[int, list[int]] = {}
    for rule_id, unit_id in Rule.assisting.through.objects.order_by("id").values_list(
        "rule_id", "unit_id"
    ):
        assisting.setdefault(rule_id, []).append(unit_id)
    fields = [name for name in RuleRef.__dataclass_fields__ if name != "assisting_ids"]
    return [
        RuleRef(*(*row, tuple(assisting.get(row[0], ()))))
        for row in Rule.objects.order_by("id").values_list(*fields)
    ]


def _elsewhere() -> tuple[ElsewhereRef, ...]:
    return tuple(
        ElsewhereRef(
            code=row.code, kind=row.kind, number=row.number, name_zh=row.name_zh,
            name_en=row.name_en, words_zh=row.words_zh, words_en=row.words_en,
            keywords=tuple(row.keywords),
        )
        for row in Elsewhere.objects.filter(active=True)
    )  # fmt: skip


_kept = Kept("catalogue", _read)
registry = _kept.now
"""The catalogue as it is now."""
token, changing, touch, forget = _kept.token, _kept.changing, _kept.touch, _kept.forget
