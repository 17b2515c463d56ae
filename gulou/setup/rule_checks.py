"""What is odd about the rules, rule by rule, in the words of the page that says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from gulou.cases.queries import Firing
from gulou.catalogue.overlaps import Overlaps, Silence
from gulou.catalogue.queries import RuleRef
from gulou.catalogue.rule_words import RuleWords

WHY = {
    Silence.RETIRED: _("Its category was retired, so no new case can have it."),
    Silence.EARLIER_EDITION: _(
        "It is for an earlier edition of the categories: only older cases still need it."
    ),
    Silence.AREA_GONE: _("Its area is no longer on the map."),
    Silence.DISSOLVED: _("The unit that it names no longer works."),
    Silence.NO_UNIT: _("Nowhere in its area does such a unit look after the place."),
    Silence.SHADOWED: _("Wherever it fits, a closer rule wins:"),
}
BEATEN = _("It fitted %(n)d cases of the past year, and each time a closer rule won:")
NOTHING_THERE = _("No case of this kind came from there in the past year.")


@dataclass(frozen=True)
class Shown:
    """A rule in names."""

    id: int
    what: str
    where: str
    unit: str

    @classmethod
    def of(cls, rule: RuleRef, words: RuleWords) -> "Shown":
        """The rule in the reader's language."""
        return cls(rule.id, str(words.what(rule)), str(words.where(rule)), str(words.lead(rule)))


@dataclass(frozen=True)
class Check:
    """A rule that decides nothing: why, and the rules that win instead. `never`: it cannot."""

    rule: Shown
    never: bool
    why: Any
    by: Sequence[Shown]


def checks_of(held: Sequence[RuleRef], known: Overlaps, told: Firing) -> list[Check]:
    """Rules in force that decided none of the past year's cases; those that never can come first."""
    words, by_id = RuleWords(), {rule.id: rule for rule in held}
    silent = {one.rule.id: one for one in known.silent}
    never = [
        Check(Shown.of(one.rule, words), True, WHY[one.why], [Shown.of(r, words) for r in one.by])
        for one in known.silent
    ]
    idle = []
    for rule in held:
        if rule.id in silent or told.decided.get(rule.id):
            continue
        closer = told.closer.get(rule.id, {})
        instead = sorted(closer, key=lambda id: -closer[id])[:5]
        why = BEATEN % {"n": told.fitted[rule.id]} if instead else NOTHING_THERE
        by = [Shown.of(by_id[id], words) for id in instead if id in by_id]
        idle.append(Check(Shown.of(rule, words), False, why, by))
    return [*never, *idle]
