"""Which cases a person sees, and what they may do to one now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from gulou.cases import states
from gulou.cases.family import chain_of
from gulou.cases.models import Assignment, Before, Case, CasePhoto, Revisit, Source, Step
from gulou.cases.operations.ground import open_among, open_steps
from gulou.cases.rechecks import independent, is_independent, waits_for
from gulou.cases.states import Move, State
from gulou.kit import clock
from gulou.kit.compiled import Compiled
from gulou.kit.errors import NotFound
from gulou.kit.words import clean
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User
from gulou.photos.models import Photo
from gulou.places import queries as places

from .arbitration import undecided
from .parts import IN_THE_CHAIN, chain_moves
from .time import can_appeal, has_spoken

LATELY = timedelta(days=1)
READ_BACK = timedelta(days=30)
"""For how long who rechecked a case may read its record."""
_RECHECK = frozenset({states.CLOSE, states.REWORK})


def cases_seen_by(user: User) -> QuerySet[Case]:
    """The cases of the units that the user's postings reach, those whose current step waits for
    the user or such a unit, and those on which such a unit assists or has a part."""
    if not user.is_active:
        return Case.objects.none()
    eyes = eyes_of(user)
    return seen_with(eyes.kind, *eyes.given)


@dataclass(frozen=True)
class Eyes:
    """What decides which cases somebody sees. `units` are those whose cases, `few` those whose
    restricted cases they read; None is every unit."""

    reader_id: int
    units: list[int] | None
    few: list[int] | None

    @property
    def kind(self) -> tuple[bool, bool]:
        """Whether all units are read, and all restricted cases: what makes a query another one."""
        return self.units is None, self.few is None

    @property
    def given(self) -> list[Any]:
        """The values that go into a query of this kind."""
        mine = [] if self.units is None else [self.reader_id, self.units]
        return mine if self.few is None else [*mine, self.few]


def eyes_of(user: User) -> Eyes:
    """The eyes of somebody who may sign in."""
    reach = access.reach_of(user)
    few = reach.unit_ids_where(states.READ_RESTRICTED)
    return Eyes(
        user.pk,
        None if sees_every_unit(reach) else sorted(reach.unit_ids_where(states.READ)),
        None if len(few) == len(people.unit_refs()) else sorted(few),
    )


def seen_with(kind: tuple[bool, bool], *given: Any) -> QuerySet[Case]:
    """The cases seen with eyes of this kind, which gave these values."""
    every_unit, all_restricted = kind
    values, cases = list(given), Case.objects.all()
    # Every case belongs to some unit, so who reads all of them has nothing left to ask.
    if not every_unit:
        reader_id, units, *values = values
        cases = cases.filter(
            Q(unit_id__any=units)
            | Q(step_unit_id__any=units, step_person=None)
            | Q(step_person_id=reader_id)
            | Q(assisting__shares=units)
            | (~Q(parts=[]) & Q(parts__shares=units))
        )
    if not all_restricted:
        (few,) = values
        cases = cases.filter(Q(restricted=False) | Q(unit_id__any=few))
    return cases


def sees_every_unit(reach: access.Reach) -> bool:
    """Whether somebody reads the cases of all units there are."""
    reached = reach.unit_ids_where(states.READ)
    return bool(reached) and len(reached) == len(people.unit_refs())


def cases_still_read_by(user: User) -> QuerySet[Case]:
    """The cases that this person rechecked not long ago. They see them in no list, but may read what
    came of it, for as long as they hold a posting."""
    since = clock.now() - READ_BACK
    theirs = Step.objects.filter(
        kind=states.StepKind.RECHECK, ended_by=user, ended_at__gte=since,
        outcome__in=("passed", "failed"),
    )  # fmt: skip
    found = Case.objects.filter(pk__in=theirs.values("case_id"), restricted=False)
    return found if _is_posted(user) else Case.objects.none()


def case_seen_by(user: User, number: str) -> Case:
    """The case with this number that the user sees, or has just moved, or rechecked not long ago.
    Raises NotFound, also where the user may not know of it."""
    eyes = eyes_of(user)
    case = _numbered(eyes.kind).first(places.district().id, clean(number), *eyes.given)
    if case is None:
        mine = cases_still_read_by(user) | cases_moved_by(user).filter(restricted=False)
        case = mine.filter(district_id=places.district().id, number=clean(number)).first()
    if case is None or not user.is_active:
        raise NotFound("case.not_found", _("There is no such case, or it is not yours to see."))
    return case


@cache
def _numbered(kind: tuple[bool, bool]) -> Compiled[Case]:
    def make(district_id: int, number: str, *given: Any) -> QuerySet[Case]:
        return seen_with(kind, *given).filter(district_id=district_id, number=number)

    return Compiled(make)


def cases_moved_by(user: User) -> QuerySet[Case]:
    """The cases whose last move this person has just made, and may perhaps take back; seen or not."""
    since = clock.now() - states.UNDO_WITHIN - states.UNDO_GRACE
    mine = Before.objects.filter(by=user, at__gte=since).values("case_id")
    return Case.objects.filter(pk__in=mine) if _is_posted(user) else Case.objects.none()


def _is_posted(user: User) -> bool:
    return user.is_active and bool(access.reach_of(user).unit_ids_by_verb)


def case_moved_by(user: User, number: str) -> Case:
    """The case with this number that the person sees, or has just moved. Else NotFound."""
    moved = cases_moved_by(user).filter(number=number).first()
    return moved or case_seen_by(user, number)


def case_lately_at(user: User, number: str) -> Case | None:
    """The case with this number, if a step on it waited for the person, or for a unit whose cases
    they read, and ended within a day. They no longer see it, and may be told that it moved on."""
    units = access.reach_of(user).unit_ids_where(states.READ)
    ended = Step.objects.filter(
        Q(person=user) | Q(person=None, unit__in=units), ended_at__gte=clock.now() - LATELY
    )
    mine = Case.objects.filter(pk__in=ended.values("case_id"), restricted=False)
    return mine.filter(district_id=places.district().id, number=clean(number)).first()


def moves_open_to(user: User, case: Case, *, steps: Iterable[Step] | None = None) -> list[Move]:
    """What the user may do to the case now, in the order of the table of moves. `steps` are all of
    the case, where they are at hand."""
    waiting = open_steps(case) if steps is None else open_among(steps)
    reach = access.reach_of(user)
    moves = [
        move
        for move in states.open_moves(case.state)
        if reach.holds(move.verb, unit_id=case.unit_id, steps=waiting) and _makes_sense(move, case)
    ]
    if case.step_kind == states.StepKind.ARBITRATE and states.ARBITRATE not in moves:
        moves = [move for move in moves if move not in _BURIES]
    if states.RULE in moves and has_spoken(user, case):
        moves.remove(states.RULE)
    if not IN_THE_CHAIN.isdisjoint(moves):
        open_here = chain_moves(reach, case, steps)
        moves = [move for move in moves if move not in IN_THE_CHAIN or move in open_here]
    if _RECHECK.isdisjoint(moves):
        return moves
    theirs = waits_for(user, case, states.CLOSE.verb) and is_independent(user, case)
    return moves if theirs else [move for move in moves if move not in _RECHECK]


def may_ever(user: User, case: Case, move: Move) -> bool:
    """Whether the user's postings and steps let them make this move on the case in some state."""
    return access.holds(user, move.verb, unit_id=case.unit_id, steps=open_steps(case))


def _makes_sense(move: Move, case: Case) -> bool:
    """Whether there is something to verify, an objection or those above to answer, anything that may
    be public."""
    if move == states.VERIFY:
        return case.step_kind == states.StepKind.VERIFY
    if move == states.UPHOLD:
        return case.objected_at is not None
    if move == states.REPLY:
        return case.source == Source.ASSIGNED and Assignment.objects.filter(case=case).exists()
    if move in (states.HANDLE, states.SUSPEND) and case.parts:
        return False
    if move in _GOES_AROUND or move == states.ARBITRATE:
        disputed = case.step_kind == states.StepKind.ARBITRATE
        if move == states.ON_SPOT and not disputed:
            return undecided(case) is None
        return disputed == (move == states.ARBITRATE)
    if move in _ABOUT_TIME:
        return _time_allows(move, case)
    return move != states.RELEASE or not case.restricted


# Not while an arbitration decides whose the case is.
_GOES_AROUND = frozenset({states.DISPATCH, states.ON_SPOT})
# Meanwhile only by who decides it.
_BURIES = frozenset({states.DECLINE, states.REDIRECT})
_ABOUT_TIME = frozenset({states.EXTEND, states.SUSPEND, states.RESUME, states.RULE, states.APPEAL})


def _time_allows(move: Move, case: Case) -> bool:
    """Whether something waits to be decided, or may be asked about the time of a case."""
    if move == states.RULE or case.plea:
        return move == states.RULE and bool(case.plea)
    if move == states.RESUME or case.suspended_until is not None:
        return move == states.RESUME and case.suspended_until is not None
    if move == states.EXTEND:
        return case.due_at is not None and case.due_at > clock.now() and not case.on_spot
    return move != states.APPEAL or can_appeal(case)


def people_who_see(case: Case) -> list[User]:
    """Everybody who may look at the case now, by name: as `cases_seen_by`, from the other side."""
    units = {case.unit_id, *case.assisting, *case.parts}
    if case.step_unit_id is not None and case.step_person_id is None:
        units.add(case.step_unit_id)
    found = {user.pk: user for user in people.people_at(units, states.READ)}
    if case.step_person is not None and case.step_person.is_active:
        found[case.step_person.pk] = case.step_person
    if case.restricted:
        few = {user.pk for user in people.people_at([case.unit_id], states.READ_RESTRICTED)}
        found = {pk: user for pk, user in found.items() if pk in few}
    return sorted(found.values(), key=str)


def may_enter(user: User) -> bool:
    """Whether the user may enter reports for others."""
    return access.holds(user, states.ENTER, unit_id=people.office().id)


def may_send_photos(user: User) -> bool:
    """Whether the user may enter a report, or make any move, to which a photo could belong."""
    reach = access.reach_of(user)
    verbs = (states.ENTER, states.LOOK_BACK, *(move.verb for move in states.MOVES))
    if any(reach.unit_ids_where(verb) for verb in verbs):
        return True
    if not user.is_active:
        return False
    waiting = Revisit.objects.filter(person=user, ended_at=None)
    return Case.objects.filter(step_person=user).exists() or waiting.exists()


def rechecker_choices(case: Case) -> list[User]:
    """Whom the district office may name to recheck this case."""
    if case.state != State.HANDLED:
        return []
    return independent(people.people_at(list(people.unit_refs()), states.CLOSE.verb), case)


def photo_seen_by(user: User, uid: UUID) -> Photo:
    """A photo on a case that the user sees, or on one that was merged into it. Raises NotFound."""
    return evidence_seen_by(user, uid)[0]


def evidence_seen_by(user: User, uid: UUID) -> tuple[Photo, list[Case]]:
    """A photo, and the cases on whose record the user sees it. Raises NotFound."""
    for evidence in CasePhoto.objects.filter(photo__uid=uid).select_related("photo"):
        chain = chain_of(evidence.case_id)
        if cases := list(cases_seen_by(user).filter(pk__in=chain)):
            return evidence.photo, cases
        if cases := list(cases_still_read_by(user).filter(pk__in=chain)):
            return evidence.photo, cases
    raise NotFound("photo.not_found", _("There is no such picture."))
