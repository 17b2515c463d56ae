"""The catalogue as it is now, kept in this process and read again when it changes.

Every change gives the one revision row a new token (`touch`). A process asks for the token every
few seconds, and the process that made the change as soon as it is committed. Inside the
transaction of a change only that thread sees it.
"""

import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db import connection, transaction

from .limits import Limit
from .models import Category, CodeSet, Condition, Elsewhere, Revision, Rule, StepLimit
from .states import TimeUnit

CHECK_SECONDS = 3.0

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


@dataclass(frozen=True)
class Registry:
    """Everything at hand. Rules are grouped by category, None holds those for any category."""

    code_set: CodeSetRef | None = None
    categories: Mapping[int, CategoryRef] = field(default_factory=dict)
    conditions: Mapping[int, ConditionRef] = field(default_factory=dict)
    conditions_by_category: Mapping[int, tuple[ConditionRef, ...]] = field(default_factory=dict)
    step_limits: Mapping[str, Limit] = field(default_factory=dict)
    rules: Mapping[int | None, tuple[RuleRef, ...]] = field(default_factory=dict)
    elsewhere: tuple[ElsewhereRef, ...] = ()


@dataclass(frozen=True)
class _Held:
    token: UUID | None
    registry: Registry
    checked: float


class _Mine(threading.local):
    """What this thread has changed and not committed yet."""

    touched = False
    held: _Held | None = None


_mine = _Mine()
_lock = threading.Lock()
_shared: _Held | None = None


def registry() -> Registry:
    """The catalogue as it is now."""
    global _shared
    if _mine.touched and connection.in_atomic_block:
        _mine.held = _checked(_mine.held)
        return _mine.held.registry
    if _mine.touched:
        forget()
    held = _shared
    if held is not None and time.monotonic() - held.checked < CHECK_SECONDS:
        return held.registry
    with _lock:
        _shared = _checked(_shared)
        return _shared.registry


def touch() -> None:
    """The catalogue changes in this transaction: queue behind other changes, give a new token.

    Call it first: two rules that contradict each other then cannot slip in side by side.
    """
    Revision.objects.get_or_create(pk=1)
    revision = Revision.objects.select_for_update().get(pk=1)
    revision.token = uuid.uuid4()
    revision.save(update_fields=["token"])
    _mine.touched, _mine.held = True, None
    transaction.on_commit(forget)


def forget() -> None:
    """Look at the catalogue again at the next question."""
    global _shared
    _shared, _mine.held, _mine.touched = None, None, False


def _checked(held: _Held | None) -> _Held:
    """What is held if its token is still right, else everything read anew."""
    token = Revision.objects.filter(pk=1).values_list("token", flat=True).first()
    if held is not None and held.token == token:
        return _Held(token, held.registry, time.monotonic())
    return _Held(token, _read(), time.monotonic())


def _read() -> Registry:
    sets = CodeSet.objects.filter(current=True)
    current = sets.values_list("id", "code", "edition", "name_zh", "name_en").first()
    fields = list(CategoryRef.__dataclass_fields__)
    conditions = _conditions()
    return Registry(
        code_set=CodeSetRef(*current) if current else None,
        categories={
            row[0]: CategoryRef(*row)
            for row in Category.objects.order_by("code_set_id", "id").values_list(*fields)
        },
        conditions={condition.id: condition for condition in conditions},
        conditions_by_category=_grouped({c: c.category_id for c in conditions}),
        step_limits={
            kind: Limit(amount, TimeUnit(unit))
            for kind, amount, unit in StepLimit.objects.values_list(
                "step_kind", "amount", "time_unit"
            )
        },
        rules=_grouped({rule: rule.category_id for rule in _rules()}),
        elsewhere=_elsewhere(),
    )


def _grouped(keys: Mapping[T, K]) -> dict[K, tuple[T, ...]]:
    found: dict[K, list[T]] = {}
    for thing, key in keys.items():
        found.setdefault(key, []).append(thing)
    return {key: tuple(things) for key, things in found.items()}


def _conditions() -> list[ConditionRef]:
    rows = Condition.objects.order_by("id").values_list(
        "id", "category_id", "code", "name_zh", "name_en", "amount", "time_unit", "is_default"
    )
    return [
        ConditionRef(id, category_id, code, zh, en, Limit(amount, TimeUnit(unit)), default)
        for id, category_id, code, zh, en, amount, unit, default in rows
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
