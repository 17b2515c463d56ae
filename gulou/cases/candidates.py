"""Among whom it is drawn who checks a case: who may, had no hand in it, is near, and has time."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from gulou.kit import clock
from gulou.kit.compiled import Compiled
from gulou.people import queries as people
from gulou.places import queries as places

from . import draws
from .models import Case, Revisit, Step
from .rechecks import Hands, hands_of, involved
from .states import StepKind

MOST_RECHECKS = 2000
"""So many earlier rechecks are looked at to find who rechecks whom."""


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be drawn: the person, at which unit, and how far what it covers is."""

    user_id: int
    uid: UUID
    unit_id: int
    metres: float


@dataclass(frozen=True)
class Pool:
    """Among whom it is drawn, and how many were left out for what: "far", "paired", "busy"."""

    candidates: tuple[Candidate, ...]
    left_out: Mapping[str, int]

    @property
    def ids(self) -> list[str]:
        """The public ids of the candidates."""
        return sorted(str(one.uid) for one in self.candidates)

    def first(self, seed: str) -> Candidate | None:
        """Whom the seed draws; None where there is nobody."""
        by_id = {str(one.uid): one for one in self.candidates}
        return by_id[draws.in_order(seed, by_id)[0]] if by_id else None


def pool_for(case: Case, *, verb: str, without: Collection[int] = ()) -> Pool:
    """Who may be drawn to check a case, but for these people.

    Holders of the verb who had no hand in the handling, of units that do not recheck each other
    with those that handled it, with fewer checks waiting than is set, within reach of the place;
    where nobody is within reach, from the whole district. The office itself is never drawn.
    """
    hands = hands_of(case)
    found = _holders(case, verb, without)
    hidden = involved([one.user_id for one in found], hands)
    found = [one for one in found if one.user_id not in hidden]
    kept, left_out = _unpaired(found, hands), {}
    left_out["paired"] = len(found) - len(kept)
    waiting = waiting_for([one.user_id for one in kept])
    free = [one for one in kept if waiting.get(one.user_id, 0) < settings.GULOU.recheck_most]
    left_out["busy"] = len(kept) - len(free)
    near = [one for one in free if one.metres <= settings.GULOU.recheck_metres]
    left_out["far"] = len(free) - len(near) if near else 0
    return Pool(tuple(near or free), {why: n for why, n in left_out.items() if n})


def _holders(case: Case, verb: str, without: Collection[int]) -> list[Candidate]:
    """Each person once, at the unit of theirs that is nearest."""
    units = people.unit_refs()
    above = set(people.office().ancestor_ids)
    found: dict[int, Candidate] = {}
    for user_id, uid, unit_id in people.posted_with(verb):
        if user_id in without or unit_id in above or not units[unit_id].active:
            continue
        one = Candidate(user_id, uid, unit_id, _metres(case, units[unit_id], units))
        if user_id not in found or one.metres < found[user_id].metres:
            found[user_id] = one
    return list(found.values())


def _metres(case: Case, unit: people.UnitRef, units: people.Registry) -> float:
    """How far the place is from the area of a unit or of the nearest unit above that has one; 0
    within it, and where no unit has one: it covers the district."""
    area_ids = [units[pk].area_id for pk in reversed(unit.ancestor_ids) if pk in units]
    area_id = next((pk for pk in area_ids if pk is not None), None)
    return places.metres_to(area_id, case.lat, case.lon) if area_id is not None else 0.0


def _unpaired(found: list[Candidate], hands: Hands) -> list[Candidate]:
    """Those whose own work was not rechecked lately by the units or people that handled this."""
    since = clock.now() - timedelta(weeks=settings.GULOU.recheck_pair_weeks)
    unit_ids = [int(path.split(".")[-2]) for path in hands.paths]
    case_ids = list(_rechecked_by(unit_ids, list(hands.doers), since))
    if not case_ids:
        return found
    done = list(_handled(case_ids))
    theirs = {unit_id for unit_id, _by in done}
    persons = {by for _unit_id, by in done}
    return [one for one in found if one.unit_id not in theirs and one.user_id not in persons]


@Compiled
def _rechecked_by(unit_ids: list[int], user_ids: list[int], since: datetime) -> QuerySet[Any, Any]:
    """The cases that these units or people rechecked since then, the latest first."""
    rechecks = Step.objects.filter(
        Q(unit_id__any=unit_ids) | Q(ended_by_id__any=user_ids), kind=StepKind.RECHECK,
        ended_at__gte=since,
    )  # fmt: skip
    found = rechecks.exclude(outcome__in=("undone", "passed_on")).order_by("-ended_at")
    return found.values_list("case_id", flat=True)[:MOST_RECHECKS]


@Compiled
def _handled(case_ids: list[int]) -> QuerySet[Any, Any]:
    done = Step.objects.filter(case_id__any=case_ids, kind=StepKind.HANDLE, outcome="handled")
    return done.order_by().values_list("unit_id", "ended_by_id").distinct()


def waiting_for(user_ids: list[int]) -> dict[int, int]:
    """How many rechecks, independent rechecks and look-backs wait for each of these people."""
    found = dict(_rechecks_of(user_ids))
    for user_id, count in _revisits_of(user_ids):
        found[user_id] = found.get(user_id, 0) + count
    return found


@Compiled
def _rechecks_of(user_ids: list[int]) -> QuerySet[Any, Any]:
    waiting = Step.objects.filter(person_id__any=user_ids, kind=StepKind.RECHECK, ended_at=None)
    return waiting.order_by().values("person").annotate(n=Count("pk")).values_list("person", "n")


@Compiled
def _revisits_of(user_ids: list[int]) -> QuerySet[Any, Any]:
    waiting = Revisit.objects.filter(person_id__any=user_ids, ended_at=None)
    return waiting.order_by().values("person").annotate(n=Count("pk")).values_list("person", "n")
