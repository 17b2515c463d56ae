"""The inbox of a person: what they were told, and what of it they have read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gulou.cases import queries as cases
from gulou.kit import clock
from gulou.kit.compiled import Compiled
from gulou.kit.errors import NotFound
from gulou.people.models import User

from . import titles
from .kinds import KINDS, WHATS, Kind, kind_of
from .models import Item

PAGE = 50
KEPT = timedelta(days=180)
"""So long what was told stays; the record of a case stays anyway."""
_AT_ONCE = 2000
MANY = 99
"""More unread ones are not counted."""


@dataclass(frozen=True)
class Told:
    """One thing in the inbox, in words; `where` is what of street, community and unit its title does
    not name. `hidden`: its case is no longer for this person."""

    id: int
    title: str
    where: str
    kind: Kind
    number: str
    at: datetime
    read: bool
    hidden: bool


@dataclass(frozen=True)
class Day:
    """What was told on one day, the newest first."""

    at: datetime
    told: Sequence[Told]


@dataclass(frozen=True)
class Inbox:
    """A page of the inbox. `newest` is the last that the reader can see; `before` leads on."""

    days: Sequence[Day]
    newest: int
    before: int | None


def unread_count(person: User) -> int:
    """How many things the person has not read, up to MANY and one. One question of an index."""
    return len(_unread(person.pk))


def look_at(person: User, case_id: int) -> int:
    """The person looks at a case: what they were told of it is read. How many are unread now."""
    unread = _unread(person.pk)
    if case_id in unread:
        mine = Item.objects.filter(person=person, case_id=case_id, read_at=None)
        mine.update(read_at=clock.now())
        unread = _unread(person.pk)
    return len(unread)


@Compiled
def _unread(person_id: int) -> QuerySet[Any, int | None]:
    mine = Item.objects.filter(person_id=person_id, read_at=None).order_by()
    return mine.values_list("case_id", flat=True)[: MANY + 1]


def inbox_of(
    person: User, *, unread: bool = False, kind: str = "", before: int | None = None
) -> Inbox:
    """What the person was told, by day, newest first."""
    found = Item.objects.filter(person=person).select_related("case", "by").order_by("-id")
    if unread:
        found = found.filter(read_at=None)
    if kind in KINDS:
        found = found.filter(what__in=[code for code, one in WHATS.items() if one.kind == kind])
    if before is not None:
        found = found.filter(pk__lt=before)
    page = list(found[: PAGE + 1])
    shown = page[:PAGE]
    unseen = no_longer_seen(person, shown)
    told = [_told(one, hidden=one.pk in unseen) for one in shown]
    by_day = [list(some) for _day, some in groupby(told, lambda one: timezone.localdate(one.at))]
    return Inbox(
        [Day(some[0].at, some) for some in by_day],
        newest=shown[0].pk if shown else 0, before=shown[-1].pk if len(page) > PAGE else None,
    )  # fmt: skip


def item_of(person: User, item_id: int) -> Item:
    """One of the person's own. Raises NotFound."""
    found = Item.objects.filter(person=person, pk=item_id).select_related("case").first()
    if found is None:
        raise NotFound("inbox.not_found", _("There is no such notice in your inbox."))
    return found


def read_item(person: User, item_id: int) -> str:
    """The person opens it: the address that it leads to. Raises NotFound."""
    item = item_of(person, item_id)
    Item.objects.filter(pk=item.pk, read_at=None).update(read_at=clock.now())
    return titles.path_of(item)


def unread_item(person: User, item_id: int) -> None:
    """The person wants to come back to it. Raises NotFound."""
    Item.objects.filter(pk=item_of(person, item_id).pk).update(read_at=None)


def read_all(person: User, *, until: int) -> int:
    """Everything up to this one was read; what came after the person looked was not."""
    mine = Item.objects.filter(person=person, read_at=None, pk__lte=until)
    return mine.update(read_at=clock.now())


def forget_old() -> int:
    """Remove what was told half a year ago, with its letters; how many."""
    old = Item.objects.filter(at__lt=clock.now() - KEPT).order_by("at")
    pks = list(old.values_list("pk", flat=True)[:_AT_ONCE])
    Item.objects.filter(pk__in=pks).delete()
    return len(pks)


def no_longer_seen(person: User | None, items: Sequence[Item]) -> set[int]:
    """Those of these (of one person, or of a mailbox) whose case is not theirs to see; of a mailbox,
    the restricted ones. What leads elsewhere, to an order of theirs, is so only where the case is
    restricted."""
    of_cases = [(one, one.case) for one in items if one.case is not None]
    asked = [(one, case) for one, case in of_cases if case.restricted or not one.path]
    if person is None:
        return {one.pk for one, case in asked if case.restricted}
    if not asked:
        return set()
    theirs = cases.cases_seen_by(person).filter(pk__in={case.pk for _one, case in asked})
    seen = set(theirs.values_list("pk", flat=True))
    return {one.pk for one, case in asked if case.pk not in seen}


def _told(item: Item, *, hidden: bool) -> Told:
    title = _("A case that is no longer yours to see") if hidden else titles.title(item)
    number = item.case.number if item.case and not hidden else ""
    place = "" if hidden else titles.where(item, title)
    return Told(
        item.pk, title, place, kind_of(item.what), number, item.at, item.read_at is not None, hidden
    )
