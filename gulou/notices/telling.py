"""Telling a person of staff: the one way. Something for their inbox, and a letter for each channel."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from gulou.cases.models import Case
from gulou.kit import clock, rows
from gulou.kit.compiled import Compiled
from gulou.outbox.table import Envelope
from gulou.people import queries as people
from gulou.people.models import User

from . import by_mail
from .channels import MAIL
from .kinds import WHATS
from .models import Item, Letter
from .planning import letters_for


@rows.together()
def tell(
    persons: Collection[str | UUID], what: str, *, after: Envelope, case: UUID | None = None,
    unit_id: int | None = None, path: str = "", given: Mapping[str, str | int] | None = None,
) -> int:  # fmt: skip
    """Tell these people what has happened, once for each fact and person; how many were new.

    Call it from an Effect. `persons` are public ids; who has left, and who did it, is told nothing.
    `what` is a row of `kinds.WHATS`. Opening it leads to `path` (an address of ours), else to
    `case`. `given` fills the words in; no words or contacts of people: these are kept. With
    `unit_id` the mailbox of that unit gets a letter too.
    """
    who = after.actor.removeprefix("user:") if after.actor.startswith("user:") else None
    by = _user.first(UUID(who)) if who else None
    key = f"{after.event_id}:{what}"
    # Not named by the fact: it holds for whoever tells it.
    WHATS[what]
    found = _active([UUID(str(one)) for one in persons])
    users = {one.pk: one for one in found if by is None or one.pk != by.pk}
    known = set(_told(key, list(users)))
    new = [user for pk, user in users.items() if pk not in known]
    about = {
        "what": what, "by": by, "path": path, "given": dict(given or {}), "key": key,
        "case_id": _case(case)[0] if case else None,
        "at": after.at,
    }  # fmt: skip
    rows.draw(*[Item] * len(new))
    items = [Item(pk=rows.new(Item), person=one, **about) for one in new]
    letters = letters_for(items)
    if unit_id is not None and _has_mailbox(unit_id):
        item, fresh = Item.objects.get_or_create(unit_id=unit_id, key=key, defaults=about)
        letters += [Letter(item=item, channel=MAIL, due_at=clock.now())] if fresh else []
    rows.add(*items, *letters)
    return len(items)


@Compiled
def _user(uid: UUID) -> QuerySet[User]:
    return User.objects.filter(uid=uid)


@Compiled
def _active(uids: list[UUID]) -> QuerySet[User]:
    return User.objects.filter(uid__any=uids, is_active=True).order_by("pk")


@Compiled
def _told(key: str, ids: list[int]) -> QuerySet[Any, int]:
    return Item.objects.filter(key=key, person_id__any=ids).values_list("person_id", flat=True)


@Compiled
def _case(uid: UUID) -> QuerySet[Any, int]:
    return Case.objects.filter(uid=uid).values_list("pk", flat=True)


def _has_mailbox(unit_id: int) -> bool:
    return by_mail.is_open() and bool(people.email_of_unit(unit_id))
