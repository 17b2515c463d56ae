"""What a unit has to do with open cases: asked before it is dissolved."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from gulou.cases.models import Case, Step
from gulou.people.queries import Use


def open_cases_of(unit_id: int) -> QuerySet[Case]:
    """The open cases that a unit answers for, assists in, or owes a step of."""
    owed = Step.objects.filter(unit_id=unit_id, ended_at=None, case__ended_at=None)
    return Case.objects.filter(
        Q(unit_id=unit_id) | Q(assisting__contains=[unit_id]) | Q(pk__in=owed.values("case_id")),
        ended_at=None,
    )


def uses_of_unit(unit_id: int) -> list[Use]:
    """That open cases need the unit."""
    count = open_cases_of(unit_id).count()
    if not count:
        return []
    words = _("%(count)s open cases are with this unit. Hand them over to another one first.")
    goes = _("%(count)s open cases, with the parts of them that were handed down")
    return [Use("unit.has_cases", words % {"count": count}, goes % {"count": count})]
