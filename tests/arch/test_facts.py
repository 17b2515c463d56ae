"""Every fact has a row in the table of reactions, and holds nothing but plain values."""

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator
from datetime import date, datetime
from typing import get_args, get_type_hints
from uuid import UUID

import gulou
from gulou.config.reactions import REACTIONS
from gulou.kit.facts import Fact

PLAIN = {str, int, float, bool, type(None), UUID, date, datetime}


def facts() -> list[type[Fact]]:
    for module in pkgutil.walk_packages(gulou.__path__, "gulou."):
        if module.name.split(".")[-1] == "facts":
            importlib.import_module(module.name)
    return list(_below(Fact))


def _below(kind: type[Fact]) -> Iterator[type[Fact]]:
    for one in kind.__subclasses__():
        if one.__module__.startswith("gulou.") and "name" in vars(one):
            yield one
        yield from _below(one)


def test_every_fact_has_a_row_in_the_table_of_reactions() -> None:
    assert facts()
    assert [fact.__qualname__ for fact in facts() if fact not in REACTIONS] == []


def test_no_two_facts_share_a_name() -> None:
    names = [fact.name for fact in facts()]
    assert sorted(names) == sorted(set(names))


def test_facts_are_frozen_and_hold_plain_values_only() -> None:
    for fact in facts():
        assert dataclasses.is_dataclass(fact), fact
        assert fact.__dataclass_params__.frozen, f"{fact.__qualname__} can be changed"  # type: ignore[attr-defined]
        hints = get_type_hints(fact)
        for field in dataclasses.fields(fact):
            assert _plain(hints[field.name]), f"{fact.__qualname__}.{field.name} is not plain"


def _plain(hint: object) -> bool:
    inside = [one for one in get_args(hint) if one is not ...]
    return hint in PLAIN if not inside else all(_plain(one) for one in inside)
