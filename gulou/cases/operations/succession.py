"""When a unit is to be dissolved, another takes its open cases over, with their clocks."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gulou.cases.facts import CaseHandedOver, StepGivenBack
from gulou.cases.models import Case, Step
from gulou.cases.queries.units import open_cases_of
from gulou.cases.states import StepKind
from gulou.kit.errors import Invalid
from gulou.outbox.record import record
from gulou.people import access
from gulou.people.models import Unit, User
from gulou.people.verbs import MANAGE

from .delegation import close_gaps
from .ground import put, stand_in_open_step, unit_in_use


@transaction.atomic
def hand_over_cases(unit: Unit, *, to: Unit, by: User) -> int:
    """Let `to` answer for every open case of a unit, and owe its open steps; how many cases.

    The due times stay: a reorganisation gives nobody more time. A step that waited for a person
    of the old unit waits for the new one; who rechecks is drawn anew, as the new one may have
    handled the case.
    """
    access.require(by, MANAGE, unit_id=unit.pk)
    access.require(by, MANAGE, unit_id=to.pk)
    if unit.pk == to.pk:
        raise Invalid("case.same_unit", _("Choose another unit than this one."), field="to")
    unit_in_use(to.pk)
    cases = list(open_cases_of(unit.pk).select_for_update().order_by("pk"))
    for case in cases:
        _hand_over(case, unit, to, by)
    return len(cases)


@transaction.atomic
def give_back_steps(user: User, *, actor: str) -> int:
    """Let the open steps that wait for a person who has left wait for their whole unit; how many."""
    steps = Step.objects.filter(person=user, ended_at=None, case__ended_at=None)
    cases = Case.objects.select_for_update().filter(pk__in=steps.values("case_id")).order_by("pk")
    count = 0
    for case in list(cases):
        for step in steps.filter(case=case):
            Step.objects.filter(pk=step.pk).update(person=None)
            stand_in_open_step(case)
            put(case)
            fact = StepGivenBack(
                step=step.pk, unit=step.unit_id, person=str(user.uid), kind=step.kind
            )
            record(fact, subject=case, actor=actor)
            count += 1
    return count


def _hand_over(case: Case, unit: Unit, to: Unit, by: User) -> None:
    steps = Step.objects.filter(case=case, ended_at=None, unit=unit)
    recheck = steps.filter(kind=StepKind.RECHECK).first()
    steps.update(unit=to, person=None)
    if case.unit_id == unit.pk:
        case.unit = to
    assisting = [to.pk if pk == unit.pk else pk for pk in case.assisting]
    case.assisting = [pk for pk in dict.fromkeys(assisting) if pk != case.unit_id]
    close_gaps(case, by=by)
    stand_in_open_step(case)
    put(case, None, "unit", "assisting")
    fact = CaseHandedOver(unit=to.pk, unit_before=unit.pk)
    record(fact, subject=case, actor=by.actor)
    if recheck is not None:
        back = StepGivenBack(step=recheck.pk, unit=to.pk, person="", kind=recheck.kind)
        record(back, subject=case, actor=by.actor)
