"""Drawing by lot so that nobody can steer it and everybody can recompute it. Pure: no database.

A seed is made of what is drawn for and the district's secret, and goes on record with the ids of
those among whom it was drawn. Each of them gets the SHA-256 of "seed id"; the smallest comes first.
"""

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

from django.utils.crypto import salted_hmac

OF_ALL = 10_000
"""A number is drawn below this: hundredths of a percent."""


def seed_of(*what: object) -> str:
    """The seed of one draw: nobody without the secret of this district knows it beforehand."""
    told = "|".join(str(one) for one in what)
    return salted_hmac("gulou.cases.draws", told, algorithm="sha256").hexdigest()


def number_of(seed: str) -> int:
    """The number that a seed gives, from 0 to OF_ALL - 1, each as likely as any other."""
    return int(hashlib.sha256(seed.encode()).hexdigest(), 16) % OF_ALL


def is_drawn(seed: str, share: int) -> bool:
    """Whether a seed is among the `share` percent that are drawn."""
    return number_of(seed) < share * OF_ALL // 100


def in_order(seed: str, ids: Collection[str]) -> list[str]:
    """These ids in the order that the seed gives them."""
    return sorted(ids, key=lambda one: hashlib.sha256(f"{seed} {one}".encode()).hexdigest())


def digest_of(ids: Collection[str]) -> str:
    """SHA-256 over the sorted ids, one a line; hex."""
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()


def sealed(seed: str) -> str:
    """What is published of a seed before it is told: its SHA-256, hex."""
    return hashlib.sha256(seed.encode()).hexdigest()


def holds(told: Mapping[str, Any]) -> bool:
    """Whether what a fact tells of a draw of a person is what its seed and candidates give."""
    ids, person = told.get("candidates") or [], told.get("person") or ""
    first = in_order(told["seed"], ids)[0] if ids else ""
    return digest_of(ids) == told.get("digest") and first == person
