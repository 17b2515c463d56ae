"""From the office to the unit and back: dispatch, accept, return, handle."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from gulou.cases import states
from gulou.cases.facts import (
    CaseAccepted,
    CaseDispatched,
    CaseHandled,
    CaseOnSpot,
    CaseReturned,
)
from gulou.cases.models import Case, PhotoKind, Statement
from gulou.cases.routing import routing_of
from gulou.cases.states import State, StepKind
from gulou.catalogue import queries as catalogue
from gulou.catalogue.states import Evidence as EvidenceRule
from gulou.kit import clock, rows
from gulou.kit.errors import Invalid
from gulou.outbox.record import record
from gulou.people import queries as people
from gulou.people.models import User

from .arbitration import (
    begin_arbitration,
    cause_of,
    check_not_settled,
    check_not_waiting,
    named_in_return,
)
from .delegation import check_not_handed_down, shown_from_beneath
from .ground import (
    NOTHING,
    Evidence,
    add_photos,
    allow,
    begin_step,
    classify,
    end_steps,
    leave,
    locked,
    put,
    unit_in_use,
)


@rows.together()
def dispatch_case(
    case: Case, *, by: User, unit_id: int, assisting: Sequence[int] = (),
    condition_id: int | None = None, words: str = "", seen: int | None = None,
) -> Case:  # fmt: skip
    """Make a unit responsible. From filed, or from a unit that has not accepted yet."""
    case = locked(case, seen=seen)
    allow(by, states.DISPATCH, case)
    states.DISPATCH.check(case.state)
    check_not_waiting(case)
    unit = unit_in_use(unit_id)
    helpers = sorted({unit_in_use(other).pk for other in assisting} - {unit.pk})
    left = leave(case, states.DISPATCH, by=by, words=words, reason_id=None)
    classify(case, category_id=None, condition_id=condition_id)
    routing = routing_of(case)
    end_steps(case, "dispatched", by=by)
    case.unit, case.assisting, case.on_spot = unit, helpers, False
    case.rule_id = routing.rule_id if routing.unit_id == unit.pk else None
    step = begin_step(case, StepKind.ACCEPT, unit_id=unit.pk)
    put(case, State.DISPATCHED, "unit", "assisting", "rule", "condition", "on_spot")
    record(
        CaseDispatched(
            unit=unit.pk, assisting=helpers, rule=case.rule_id, step=step.pk,
            words=left.words, words_digest=left.words_digest,
        ),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return case


@rows.together()
def rectify_on_the_spot(
    case: Case, *, by: User, unit_id: int, words: str = "", seen: int | None = None
) -> Case:
    """立整立改: the unit is told at once and has a day to put it right. It need not accept it."""
    case = locked(case, seen=seen)
    allow(by, states.ON_SPOT, case)
    states.ON_SPOT.check(case.state)
    check_not_waiting(case)
    unit = unit_in_use(unit_id)
    left = leave(case, states.ON_SPOT, by=by, words=words, reason_id=None)
    routing = routing_of(case)
    end_steps(case, "on_spot", by=by)
    case.unit, case.assisting, case.on_spot = unit, [], True
    case.rule_id = routing.rule_id if routing.unit_id == unit.pk else None
    step = begin_step(case, StepKind.HANDLE, unit_id=unit.pk)
    put(case, State.HANDLING, "unit", "assisting", "rule", "on_spot")
    fact = CaseOnSpot(unit=unit.pk, step=step.pk, words=left.words, words_digest=left.words_digest)
    record(fact, subject=case, actor=by.actor)
    return case


@rows.together()
def accept_case(case: Case, *, by: User, words: str = "", seen: int | None = None) -> Case:
    """The unit takes it on; its time for handling begins."""
    case = locked(case, seen=seen)
    allow(by, states.ACCEPT, case)
    states.ACCEPT.check(case.state)
    left = leave(case, states.ACCEPT, by=by, words=words, reason_id=None)
    end_steps(case, "accepted", by=by)
    step = begin_step(case, StepKind.HANDLE, unit_id=case.unit_id)
    put(case, State.HANDLING)
    record(
        CaseAccepted(
            unit=case.unit_id, step=step.pk, words=left.words, words_digest=left.words_digest
        ),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return case


@rows.together()
def return_case(
    case: Case, *, by: User, reason_id: int | None, words: str, named_id: int | None = None,
    evidence: Evidence = NOTHING, seen: int | None = None,
) -> Case:  # fmt: skip
    """The unit gives it back to the office, with a reason from the list and its own words.

    It may name the unit whose it is instead, and show pictures. From the third return on, or where
    two units name each other, the office decides in arbitration.
    """
    case = locked(case, seen=seen)
    allow(by, states.RETURN, case)
    states.RETURN.check(case.state)
    named_id = named_in_return(case, named_id)
    check_not_settled(case, reason_id)
    left = leave(case, states.RETURN, by=by, words=words, reason_id=reason_id)
    unit_id, ended = case.unit_id, case.step
    photos = add_photos(
        case, evidence.photos, draft=evidence.draft, kind=PhotoKind.REFERENCE, actor=by.actor,
        by=by, step_id=case.step_id,
    )  # fmt: skip
    if left.words is not None and ended is not None:
        rows.add(
            Statement(
                case=case, step=ended, unit_id=unit_id, named_id=named_id, rule_id=case.rule_id,
                reason_id=left.reason, words_id=left.words, by=by, at=clock.now(),
            )
        )  # fmt: skip
    end_steps(case, "returned", by=by)
    case.unit_id, case.assisting, case.rule_id = people.office().id, [], None
    case.returns += 1
    cause = cause_of(case, unit_id=unit_id, named_id=named_id)
    if cause is None:
        step = begin_step(case, StepKind.DISPATCH, unit_id=case.unit_id)
    else:
        step = begin_arbitration(case, cause)
    put(case, State.FILED, "unit", "assisting", "rule", "returns")
    record(
        CaseReturned(
            unit=unit_id, named=named_id, arbitration=cause or "", step=step.pk, words=left.words,
            words_digest=left.words_digest, reason=left.reason, photos=photos,
        ),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return case


@rows.together()
def handle_case(
    case: Case, *, by: User, words: str, evidence: Evidence = NOTHING, seen: int | None = None
) -> Case:
    """The unit says it is done and shows what the category asks for. A recheck follows."""
    case = locked(case, seen=seen)
    allow(by, states.HANDLE, case)
    states.HANDLE.check(case.state)
    check_not_handed_down(case)
    wants_photo = catalogue.category_ref(case.category_id).evidence == EvidenceRule.PHOTO
    if wants_photo and not evidence.photos and not shown_from_beneath(case):
        raise Invalid(
            "case.photo_missing",
            _("Add a photo that shows the place now: the change can be seen on the spot."),
            field="photos",
        )
    left = leave(case, states.HANDLE, by=by, words=words, reason_id=None)
    if case.state == State.DISPATCHED:
        end_steps(case, "accepted", by=by)
        begin_step(case, StepKind.HANDLE, unit_id=case.unit_id)
    photos = add_photos(
        case, evidence.photos, draft=evidence.draft, kind=PhotoKind.AFTER, actor=by.actor, by=by,
        step_id=case.step_id,
    )  # fmt: skip
    end_steps(case, "handled", by=by)
    # At the office, where nobody may close it, until the worker has drawn who rechecks: not at once,
    # or who takes the move back and makes it again would draw until they like who comes.
    step = begin_step(case, StepKind.RECHECK, unit_id=people.office().id)
    put(case, State.HANDLED)
    record(
        CaseHandled(
            unit=case.unit_id, step=step.pk, words=left.words, words_digest=left.words_digest,
            photos=photos,
        ),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return case
