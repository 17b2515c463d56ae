"""The cases that an operation is about."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from gulou.cases import queries as case_queries
from gulou.cases.family import lock_together
from gulou.cases.models import Case
from gulou.joint import facts, states
from gulou.joint.models import Operation, OperationCase
from gulou.kit import clock, rows
from gulou.kit.errors import Invalid
from gulou.outbox.record import record
from gulou.people.models import User

from .ground import moved, put

MOST_CASES = 200


@rows.together()
def add_cases(
    operation: Operation, cases: Collection[Case], *, by: User, seen: int | None = None
) -> Operation:
    """Let the operation be about these cases too."""
    operation = moved(operation, states.CASES, by, seen)
    if not take_up(operation, cases, by):
        raise Invalid("joint.no_case", _("Name at least one case that is not in it yet."), field="cases")  # fmt: skip
    put(operation)
    return operation


@rows.together()
def drop_case(operation: Operation, case: Case, *, by: User, seen: int | None = None) -> Operation:
    """Let the operation be about this case no more."""
    operation = moved(operation, states.DROP_CASE, by, seen)
    gone = OperationCase.objects.filter(operation=operation, case=case).delete()[0]
    if gone:
        locked = lock_together([case.pk])[case.pk]
        put(operation)
        record(facts.JointCaseDropped(case=str(case.uid)), subject=operation, actor=by.actor)
        fact = facts.CaseLetOut(operation=str(operation.uid), number=operation.number)
        record(fact, subject=locked, actor=by.actor)
    return operation


def take_up(operation: Operation, cases: Collection[Case], by: User) -> int:
    """Link cases that the person sees, on their record too; how many were new."""
    known = set(operation.cases.values_list("case_id", flat=True))
    wanted = {case.pk for case in cases} - known
    seen = set(case_queries.cases_seen_by(by).filter(pk__in=wanted).values_list("pk", flat=True))
    if not wanted:
        return 0
    if wanted - seen:
        raise Invalid("joint.case_unknown", _("One of these cases is not yours to see."), field="cases")  # fmt: skip
    if len(known) + len(wanted) > MOST_CASES:
        raise Invalid("joint.too_many_cases", _("At most %(most)d cases in one operation.") % {"most": MOST_CASES}, field="cases")  # fmt: skip
    locked = lock_together(wanted)
    for case in locked.values():
        if case.restricted:
            raise Invalid("joint.case_restricted", _("%(case)s is restricted: several units would read of it.") % {"case": case.number}, field="cases")  # fmt: skip
        link = OperationCase(operation=operation, case=case, added_at=clock.now(), added_by=by)
        rows.add(link)
        fact = facts.CaseTakenUp(operation=str(operation.uid), number=operation.number)
        record(fact, subject=case, actor=by.actor)
    uids = [str(case.uid) for case in locked.values()]
    record(facts.JointCasesAdded(cases=uids), subject=operation, actor=by.actor)
    return len(locked)
