"""The sentences that say why a unit was chosen, and why others were not. Pure: no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Bilingual(Protocol):
    """Anything that has a name in both languages."""

    @property
    def name_zh(self) -> str: ...
    @property
    def name_en(self) -> str: ...


@dataclass(frozen=True)
class Named:
    """A name that is read in the language of the page."""

    name_zh: str
    name_en: str

    @classmethod
    def of(cls, *things: Bilingual) -> "Named":
        """One name for several things, joined."""
        return cls(
            " · ".join(thing.name_zh for thing in things),
            " · ".join(thing.name_en or thing.name_zh for thing in things),
        )

    def __str__(self) -> str:
        chinese = (get_language() or "").startswith("zh")
        return self.name_zh if chinese or not self.name_en else self.name_en


Param = Named | str | int | Sequence[Named]

BETWEEN = _(", ")
SENTENCES: Mapping[str, object] = {
    "chosen": _("By the rules, %(what)s belongs to %(unit)s (since %(since)s)."),
    "chosen_there": _("By the rules, %(what)s in %(where)s belongs to %(unit)s (since %(since)s)."),
    "street": _("The place lies in %(area)s, which %(leader)s looks after."),
    "community": _("The place lies in %(area)s, which %(leader)s looks after."),
    "reason": _("Reason given: %(reason)s"),
    "assisting": _("Assisting: %(units)s."),
    "certain": _("The rule is certain: an inspector's report may go there at once."),
    "border": _("The place lies %(metres)s m from a border, so a dispatcher looks first."),
    "verify_first": _("A resident's report is verified on the spot before it is filed."),
    "tie": _(
        "Rule %(rule)s (%(what)s in %(where)s to %(unit)s) fits just as closely; the newer rule"
        " was taken, and a dispatcher looks first."
    ),
    "wider": _("Rule %(rule)s (%(what)s in %(where)s to %(unit)s) fits too, but less closely."),
    "other_condition": _(
        "Rule %(rule)s (%(what)s in %(where)s to %(unit)s) is for another condition."
    ),
    "other_areas": _("Other rules for %(what)s hold in %(areas)s."),
    "ended": _("Rule %(rule)s (%(what)s in %(where)s to %(unit)s) ended before %(until)s."),
    "not_yet": _("Rule %(rule)s (%(what)s in %(where)s to %(unit)s) begins only on %(since)s."),
    "no_unit_there": _(
        "Rule %(rule)s (%(what)s in %(where)s to %(unit)s) fits, but no unit looks after that"
        " place; the next rule was tried."
    ),
    "dissolved": _(
        "Rule %(rule)s (%(what)s in %(where)s to %(unit)s) fits, but that unit no longer works;"
        " the next rule was tried."
    ),
    "none": _("No rule says who is responsible for %(what)s here: the dispatcher chooses."),
    "outside": _("The place lies outside the district, so no rule applies."),
}
"""The sentence for each code. The parameters are names, dates and numbers."""


@dataclass(frozen=True)
class Why:
    """One sentence: a code for machines, and what fills it."""

    code: str
    params: Mapping[str, Param] = field(default_factory=dict)

    def __str__(self) -> str:
        """The sentence in the language of the page."""
        between = str(BETWEEN)
        filled = {
            name: between.join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
            for name, value in self.params.items()
        }
        return str(SENTENCES[self.code]) % filled

    @property
    def decides(self) -> bool:
        """Whether the sentence explains the choice, not what was passed over."""
        return self.code in _DECIDING


_DECIDING = frozenset(
    {"chosen", "chosen_there", "street", "community", "reason", "assisting", "certain", "border",
     "verify_first", "tie", "none", "outside"}
)  # fmt: skip
