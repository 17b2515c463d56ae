"""What each verb lets one do, in words. The verbs are code of many rooms; settings.VERB_WORDS names
the one table that says them all, from above."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Verb:
    """One verb: its code, and what it lets one do ("dispatch a case to a unit")."""

    code: str
    words: Any


@dataclass(frozen=True)
class VerbGroup:
    """The verbs of one field of work."""

    name: Any
    verbs: Sequence[Verb]


@cache
def verb_groups() -> Sequence[VerbGroup]:
    """Every verb of the house, by field of work."""
    found: Sequence[VerbGroup] = import_string(settings.VERB_WORDS)
    return found


def verb_codes() -> list[str]:
    """Every verb of the house, in the order of the table."""
    return [verb.code for group in verb_groups() for verb in group.verbs]


def words_of(code: str) -> str:
    """What a verb lets one do; the code itself where the table does not know it."""
    found = (v.words for group in verb_groups() for v in group.verbs if v.code == code)
    return str(next(found, code))


def list_of(codes: Iterable[str]) -> str:
    """Several verbs in words, in the order of the table."""
    wanted = set(codes)
    known = [code for code in verb_codes() if code in wanted]
    return _("; ").join(words_of(code) for code in [*known, *sorted(wanted - set(known))])
