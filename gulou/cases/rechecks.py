"""Who may recheck: somebody who had no hand in the handling."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, Func, OuterRef, Q, QuerySet

from gulou.kit.compiled import Compiled
from gulou.outbox.models import Event
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import Posting, User

from .facts import RecheckNotDrawn, StepGivenBack
from .family import family_of
from .models import Case, Step
from .states import State, StepKind


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
    hidden = involved([user.pk for user in users], hands_of(case))
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


def waits_for(user: User, case: Case, verb: str) -> bool:
    """Whether the open recheck waits for this person: who was drawn or named, and nobody else, or,
    where nobody could be drawn, who holds the verb at the office. Until then it waits for the lot."""
    if case.step_person_id is not None:
        return case.step_person_id == user.pk
    at_the_office = access.holds(user, verb, unit_id=people.office().id)
    return at_the_office and fell_to_the_office(case)


def fell_to_the_office(case: Case) -> bool:
    """Whether nobody could be drawn for the open recheck, and it was not given back since."""
    told = (name for name, payload in _lots(case.uid) if payload.get("step") == case.step_id)
    return next(told, "") == RecheckNotDrawn.name


@Compiled
def _lots(uid: UUID) -> QuerySet[Any, tuple[str, dict[str, Any]]]:
    """What was told of lots that drew nobody, and of steps given back; the latest first."""
    told = Event.objects.filter(subject_kind=Case._meta.label_lower, subject_uid=uid)
    told = told.filter(name__in=[RecheckNotDrawn.name, StepGivenBack.name])
    return told.order_by("-sequence").values_list("name", "payload")


def undrawn(before: datetime) -> QuerySet[Case]:
    """Cases not changed since, whose open recheck waits for nobody, though no lot says so."""
    told = Event.objects.filter(
        subject_kind=Case._meta.label_lower, subject_uid=OuterRef("uid"), name=RecheckNotDrawn.name,
        payload__step=Func(OuterRef("step_id"), function="to_jsonb"),
    )  # fmt: skip
    waiting = Case.objects.filter(
        state=State.HANDLED, step_kind=StepKind.RECHECK, step_person=None, changed_at__lt=before
    )
    return waiting.exclude(Exists(told)).order_by("pk")


def may_recheck(user: User, case: Case) -> bool:
    """Whether the district office may name this person."""
    return user.is_active and bool(access.posted_unit_ids(user)) and is_independent(user, case)
