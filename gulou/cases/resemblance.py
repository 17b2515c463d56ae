"""How much two reports look like the same problem: one pure function, its weights, its reasons.

The score is a sum of points, as logarithms of odds are added; from SHOWN on a person is asked. How
the points were found, and what they miss, stands in docs/duplicates.md.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gulou.kit.words import bigrams
from gulou.places.coordinates import distance_m

WITHIN_M = 200.0
"""How far candidates are looked for; one with the same picture may be anywhere."""
WITHIN = timedelta(days=60)
"""How long after a case was opened a report may still be a duplicate of it."""
MOST = 3
SHOWN = 4.0
"""The least score that is shown to the desk: lower, and more is found and more is wrong."""
ASKED = 2.5
"""The same before a report is sent, where only open cases of its very kind close by are in question:
one that has been waiting for weeks is worth a look there."""

# Points for a distance up to so many metres, beyond what the accuracies of both places explain.
PLACE = ((15.0, 3.0), (30.0, 2.5), (60.0, 1.5), (100.0, 0.5), (WITHIN_M, -1.0))
FAR = -3.0
# For a time between both of up to so many days.
TIME = ((1, 1.5), (3, 1.0), (7, 0.0), (14, -0.5), (30, -1.0))
LONG = -1.5
ADDRESS = 1.0
"""For the same place in words."""
OTHER_NUMBER = -2.0
"""Where both name numbers of houses and share none."""
# For this share of the fewer words of the two in the other; nothing where either says little.
WORDS = ((0.6, 2.0), (0.3, 1.0), (0.1, 0.0), (0.0, -0.5))
FEW_WORDS = 3
# For so many of 64 bits that the likest two pictures differ in. Unlike ones say nothing: two people
# stand in two places.
PICTURE = ((4, 5.0), (10, 3.0))
MOST_EXPLAINED_M = 50.0


class Kind(StrEnum):
    """How the categories of two reports relate."""

    SAME = "same"
    CLASS = "class"
    OTHER = "other"


KIND = {Kind.SAME: 1.0, Kind.CLASS: 0.0, Kind.OTHER: -1.5}


@dataclass(frozen=True, slots=True)
class Sight:
    """What is compared: a WGS84 place, when it came, its category and that one's class, the terms
    of its words, and the perceptual hashes of its pictures as numbers."""

    lat: float
    lon: float
    at: datetime
    category: Hashable
    kinds: Hashable
    accuracy_m: float = 0.0
    address: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    pictures: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Resemblance:
    """What was found between two sights. `days` is how many later than the other the one came;
    `words` the share of words in common, `picture` the bits that differ, where either is known."""

    score: float
    metres: float
    days: float
    kind: Kind
    same_address: bool
    words: float | None
    picture: int | None


def resemblance(one: Sight, other: Sight) -> Resemblance:
    """How much one sight looks like the other. Symmetric but for the sign of `days`."""
    metres = distance_m(one.lat, one.lon, other.lat, other.lon)
    explained = min(one.accuracy_m + other.accuracy_m, MOST_EXPLAINED_M)
    days = (one.at - other.at) / timedelta(days=1)
    kind = _kind(one, other)
    same = bool(one.address) and one.address == other.address
    numbers = _numbers(one.address), _numbers(other.address)
    words = _in_common(one.words, other.words)
    picture = _apart(one.pictures, other.pictures)
    score = (
        _points(PLACE, max(0.0, metres - explained), FAR) + _points(TIME, abs(days), LONG)
        + KIND[kind] + (ADDRESS if same else 0.0) + _for_words(words)
        + (OTHER_NUMBER if all(numbers) and numbers[0].isdisjoint(numbers[1]) else 0.0)
        + (0.0 if picture is None else _points(PICTURE, picture, 0.0))
    )  # fmt: skip
    return Resemblance(score, metres, days, kind, same, words, picture)


def address_terms(text: str) -> frozenset[str]:
    """A place in words as it is compared: without signs, blanks and case, in any order."""
    return frozenset(bigrams(text))


def number_of(perceptual_hash: str) -> int | None:
    """A perceptual hash as it is compared; None where there is none yet."""
    return int(perceptual_hash, 16) if perceptual_hash else None


def reasons(found: Resemblance) -> list[str]:
    """Why one is asked, in words, the place first."""
    said = [_("%(metres)s m away") % {"metres": round(found.metres)}]
    if found.kind == Kind.SAME:
        said.append(_("same category"))
    elif found.kind == Kind.CLASS:
        said.append(_("same class of categories"))
    said.append(_when(found.days))
    if found.same_address:
        said.append(_("same address"))
    if found.words is not None and found.words >= WORDS[1][0]:
        said.append(_("similar words"))
    if found.picture is not None and found.picture <= PICTURE[-1][0]:
        alike = found.picture <= PICTURE[0][0]
        said.append(_("almost the same picture") if alike else _("similar picture"))
    return said


def _when(days: float) -> str:
    whole = abs(int(days))
    if whole == 0:
        return _("reported within a day")
    if days < 0:
        return ngettext("reported %(n)s day later", "reported %(n)s days later", whole) % {
            "n": whole
        }
    return ngettext("reported %(n)s day before", "reported %(n)s days before", whole) % {"n": whole}


def _kind(one: Sight, other: Sight) -> Kind:
    if one.category == other.category:
        return Kind.SAME
    return Kind.CLASS if one.kinds == other.kinds else Kind.OTHER


def _points(table: Sequence[tuple[float, float]], value: float, beyond: float) -> float:
    return next((points for upto, points in table if value <= upto), beyond)


def _numbers(address: frozenset[str]) -> set[str]:
    return {term for term in address if term.isdigit()}


def _in_common(one: frozenset[str], other: frozenset[str]) -> float | None:
    fewer = min(len(one), len(other))
    return len(one & other) / fewer if fewer >= FEW_WORDS else None


def _for_words(share: float | None) -> float:
    if share is None:
        return 0.0
    return next(points for least, points in WORDS if share >= least)


def _apart(one: Sequence[int], other: Sequence[int]) -> int | None:
    return min(((a ^ b).bit_count() for a in one for b in other), default=None)
