"""Who may recheck: somebody who had no hand in the handling."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from gulou.kit.compiled import Compiled
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import Posting, Unit, UnitKind, User

from .family import family_of
from .models import Case, Step
from .states import CLOSE, StepKind


@dataclass(frozen=True, slots=True)
class Hands:
    """Who had a hand in the handling of a case: the paths of the units that handled it or assist,
    the people who accepted it or reported it handled, and when it began."""

    paths: tuple[str, ...]
    doers: frozenset[int]
    begun: datetime | None


def independent(users: Collection[User], case: Case) -> list[User]:
    """Those of these people who had no hand in the handling of the case.

    Who has, or had while it was handled, a posting in or below a unit that handled it or assists;
    and who accepted it or reported it handled. A few queries for all of them together.
    """
    return _without(users, hands_of(case))


def _without(users: Collection[User], hands: Hands) -> list[User]:
    hidden = involved([user.pk for user in users], hands)
    return [user for user in users if user.pk not in hidden]


def involved(user_ids: Collection[int], hands: Hands) -> frozenset[int]:
    """Those of these people who had a hand in it."""
    if hands.begun is None:
        return frozenset()
    posted = _posted(list(user_ids), people.today(), hands.begun.date())
    return frozenset(pk for pk, path in posted if path.startswith(hands.paths)) | hands.doers


@Compiled
def _posted(user_ids: list[int], today: date, begun: date) -> QuerySet[Any, Any]:
    """The postings of these people that are in force, or were when it began."""
    postings = Posting.objects.filter(
        Q(until=None) | Q(until__gte=begun), user_id__any=user_ids, since__lte=today
    )
    return postings.values_list("user_id", "unit__path")


_DID = {
    (StepKind.HANDLE, "handled"), (StepKind.ACCEPT, "accepted"), (StepKind.PART, "reported"),
}  # fmt: skip


def hands_of(case: Case) -> Hands:
    """Who had a hand in the handling of a case and of what was merged into it."""
    units = people.unit_refs()
    paths, doers = {units[unit_id].path for unit_id in case.assisting}, set()
    begun: datetime | None = None
    for kind, outcome, path, started_at, ended_by, assisting in _steps(family_of(case)):
        paths.update(units[unit_id].path for unit_id in assisting)
        if kind in (StepKind.HANDLE, StepKind.PART):
            paths.add(path)
            begun = begun or started_at
        if (kind, outcome) in _DID and ended_by is not None:
            doers.add(ended_by)
    return Hands(tuple(paths), frozenset(doers), begun)


@Compiled
def _steps(case_ids: list[int]) -> QuerySet[Any, Any]:
    steps = Step.objects.filter(case_id__any=case_ids).exclude(outcome="undone")
    return steps.order_by("started_at", "pk").values_list(
        "kind", "outcome", "unit__path", "started_at", "ended_by_id", "case__assisting"
    )


def is_independent(user: User, case: Case) -> bool:
    """Whether the person is `independent` of the handling of the case."""
    return bool(independent([user], case))


def team_for(case: Case) -> int | None:
    """The supervision team with the fewest rechecks waiting that has somebody independent.

    None when no team has: then the district office names a person.
    """
    teams: list[tuple[int, str]] = _teams()
    waiting = dict(_rechecks([pk for pk, _code in teams]))
    hands = hands_of(case)
    for pk, _code in sorted(teams, key=lambda team: (waiting.get(team[0], 0), team[1])):
        if _without(_members(pk), hands):
            return pk
    return None


@Compiled
def _teams() -> QuerySet[Any, Any]:
    teams = Unit.objects.filter(kind=UnitKind.SUPERVISION_TEAM, active=True)
    return teams.values_list("pk", "code")


@Compiled
def _rechecks(unit_ids: list[int]) -> QuerySet[Any, Any]:
    """How many rechecks wait at each of these units."""
    waiting = Step.objects.filter(unit_id__any=unit_ids, kind=StepKind.RECHECK, ended_at=None)
    return waiting.values("unit").annotate(n=Count("pk")).values_list("unit", "n")


def _members(team_id: int) -> list[User]:
    """Who may recheck and is posted at the team itself, not only above with a reach to it."""
    here = set(_at(team_id, people.today()))
    return [user for user in people.people_at([team_id], CLOSE.verb) if user.pk in here]


@Compiled
def _at(unit_id: int, today: date) -> QuerySet[Any, Any]:
    postings = Posting.objects.filter(people.in_force(today), unit_id=unit_id)
    return postings.values_list("user_id", flat=True)


def may_recheck(user: User, case: Case) -> bool:
    """Whether the district office may name this person."""
    return user.is_active and bool(access.posted_unit_ids(user)) and is_independent(user, case)
