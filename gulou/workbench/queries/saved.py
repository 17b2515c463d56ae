"""The views that a person has at hand, and how they like their queue."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from gulou.kit.compiled import Compiled
from gulou.kit.words import name_of
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User
from gulou.workbench.models import Preference, SavedView


@dataclass(frozen=True)
class View:
    """A saved view as its reader sees it. `shared_with` is "" for one's own that nobody shares."""

    id: int
    name: str
    query: str
    owner: str
    own: bool
    everybody: bool
    unit_id: int | None
    shared_with: str
    first: bool


@dataclass(frozen=True)
class Liking:
    """How a person likes their queue. No columns: as it ships."""

    columns: tuple[str, ...] = ()
    view_id: int | None = None


def liking_of(person: User) -> Liking:
    """How this person likes their queue."""
    row = _liked_by.first(person.pk)
    return Liking(tuple(row[0]), row[1]) if row else Liking()


@Compiled
def _liked_by(person_id: int) -> QuerySet[Any, Any]:
    return Preference.objects.filter(person_id=person_id).values_list("columns", "view_id")


def views_seen_by(person: User, *, first: int | None = None) -> list[View]:
    """One's own views, then those shared with everybody or with a unit one is posted at or below.

    `first` is the view that the person's queue opens with.
    """
    units = people.unit_refs()
    posted = {post.unit_id for post in access.reach_of(person).posts}
    above = {up for pk in posted if pk in units for up in units[pk].ancestor_ids}
    views = [
        View(
            id=view.pk, name=view.name, query=view.query, owner=str(view.owner),
            own=view.owner_id == person.pk, everybody=view.everybody, unit_id=view.unit_id,
            shared_with=name_of(units[view.unit_id]) if view.unit_id and view.unit_id in units else "",
            first=view.pk == first,
        )
        for view in _shown_to(person.pk, sorted(above))
    ]  # fmt: skip
    return sorted(views, key=lambda view: not view.own)


@Compiled
def _shown_to(person_id: int, unit_ids: list[int]) -> QuerySet[SavedView]:
    shown = Q(owner_id=person_id) | Q(everybody=True) | Q(unit_id__any=unit_ids)
    return SavedView.objects.filter(shown).select_related("owner")
