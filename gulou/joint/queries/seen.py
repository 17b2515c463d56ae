"""Which operations a person sees, and may plan."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from gulou.cases import queries as case_queries
from gulou.cases import states as case_states
from gulou.cases.models import Case
from gulou.joint.models import Operation, Task, TaskPhoto
from gulou.kit.errors import NotFound
from gulou.kit.words import clean
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User
from gulou.photos.models import Photo


def operations_seen_by(user: User) -> QuerySet[Operation]:
    """The operations of the units whose cases the person reads."""
    reach = access.reach_of(user)
    units = reach.unit_ids_where(case_states.READ)
    if not units or not user.is_active:
        return Operation.objects.none()
    if case_queries.sees_every_unit(reach):
        return Operation.objects.all()
    parts = Task.objects.filter(unit_id__in=units).values("operation_id")
    return Operation.objects.filter(Q(lead_id__in=units) | Q(pk__in=parts))


def operation_seen_by(user: User, number: str) -> Operation:
    """The operation with this number. Raises NotFound, also where the user may not know of it."""
    seen = operations_seen_by(user).filter(number=clean(number))
    found = seen.select_related("plan", "result", "planned_by").first()
    if found is None:
        raise NotFound(
            "joint.not_found", _("There is no such operation, or it is not yours to see.")
        )
    return found


def may_plan(user: User) -> bool:
    """Whether the person may plan an operation that some unit leads."""
    return bool(access.unit_ids_where(user, case_states.JOINT))


def leading_units(user: User) -> list[people.UnitRef]:
    """The units in use for which the person may plan one, their own first."""
    refs, own = people.unit_refs(), access.posted_unit_ids(user)
    reached = access.unit_ids_where(user, case_states.JOINT)
    found = [refs[pk] for pk in reached if refs[pk].active]
    return sorted(found, key=lambda unit: (unit.id not in own, unit.code))


def task_photo_seen_by(user: User, uid: UUID) -> Photo:
    """A picture of a part of an operation that the person sees. Raises NotFound."""
    seen = operations_seen_by(user).values("pk")
    found = TaskPhoto.objects.filter(photo__uid=uid, task__operation__in=seen)
    picture = found.select_related("photo").first()
    if picture is None:
        raise NotFound("photo.not_found", _("There is no such picture."))
    return picture.photo


def cases_named(user: User, numbers: Iterable[str]) -> tuple[list[Case], list[str]]:
    """The cases with these numbers that the person sees, and the numbers that lead to none."""
    wanted = list(dict.fromkeys(found for one in numbers if (found := clean(one)[:24])))
    seen = {
        case.number: case for case in case_queries.cases_seen_by(user).filter(number__in=wanted)
    }
    return list(seen.values()), [one for one in wanted if one not in seen]


def case_in(operation: Operation, number: str) -> Case:
    """A case that an operation is about, by its number. Raises NotFound."""
    link = operation.cases.filter(case__number=clean(number)).select_related("case").first()
    if link is None:
        raise NotFound("joint.case_unknown", _("This case is not in the operation."))
    return link.case
