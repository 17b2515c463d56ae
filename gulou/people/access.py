"""Who may do what, where: the one place that answers.

A verb is held through a posting that reaches the unit a thing belongs to, or through an open step
of work that was given to the person or to a unit that a posting reaches.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gulou.kit import clock
from gulou.kit.errors import NotAllowed

from .models import Posting, StreetLeader, Unit, User

# What being attached to a street lets a leader of the district do there.
STREET_LEADER_VERBS = frozenset({"case.read", "case.note"})


@dataclass(frozen=True)
class OpenStep:
    """A stretch of work that waits for somebody: the verbs it lends, its unit, its person."""

    verbs: frozenset[str]
    unit_id: int
    person_id: int | None


def unit_ids_where(user: User, verb: str) -> frozenset[int]:
    """Every unit that the user's present postings reach with this verb."""
    if not user.is_active:
        return frozenset()
    today = timezone.localdate(clock.now())
    in_force = Q(since__lte=today) & (Q(until=None) | Q(until__gte=today))
    reached: set[int] = set()
    roots: list[str] = []
    for posting in Posting.objects.filter(in_force, user=user).select_related("role", "unit"):
        if verb in posting.role.verbs:
            reached.add(posting.unit_id)
            if posting.role.reaches_below:
                roots.append(posting.unit.path)
    if verb in STREET_LEADER_VERBS:
        attached = StreetLeader.objects.filter(in_force, user=user)
        roots.extend(attached.values_list("unit__path", flat=True))
    if roots:
        below = Q()
        for root in roots:
            below |= Q(path__startswith=root)
        reached.update(Unit.objects.filter(below).values_list("pk", flat=True))
    return frozenset(reached)


def posted_unit_ids(user: User) -> frozenset[int]:
    """The units at which the user holds any posting now."""
    today = timezone.localdate(clock.now())
    in_force = Q(since__lte=today) & (Q(until=None) | Q(until__gte=today))
    return frozenset(Posting.objects.filter(in_force, user=user).values_list("unit_id", flat=True))


def holds(user: User, verb: str, *, unit_id: int, steps: Iterable[OpenStep] = ()) -> bool:
    """Whether the user may do `verb` to a thing of this unit on which these steps are open."""
    reached = unit_ids_where(user, verb)
    if unit_id in reached:
        return True
    return user.is_active and any(
        verb in step.verbs
        and (step.person_id == user.pk if step.person_id else step.unit_id in reached)
        for step in steps
    )


def require(user: User, verb: str, *, unit_id: int, steps: Iterable[OpenStep] = ()) -> None:
    """Raise NotAllowed unless `holds`."""
    if not holds(user, verb, unit_id=unit_id, steps=steps):
        raise NotAllowed(
            "access.not_allowed",
            _("Your posting does not let you do this here. Ask the office whom it belongs to."),
        )
