"""The base of every fact that a capability tells the rest of the house.

A fact holds ids, codes and digests: never words of people, never contacts. It may be read in five
years, so add fields with defaults and rename none.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that happened to one subject. Plain JSON values only: it is stored as such."""

    name: ClassVar[str]
    settles_after: ClassVar[timedelta] = timedelta(0)
    """For how long what follows waits, because it may still be taken back."""


def salted_digest(salt: str, words: str) -> str:
    """Proves later what was said without keeping it: SHA-256 over salt, newline, words; hex."""
    return hashlib.sha256(f"{salt}\n{words}".encode()).hexdigest()
