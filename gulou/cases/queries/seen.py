"""Which cases a person sees, and what they may do to one now."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from gulou.cases import states
from gulou.cases.models import Case, CasePhoto
from gulou.cases.operations.ground import open_steps
from gulou.cases.rechecks import is_independent, may_recheck
from gulou.cases.states import Move, State
from gulou.kit.errors import NotFound
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User
from gulou.photos.models import Photo


def cases_seen_by(user: User) -> QuerySet[Case]:
    """The cases of the units that the user's postings reach, those whose current step waits for
    the user or such a unit, and those on which such a unit assists."""
    reach = access.reach_of(user)
    reached = sorted(reach.unit_ids_where(states.READ))
    if not user.is_active:
        return Case.objects.none()
    mine = (
        Q(unit_id__in=reached)
        | Q(step_unit_id__in=reached, step_person=None)
        | Q(step_person=user)
        | Q(assisting__overlap=reached)
    )
    cases = Case.objects.filter(mine)
    if reach.unit_ids_where(states.READ_RESTRICTED):
        return cases
    return cases.filter(restricted=False)


def case_seen_by(user: User, number: str) -> Case:
    """The case with this number. Raises NotFound, also where the user may not know of it."""
    case = cases_seen_by(user).filter(number=number).first()
    if case is None:
        raise NotFound("case.not_found", _("There is no such case, or it is not yours to see."))
    return case


def moves_open_to(user: User, case: Case) -> list[Move]:
    """What the user may do to the case now, in the order of the table of moves."""
    steps, reach = open_steps(case), access.reach_of(user)
    return [
        move
        for move in states.open_moves(case.state)
        if reach.holds(move.verb, unit_id=case.unit_id, steps=steps)
        and _is_theirs(user, case, move)
    ]


def _is_theirs(user: User, case: Case, move: Move) -> bool:
    """Whether nothing but the state and the verb stands in the way of this move."""
    if move in (states.CLOSE, states.REWORK):
        return is_independent(user, case)
    if move == states.VERIFY:
        return case.step_kind == states.StepKind.VERIFY
    return True


def may_enter(user: User) -> bool:
    """Whether the user may enter reports for others."""
    return access.holds(user, states.ENTER, unit_id=people.office().id)


def rechecker_choices(case: Case) -> list[User]:
    """Whom the district office may name to recheck this case."""
    if case.state != State.HANDLED:
        return []
    able = people.people_at(list(people.unit_refs()), states.CLOSE.verb)
    return [user for user in able if may_recheck(user, case)]


def photo_seen_by(user: User, uid: UUID) -> Photo:
    """A photo on a case that the user sees. Raises NotFound."""
    evidence = (
        CasePhoto.objects.filter(photo__uid=uid, case__in=cases_seen_by(user))
        .select_related("photo")
        .first()
    )
    if evidence is None:
        raise NotFound("photo.not_found", _("There is no such picture."))
    return evidence.photo
