"""Saving views of the queue, sharing them, and how a person likes their queue."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gulou.cases import states
from gulou.kit import clock
from gulou.kit.errors import Invalid, NotAllowed, NotFound, Refusal
from gulou.kit.words import clean
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User
from gulou.workbench.models import Preference, SavedView

MOST_VIEWS = 50
MOST_COLUMNS = 12


@transaction.atomic
def save_view(
    *, by: User, name: str, query: str, unit_id: int | None = None, everybody: bool = False
) -> SavedView:
    """Keep a queue under a name; the same name again keeps it anew.

    Shared with a unit and below by who reads cases of that unit, with everybody by who reads
    those of the district office. Raises Invalid, NotAllowed.
    """
    name = clean(name)[:40]
    if not name:
        raise Invalid("view.name_missing", _("Give the view a name."), field="name")
    _allow_sharing(by, unit_id, everybody)
    User.objects.select_for_update().get(pk=by.pk)
    known = SavedView.objects.filter(owner=by)
    if known.count() >= MOST_VIEWS and not known.filter(name=name).exists():
        raise Refusal(
            "view.too_many",
            _("You have %(most)d views. Delete one before you save another.")
            % {"most": MOST_VIEWS},
        )
    view, _new = SavedView.objects.update_or_create(
        owner=by, name=name,
        defaults={"query": query[:1000], "unit_id": None if everybody else unit_id,
                  "everybody": everybody, "changed_at": clock.now()},
    )  # fmt: skip
    return view


@transaction.atomic
def change_view(
    view_id: int, *, by: User, name: str, unit_id: int | None = None, everybody: bool = False
) -> SavedView:
    """Give one's own view another name, or share it otherwise."""
    view = _own(view_id, by)
    name = clean(name)[:40]
    if not name:
        raise Invalid("view.name_missing", _("Give the view a name."), field="name")
    if SavedView.objects.filter(owner=by, name=name).exclude(pk=view.pk).exists():
        raise Invalid("view.name_taken", _("You have a view of this name already."), field="name")
    _allow_sharing(by, unit_id, everybody)
    view.name, view.unit_id, view.everybody = name, None if everybody else unit_id, everybody
    view.changed_at = clock.now()
    view.save(update_fields=["name", "unit", "everybody", "changed_at"])
    return view


@transaction.atomic
def delete_view(view_id: int, *, by: User) -> SavedView:
    """Delete one's own view. Where it was somebody's first view, theirs opens as it ships."""
    view = _own(view_id, by)
    Preference.objects.filter(view=view).update(view=None)
    SavedView.objects.filter(pk=view.pk).delete()
    return view


@transaction.atomic
def open_with(view_id: int | None, *, by: User, seen: Sequence[int]) -> None:
    """Open the queue with this view from now on; with none, as it ships.

    `seen` are the ids of the views that the person sees. Raises NotFound for another.
    """
    if view_id is not None and view_id not in seen:
        raise _no_view()
    Preference.objects.update_or_create(person=by, defaults={"view_id": view_id})


@transaction.atomic
def choose_columns(columns: Sequence[str], *, by: User) -> None:
    """The columns of one's own queue, in this order; none of them: as it ships."""
    kept = list(dict.fromkeys(columns))[:MOST_COLUMNS]
    Preference.objects.update_or_create(person=by, defaults={"columns": kept})


def _own(view_id: int, by: User) -> SavedView:
    view = SavedView.objects.select_for_update().filter(pk=view_id).first()
    if view is None:
        raise _no_view()
    if view.owner_id != by.pk:
        raise NotAllowed("view.of_another", _("Only its owner may change a view. Save your own."))
    return view


def _no_view() -> NotFound:
    return NotFound("view.not_found", _("There is no such view, or it is not shared with you."))


def _allow_sharing(by: User, unit_id: int | None, everybody: bool) -> None:
    reached = access.unit_ids_where(by, states.READ)
    wanted = people.office().id if everybody else unit_id
    may = wanted is None or wanted in reached
    if not may:
        raise NotAllowed("view.sharing", _("You may share a view with units whose cases you read."))
