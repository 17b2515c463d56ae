"""Walks every address of the house and finds the views that nobody guards."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, path

from gulou.calendars.states import MANAGE as CALENDARS
from gulou.cases import states
from gulou.catalogue.states import MANAGE as CATALOGUE
from gulou.openings import states as openings
from gulou.orders import states as orders
from gulou.people import verbs
from gulou.ui.guards import needs, public, rule_of, signed_in


def addresses(patterns: list[Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            yield here, pattern.callback


def unguarded(patterns: list[Any]) -> list[str]:
    return [address for address, view in addresses(patterns) if not rule_of(view)]


def test_every_address_is_guarded_by_an_access_rule() -> None:
    everything = list(addresses(get_resolver().url_patterns))
    assert len(everything) > 1
    assert unguarded(get_resolver().url_patterns) == []


def test_every_verb_that_a_guard_asks_for_exists() -> None:
    rules = {rule_of(view) for _, view in addresses(get_resolver().url_patterns)}
    known = {*verbs.VERBS, *states.VERBS, *openings.VERBS, *orders.VERBS, CATALOGUE, CALENDARS}
    assert rules - {"public", "signed in", ""} <= known


def test_a_view_without_a_guard_is_found() -> None:
    def view(request: Any) -> Any:
        return None

    guarded = [path("a/", public(view)), path("b/", signed_in(view)), path("c/", needs("x")(view))]
    assert unguarded(guarded) == []
    assert unguarded([*guarded, path("open/", view)]) == ["open/"]
