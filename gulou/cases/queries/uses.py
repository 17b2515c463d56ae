"""How much of the cases hangs on a thing that somebody is about to retire."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q

from gulou.cases.models import Case


@dataclass(frozen=True)
class Uses:
    """How many cases have it: those still open, and all there ever were."""

    open: int
    ever: int


def uses_of_categories(category_ids: Collection[int]) -> Uses:
    """The cases of these categories."""
    return _count(Q(category_id__in=category_ids))


def uses_of_condition(condition_id: int) -> Uses:
    """The cases under this condition."""
    return _count(Q(condition_id=condition_id))


def uses_of_area(area_id: int) -> Uses:
    """The cases that lie in this area, by the columns that a case carries."""
    return _count(
        Q(street_id=area_id) | Q(community_id=area_id) | Q(grid_id=area_id)
        | Q(district_id=area_id)
    )  # fmt: skip


def _count(which: Q) -> Uses:
    told = Case.objects.filter(which).aggregate(
        ever=Count("id"), open=Count("id", filter=Q(ended_at=None))
    )
    return Uses(told["open"], told["ever"])
