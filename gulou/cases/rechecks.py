"""Who may recheck: somebody who had no hand in the handling."""

from collections.abc import Collection

from django.db.models import Count, Q

from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import Posting, Unit, UnitKind, User

from .models import Case, Step
from .states import CLOSE, StepKind


def independent(users: Collection[User], case: Case) -> list[User]:
    """Those of these people who have no posting in, or below, a unit that handled the case, had
    none while it did, and did not report it handled themselves. Two queries for all of them."""
    handled = list(
        case.steps.filter(kind=StepKind.HANDLE)
        .order_by("started_at")
        .values_list("unit__path", "ended_by_id", "started_at")
    )
    if not handled:
        return list(users)
    begun = handled[0][2]
    inside = Q()
    for path in {path for path, _by, _at in handled}:
        inside |= Q(unit__path__startswith=path)
    still = Q(until=None) | Q(until__gte=begun.date())
    posted = Posting.objects.filter(inside & still, user__in=users)
    involved = {*posted.values_list("user_id", flat=True), *(by for _path, by, _at in handled)}
    return [user for user in users if user.pk not in involved]


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
