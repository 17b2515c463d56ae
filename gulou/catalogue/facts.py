"""What the catalogue tells the house. Past tense, plain values; an office's reason as a digest."""

from dataclasses import dataclass
from typing import ClassVar

from gulou.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class CodeSetLoaded(Fact):
    """An edition came in. `digest` is the SHA-256 of its files."""

    name: ClassVar[str] = "code_set.loaded"
    code: str
    edition: str
    digest: str
    categories: int
    conditions: int
    current: bool


@dataclass(frozen=True, kw_only=True)
class CodeSetMadeCurrent(Fact):
    """From now on cases are filed under this edition."""

    name: ClassVar[str] = "code_set.made_current"
    code: str
    edition: str
    previous_id: int | None


@dataclass(frozen=True, kw_only=True)
class CategoryRetired(Fact):
    """A category, and everything below it, is no longer offered. Its cases keep it."""

    name: ClassVar[str] = "category.retired"
    category_ids: tuple[int, ...]
    code: str


@dataclass(frozen=True, kw_only=True)
class CategoryRestored(Fact):
    """Categories are offered again."""

    name: ClassVar[str] = "category.restored"
    category_ids: tuple[int, ...]
    code: str


Particulars = dict[str, str | int | bool | list[str]]
"""What changed of a thing, by field: the office's own published texts, never words of people."""


@dataclass(frozen=True, kw_only=True)
class CategoryChanged(Fact):
    """A category is described anew, or added: then there is nothing before."""

    name: ClassVar[str] = "category.changed"
    category_id: int
    before: Particulars
    after: Particulars


@dataclass(frozen=True, kw_only=True)
class ConditionChanged(Fact):
    """A filing condition is described anew, added, or no longer offered."""

    name: ClassVar[str] = "condition.changed"
    condition_id: int
    before: Particulars
    after: Particulars


@dataclass(frozen=True, kw_only=True)
class ReasonChanged(Fact):
    """A reason of a list is described anew, added, or no longer offered."""

    name: ClassVar[str] = "reason.changed"
    reason_id: int
    before: Particulars
    after: Particulars


@dataclass(frozen=True, kw_only=True)
class ElsewhereChanged(Fact):
    """Where somebody is better helped is described anew, added, or no longer shown."""

    name: ClassVar[str] = "elsewhere.changed"
    elsewhere_id: int
    before: Particulars
    after: Particulars


@dataclass(frozen=True, kw_only=True)
class ChannelChanged(Fact):
    """A way by which reports come or answers go was opened, closed, or described anew."""

    name: ClassVar[str] = "channel.changed"
    channel_id: int
    before: Particulars
    after: Particulars


@dataclass(frozen=True, kw_only=True)
class LimitSet(Fact):
    """A limit became another one: of a condition, or of a kind of step."""

    name: ClassVar[str] = "limit.set"
    condition_id: int | None = None
    step_kind: str = ""
    amount: int
    time_unit: str
    amount_before: int
    time_unit_before: str


@dataclass(frozen=True, kw_only=True)
class SpecialLimitSet(Fact):
    """A kind of step has a limit of its own for a category or condition; amount 0: no longer."""

    name: ClassVar[str] = "limit.special_set"
    step_kind: str
    category_id: int
    condition_id: int | None
    amount: int
    time_unit: str
    amount_before: int
    time_unit_before: str


@dataclass(frozen=True, kw_only=True)
class CheckingSet(Fact):
    """How cases of a category (None: all others) are checked after closing became another way.

    An empty `after`: it has none of its own any more; an empty `before`: it had none."""

    name: ClassVar[str] = "checking.set"
    category_id: int | None
    before: Particulars
    after: Particulars


@dataclass(frozen=True, kw_only=True)
class WarningMarksSet(Fact):
    """Who is told when so many percent of a limit have gone by: "80 head", in order."""

    name: ClassVar[str] = "limit.marks_set"
    before: Particulars
    after: Particulars


@dataclass(frozen=True, kw_only=True)
class RuleSet(Fact):
    """From `since` on, somebody is responsible for something somewhere. Dates are ISO."""

    name: ClassVar[str] = "rule.set"
    area_id: int | None
    category_id: int | None
    condition_id: int | None
    lead: str
    unit_id: int | None
    assisting_ids: tuple[int, ...]
    certain: bool
    verify_first: bool
    reason_digest: str
    since: str
    until: str
    carried_from: int | None = None
    # The rule that this one takes the place of; `again`: it only brings that one back.
    replaces: int | None = None
    again: bool = False
    # The number of the case whose arbitration decided this.
    decided_in: str = ""


@dataclass(frozen=True, kw_only=True)
class RuleEnded(Fact):
    """`until` is the first day on which the rule no longer holds. `replaced_by` the rule that says
    it anew."""

    name: ClassVar[str] = "rule.ended"
    until: str
    until_before: str = ""
    replaced_by: int | None = None


@dataclass(frozen=True, kw_only=True)
class RuleReopened(Fact):
    """The end of a rule was taken back before it came. `until` is empty for no end."""

    name: ClassVar[str] = "rule.reopened"
    until: str
    until_before: str


@dataclass(frozen=True, kw_only=True)
class CodeSetGrown(Fact):
    """Categories that another system's cases were filed under were added to its list."""

    name: ClassVar[str] = "code_set.grown"
    code: str
    edition: str
    category_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ImprintChanged(Fact):
    """What the public reads of the office on every page is said otherwise."""

    name: ClassVar[str] = "imprint.changed"
    imprint_id: int
    before: Particulars
    after: Particulars
