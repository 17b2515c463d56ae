"""A set of rules in memory, and what it would be after a change. Pure: asks and changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from . import current
from .current import RuleRef
from .routing import Rules

NOT_SET_YET = 2**62
"""The id of a rule that is only thought of: newer than any that exists."""


@dataclass(frozen=True)
class Change:
    """What somebody thinks of doing to the rules on a day: end one, set one, or both at once."""

    on: date
    ends: int | None = None
    sets: RuleRef | None = None


def rules_now() -> Rules:
    """The rules of the office, those that are over and those to come too."""
    return current.registry().rules


def changed(rules: Rules, change: Change) -> Rules:
    """The rules as they would be from the day of the change on."""
    kept = [rule for group in rules.values() for rule in group if rule.id != change.ends]
    return grouped([*kept, change.sets] if change.sets else kept)


def grouped(rules: Iterable[RuleRef]) -> Rules:
    """Rules by the category that they name, as the routing asks for them."""
    found: dict[int | None, list[RuleRef]] = {}
    for rule in rules:
        found.setdefault(rule.category_id, []).append(rule)
    return found


def in_force(rules: Rules, on: date) -> list[RuleRef]:
    """The rules that hold on this day, oldest first."""
    held = [rule for group in rules.values() for rule in group if rule.holds(on)]
    return sorted(held, key=lambda rule: rule.id)
