"""Telling a person of staff: the one way. Something for their inbox, and a letter for each channel."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import transaction

from gulou.cases.models import Case
from gulou.kit import clock
from gulou.outbox.table import Envelope
from gulou.people import queries as people
from gulou.people.models import User

from . import by_mail
from .channels import MAIL
from .kinds import WHATS
from .models import Item, Letter
from .planning import letters_for


@transaction.atomic
def tell(
    persons: Collection[str | UUID], what: str, *, after: Envelope, case: UUID | None = None,
    unit_id: int | None = None, path: str = "", given: Mapping[str, str | int] | None = None,
) -> int:  # fmt: skip
    """Tell these people what has happened, once for each fact and person; how many were new.

    Call it from an Effect. `persons` are public ids; who has left, and who did it, is told nothing.
    `what` is a row of `kinds.WHATS`. `case`, or `path` (an address of ours), is where opening it
    leads. `given` fills the words in; no words or contacts of people: these are kept. With
    `unit_id` the mailbox of that unit gets a letter too.
    """
    who = after.actor.removeprefix("user:") if after.actor.startswith("user:") else None
    by = User.objects.filter(uid=who).first() if who else None
    key = f"{after.event_id}:{what}"
    # Not named by the fact: it holds for whoever tells it.
    WHATS[what]
    found = User.objects.filter(uid__in={str(one) for one in persons}, is_active=True)
    users = {one.pk: one for one in found.order_by("pk") if by is None or one.pk != by.pk}
    known = Item.objects.filter(key=key, person_id__in=users).values_list("person_id", flat=True)
    new = [users[pk] for pk in users if pk not in set(known)]
    about = {
        "what": what, "by": by, "path": path, "given": dict(given or {}), "key": key,
        "case_id": Case.objects.values_list("pk", flat=True).get(uid=case) if case else None,
        "at": after.at,
    }  # fmt: skip
    items = Item.objects.bulk_create([Item(person=one, **about) for one in new])
    letters = letters_for(items)
    if unit_id is not None and _has_mailbox(unit_id):
        item, fresh = Item.objects.get_or_create(unit_id=unit_id, key=key, defaults=about)
        letters += [Letter(item=item, channel=MAIL, due_at=clock.now())] if fresh else []
    Letter.objects.bulk_create(letters)
    return len(items)


def _has_mailbox(unit_id: int) -> bool:
    return by_mail.is_open() and bool(people.email_of_unit(unit_id))
