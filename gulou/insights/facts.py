"""What the record keeps of findings: what was done about which, and the limits that count."""

from dataclasses import dataclass
from typing import ClassVar

from gulou.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class StepTaken(Fact):
    """Somebody said what is done about a finding. `basis` are the numbers it rested on."""

    name: ClassVar[str] = "insight.step_taken"
    finding: str
    since: str
    until: str
    what: str
    basis: dict[str, str | int | float | None]
    words: int
    words_digest: str


@dataclass(frozen=True, kw_only=True)
class FindingLimitsSet(Fact):
    """From what on something counts as a finding: before and after, by field."""

    name: ClassVar[str] = "insight.limits_set"
    before: dict[str, int]
    after: dict[str, int]
