"""Who may recheck: somebody who had no hand in the handling."""

from django.db.models import Count, Q

from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import Posting, Unit, UnitKind, User

from .models import Case, Step
from .states import CLOSE, StepKind


def handling_units(case: Case) -> list[Unit]:
    """The units that held a handling step of the case."""
    held = case.steps.filter(kind=StepKind.HANDLE).values("unit")
    return list(Unit.objects.filter(pk__in=held))


def is_independent(user: User, case: Case) -> bool:
    """Whether the person has no posting in, or below, a unit that handled the case, had none
    while it did, and did not report it handled themselves."""
    handled = case.steps.filter(kind=StepKind.HANDLE)
    if handled.filter(ended_by=user).exists():
        return False
    inside = Q()
    for unit in handling_units(case):
        inside |= Q(unit__path__startswith=unit.path)
    if not inside:
        return True
    begun = handled.order_by("started_at").values_list("started_at", flat=True)[0]
    still = Q(until=None) | Q(until__gte=begun.date())
    return not Posting.objects.filter(inside & still, user=user).exists()


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
        members = people.people_at([team.pk], CLOSE.verb)
        if any(_belongs_to(user, team) and is_independent(user, case) for user in members):
            return team.pk
    return None


def _belongs_to(user: User, team: Unit) -> bool:
    """Whether the person is posted at the team, not only somewhere above that reaches it."""
    return team.pk in access.posted_unit_ids(user)


def may_recheck(user: User, case: Case) -> bool:
    """Whether the district office may name this person."""
    return user.is_active and bool(access.posted_unit_ids(user)) and is_independent(user, case)
