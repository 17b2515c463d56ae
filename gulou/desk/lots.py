"""Draws by lot in words: among whom, by which seed, and that doing it again gives the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gulou.cases import draws
from gulou.cases.queries import Entry

from .sentences import left_out, what_revisit


@dataclass(frozen=True)
class Lot:
    """One draw: what was drawn, why it came out like that, and what one needs to do it again."""

    what: str
    why: str
    at: datetime
    seed: str
    candidates: Sequence[str]
    holds: bool


def lots_of(story: Sequence[Entry]) -> list[Lot]:
    """Every draw that the story tells of, oldest first."""
    return [lot for entry in story for lot in _lots(entry)]


def _lots(entry: Entry) -> Iterator[Lot]:
    told = entry.told
    if entry.name == "case.sampled":
        what = _("Whether the closed case is rechecked independently")
        yield _share(entry, what, told["seed"], told["blind_share"])
    if entry.name == "case.revisit_begun" and told["kind"] == "look_back":
        yield _share(entry, what_revisit(told), told["lot"], told["share"])
    if entry.name in ("case.recheck_drawn", "case.revisit_begun") and told["candidates"]:
        what = _("Who rechecks") if entry.name == "case.recheck_drawn" else what_revisit(told)
        yield _person(entry, what)


def _share(entry: Entry, what: str, seed: str, share: int) -> Lot:
    number = number_format(draws.number_of(seed) / 100, decimal_pos=2)
    given = {"number": number, "share": share}
    why = _("The seed gives the number %(number)s; those below %(share)s are drawn: not drawn.")
    if draws.is_drawn(seed, share):
        why = _("The seed gives the number %(number)s; those below %(share)s are drawn: drawn.")
    return Lot(what, why % given, entry.at, seed, (), holds=True)


def _person(entry: Entry, what: str) -> Lot:
    told = entry.told
    n = len(told["candidates"])
    why = ngettext(
        "Drawn among %(n)s person who may, had no hand in it and is within reach: %(person)s.",
        "Drawn among %(n)s people who may, had no hand in it and are within reach: %(person)s.",
        n,
    ) % {"n": n, "person": entry.to_person or "–"}
    if rest := left_out(told):
        why = _("%(why)s Left out: %(rest)s.") % {"why": why, "rest": rest}
    return Lot(what, why, entry.at, told["seed"], told["candidates"], draws.holds(told))
