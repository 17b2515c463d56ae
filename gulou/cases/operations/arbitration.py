"""Return wars and their end: the third return, or two units that name each other, goes to the
office, whose decision may become a rule."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from gulou.cases import states
from gulou.cases.facts import CaseArbitrated, CaseRuleMade
from gulou.cases.models import Arbitration, Case, Cause, Statement, Step
from gulou.cases.queries.arbitration import (
    FEWEST,
    offer_of,
    places_of,
    settled_reasons,
    undecided,
    waiting_arbitration,
)
from gulou.cases.queries.time import late_steps_of
from gulou.cases.routing import routing_of
from gulou.cases.states import State, StepKind
from gulou.catalogue import operations as catalogue
from gulou.catalogue.models import Rule
from gulou.kit import clock, rows
from gulou.kit.errors import Conflict, Invalid, Refusal
from gulou.outbox.record import record
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User

from .ground import allow, begin_step, end_steps, keep_words, locked, put, unit_in_use

RETURNS = 3
"""From this return on the office decides."""


def check_not_waiting(case: Case) -> None:
    """Refuse what would go around an arbitration: the locked case waits for a decision, or will
    when it is filed again."""
    if case.step_kind == StepKind.ARBITRATE or undecided(case) is not None:
        raise Refusal(
            "case.in_arbitration",
            _("Units have thrown this case back and forth: it waits for arbitration. Decide there whose it is."),
        )  # fmt: skip


def check_not_settled(case: Case, reason_id: int | None) -> None:
    """Refuse a return for a reason that an arbitration has answered for this unit."""
    if reason_id in settled_reasons(case):
        raise Invalid(
            "case.reason_settled",
            _("The office has decided in arbitration that this case is yours, and why. It cannot be returned again for this reason."),
            field="reason",
        )  # fmt: skip


def named_in_return(case: Case, named_id: int | None) -> int | None:
    """The unit that a return names instead of the present one. Raises Invalid."""
    if named_id is None:
        return None
    if named_id == case.unit_id:
        raise Invalid(
            "case.names_itself", _("Name another unit than your own, or none."), field="named"
        )
    return unit_in_use(named_id).pk


def cause_of(case: Case, *, unit_id: int, named_id: int | None) -> Cause | None:
    """Why this return of the locked case goes to arbitration, if it does."""
    if case.returns >= RETURNS:
        return Cause.THIRD
    if named_id is None or case.returns < FEWEST:
        return None
    other = case.statements.filter(unit_id=named_id, named_id=unit_id)
    return Cause.MUTUAL if other.exists() else None


def begin_arbitration(case: Case, cause: Cause) -> Step:
    """Let the locked case wait for the office's decision. The office alone has a clock meanwhile."""
    step = begin_step(case, StepKind.ARBITRATE, unit_id=case.unit_id)
    rows.add(Arbitration(case=case, step=step, cause=cause, at=clock.now()))
    return step


def allow_in_dispute(by: User, case: Case) -> None:
    """Raise NotAllowed where the locked case waits for arbitration, unless the person decides it:
    nobody else ends it meanwhile."""
    if case.step_kind == StepKind.ARBITRATE:
        access.require(by, states.ARBITRATE.verb, unit_id=case.unit_id)


def begin_dispatch(case: Case) -> Step:
    """Let the locked case wait for the office to dispatch it; or for its arbitration, where that
    began and the case ended before anything was decided."""
    last = undecided(case)
    if last is None:
        return begin_step(case, StepKind.DISPATCH, unit_id=people.office().id)
    return begin_arbitration(case, Cause(last.cause))


@rows.together()
def arbitrate_case(
    case: Case, *, by: User, unit_id: int, assisting: Sequence[int] = (), words: str,
    seen: int | None = None,
) -> Case:  # fmt: skip
    """Decide whose the case is, with reasons, and dispatch it there.

    That unit cannot return it again for the reasons that were given. Where another unit had become
    late before it gave the case back, that lateness is forgiven: the case was not its own.
    """
    case = locked(case, seen=seen)
    allow(by, states.ARBITRATE, case)
    states.ARBITRATE.check(case.state)
    waiting = waiting_arbitration(case)
    if waiting is None:
        raise Refusal("case.not_arbitrated", _("Nothing waits for arbitration here."))
    states.ARBITRATE.check_words(reason=None, words=words)
    unit = unit_in_use(unit_id)
    helpers = sorted({unit_in_use(other).pk for other in assisting} - {unit.pk})
    kept, digest = keep_words(words)
    waiting.unit, waiting.words, waiting.by = unit, kept, by
    waiting.decided_at = clock.now()
    rows.change(waiting, "unit", "words", "by", "decided_at")
    rows.update(
        late_steps_of(case).filter(outcome="returned", excused=False).exclude(unit=unit),
        excused=True,
    )
    routing = routing_of(case)
    end_steps(case, "arbitrated", by=by)
    case.unit, case.assisting, case.on_spot = unit, helpers, False
    case.rule_id = routing.rule_id if routing.unit_id == unit.pk else None
    step = begin_step(case, StepKind.ACCEPT, unit_id=unit.pk)
    put(case, State.DISPATCHED, "unit", "assisting", "rule", "on_spot")
    fact = CaseArbitrated(
        arbitration=waiting.pk, unit=unit.pk, assisting=helpers, step=step.pk, words=kept.pk,
        words_digest=digest,
    )  # fmt: skip
    record(fact, subject=case, actor=by.actor)
    return case


@rows.together()
def make_rule_of(
    case: Case, arbitration_id: int, *, by: User, area_id: int | None, condition_id: int | None,
    reason: str,
) -> Rule:  # fmt: skip
    """Let a decision be a rule of responsibility from now on; on record as coming from it.

    Who may arbitrate may do this, within what was decided: this unit, this category, a place of the
    case or the whole district, its condition or any. It takes the place of the rule of exactly this
    scope. Raises what setting a rule does.
    """
    case = locked(case)
    access.require(by, states.ARBITRATE.verb, unit_id=case.unit_id)
    decided = case.arbitrations.filter(pk=arbitration_id, decided_at__isnull=False).first()
    if decided is None or decided.unit_id is None:
        raise Refusal("case.not_decided", _("There is no such decision."))
    if decided.rule_id is not None:
        raise Conflict("case.rule_made", _("A rule was made of this decision already."))
    if area_id not in places_of(case) or condition_id not in (None, case.condition_id):
        raise Invalid("case.other_rule", _("The rule would say something else than the decision."))
    offer = offer_of(
        case, decided.unit_id, area_id=area_id, condition_id=condition_id, reason=reason
    )
    rule = catalogue.set_rule_decided(
        offer.draft, instead_of=offer.instead_of, by=by, decided_in=case.number
    )
    decided.rule = rule
    rows.change(decided, "rule")
    record(CaseRuleMade(arbitration=decided.pk, rule=rule.pk), subject=case, actor=by.actor)
    return rule


def forget_return(case: Case, since: object) -> None:
    """A move was taken back: its statement, and the arbitration that it began, never were."""
    Arbitration.objects.filter(case=case, at__gte=since).delete()
    Statement.objects.filter(case=case, at__gte=since).delete()
