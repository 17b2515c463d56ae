"""When a unit is to be dissolved, another takes its open cases over, with their clocks."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gulou.cases.facts import CaseHandedOver
from gulou.cases.models import Case, Step
from gulou.cases.queries.units import open_cases_of
from gulou.kit.errors import Invalid
from gulou.outbox.record import record
from gulou.people import access
from gulou.people.models import Unit, User
from gulou.people.verbs import MANAGE

from .ground import put, stand_in_open_step, unit_in_use


@transaction.atomic
def hand_over_cases(unit: Unit, *, to: Unit, by: User) -> int:
    """Let `to` answer for every open case of a unit, and owe its open steps; how many cases.

    The due times stay: a reorganisation gives nobody more time. A step that waited for a person
    of the old unit waits for the new one.
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


def _hand_over(case: Case, unit: Unit, to: Unit, by: User) -> None:
    steps = Step.objects.filter(case=case, ended_at=None, unit=unit)
    steps.update(unit=to, person=None)
    if case.unit_id == unit.pk:
        case.unit = to
    assisting = [to.pk if pk == unit.pk else pk for pk in case.assisting]
    case.assisting = [pk for pk in dict.fromkeys(assisting) if pk != case.unit_id]
    stand_in_open_step(case)
    put(case, None, "unit", "assisting")
    fact = CaseHandedOver(unit=to.pk, unit_before=unit.pk)
    record(fact, subject=case, actor=by.actor)
