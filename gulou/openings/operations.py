"""Opening a part of the public side by two people, and closing it by one."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gulou.kit import clock
from gulou.kit.errors import Invalid, NotAllowed, Refusal
from gulou.kit.words import clean
from gulou.outbox.record import record
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User

from . import current
from .facts import OpeningApproved, OpeningAsked, OpeningClosed, OpeningWithdrawn
from .models import Opening, OpeningStep
from .states import APPROVE, ASK, Happened, Part

_MOST = 500


@transaction.atomic
@current.changing()
def ask_opening(part: Part, *, by: User, note: str) -> Opening:
    """Ask that a part be opened. Nothing is public yet: somebody else approves."""
    access.require(by, ASK, unit_id=people.office().id)
    opening = _locked(part)
    if opening.is_open:
        raise Refusal("opening.open_already", _("This part is open already."))
    if opening.asked_by_id is not None:
        raise Refusal("opening.asked_already", _("Somebody has asked for this part already."))
    step = _step(opening, Happened.ASKED, by, note)
    _put(opening, is_open=False, asked_by=by)
    record(OpeningAsked(part=part, step=step.pk), subject=opening, actor=by.actor)
    return opening


@transaction.atomic
@current.changing()
def approve_opening(part: Part, *, by: User, note: str) -> Opening:
    """Open what somebody else asked for. `note` says by what it was approved."""
    access.require(by, APPROVE, unit_id=people.office().id)
    opening = _locked(part)
    asked_by = opening.asked_by
    if asked_by is None:
        raise Refusal("opening.not_asked", _("Nobody has asked for this part."))
    if asked_by.pk == by.pk:
        raise NotAllowed(
            "opening.two_people", _("You asked for this part yourself. Somebody else approves it.")
        )
    step = _step(opening, Happened.APPROVED, by, note, needed=True)
    _put(opening, is_open=True, asked_by=None)
    record(
        OpeningApproved(part=part, step=step.pk, asked_by=str(asked_by.uid)),
        subject=opening, actor=by.actor,
    )  # fmt: skip
    return opening


@transaction.atomic
@current.changing()
def close_opening(part: Part, *, by: User, note: str = "") -> Opening:
    """Close a part at once, or withdraw what was asked for. Either of the two verbs is enough."""
    if not access.holds(by, ASK, unit_id=people.office().id):
        access.require(by, APPROVE, unit_id=people.office().id)
    opening = _locked(part)
    if not opening.is_open and opening.asked_by_id is None:
        raise Refusal("opening.closed_already", _("This part is closed already."))
    was_open = opening.is_open
    step = _step(opening, Happened.CLOSED if was_open else Happened.WITHDRAWN, by, note)
    _put(opening, is_open=False, asked_by=None)
    fact = OpeningClosed if was_open else OpeningWithdrawn
    record(fact(part=part, step=step.pk), subject=opening, actor=by.actor)
    return opening


def _locked(part: Part) -> Opening:
    """The row of a part, made when it is first asked for; the registry's lock comes before it."""
    Opening.objects.get_or_create(part=Part(part), defaults={"changed_at": clock.now()})
    return Opening.objects.select_for_update().get(part=part)


def _step(
    opening: Opening, what: Happened, by: User, note: str, *, needed: bool = False
) -> OpeningStep:
    note = clean(note)
    if needed and not note:
        raise Invalid(
            "opening.note_missing",
            _("Say by what it was approved: a meeting, a paper, its number."),
            field="note",
        )
    if len(note) > _MOST:
        raise Invalid(
            "opening.note_too_long",
            _("At most %(most)d characters.") % {"most": _MOST},
            field="note",
        )
    return OpeningStep.objects.create(opening=opening, what=what, by=by, note=note, at=clock.now())


def _put(opening: Opening, *, is_open: bool, asked_by: User | None) -> None:
    opening.is_open, opening.asked_by, opening.changed_at = is_open, asked_by, clock.now()
    opening.save(update_fields=["is_open", "asked_by", "changed_at"])
