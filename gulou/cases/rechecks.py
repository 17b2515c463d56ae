"""Who may recheck: somebody who had no hand in the handling."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Q

from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import Posting, Unit, UnitKind, User

from .family import family_of
from .models import Case, Step
from .states import CLOSE, StepKind


def independent(users: Collection[User], case: Case) -> list[User]:
    """Those of these people who had no hand in the handling of the case.

    Who has, or had while it was handled, a posting in or below a unit that handled it or assists;
    and who accepted it or reported it handled. A few queries for all of them together.
    """
    paths, doers, begun = _who_handled(case)
    if begun is None:
        return list(users)
    inside = Q()
    for path in paths:
        inside |= Q(unit__path__startswith=path)
    in_time = Q(since__lte=people.today()) & (Q(until=None) | Q(until__gte=begun.date()))
    posted = Posting.objects.filter(inside & in_time, user__in=users)
    involved = {*posted.values_list("user_id", flat=True), *doers}
    return [user for user in users if user.pk not in involved]


def _who_handled(case: Case) -> tuple[set[str], set[int], datetime | None]:
    """The paths of the units that handled or assist, the people who did, and when it began."""
    steps = Step.objects.filter(case__in=family_of(case)).exclude(outcome="undone")
    handled = list(
        steps.filter(kind=StepKind.HANDLE)
        .order_by("started_at")
        .values_list("unit__path", "started_at")
    )
    did = Q(kind=StepKind.HANDLE, outcome="handled") | Q(kind=StepKind.ACCEPT, outcome="accepted")
    doers = set(steps.filter(did, ended_by__isnull=False).values_list("ended_by", flat=True))
    units = people.unit_refs()
    assisting = {units[unit_id].path for unit_id in case.assisting}
    begun = handled[0][1] if handled else None
    return {path for path, _at in handled} | assisting, doers, begun


def is_independent(user: User, case: Case) -> bool:
    """Whether the person is `independent` of the handling of the case."""
    return bool(independent([user], case))


def team_for(case: Case) -> int | None:
    """The supervision team with the fewest rechecks waiting that has somebody independent.

    None when no team has: then the district office names a person.
    """
    teams = Unit.objects.filter(kind=UnitKind.SUPERVISION_TEAM, active=True)
    waiting = dict(
        Step.objects.filter(unit__in=teams, kind=StepKind.RECHECK, ended_at=None)
        .values("unit")
        .annotate(n=Count("pk"))
        .values_list("unit", "n")
    )
    for team in sorted(teams, key=lambda team: (waiting.get(team.pk, 0), team.code)):
        if independent(_members(team), case):
            return team.pk
    return None


def _members(team: Unit) -> list[User]:
    """Who may recheck and is posted at the team itself, not only above with a reach to it."""
    posted = Posting.objects.filter(people.in_force(), unit=team)
    here = set(posted.values_list("user_id", flat=True))
    return [user for user in people.people_at([team.pk], CLOSE.verb) if user.pk in here]


def may_recheck(user: User, case: Case) -> bool:
    """Whether the district office may name this person."""
    return user.is_active and bool(access.posted_unit_ids(user)) and is_independent(user, case)
