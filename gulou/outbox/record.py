"""Writing a fact: one row, one link in its subject's chain, one delivery owed per reaction
that has anything to do."""

import hashlib
import json
from typing import Any

from django.db import transaction

from gulou.kit import clock, rows, trace
from gulou.kit.facts import Fact

from .models import ALGORITHM, Chained, Delivery, Event
from .table import label, table


@rows.held_back()
def record(fact: Fact, *, subject: Chained, actor: str) -> Event:
    """Write the fact and what is owed to it, and move the subject's head.

    Call it inside the operation's transaction, with the subject's row locked or just created.
    Written with the rest of what the operation changes (kit.rows).
    `actor` is "user:<uid>", "report:<uid>" or "system". Raises RuntimeError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a fact is recorded in the transaction that makes it true")
    event = Event(
        pk=rows.new(Event),
        subject_kind=subject.subject_kind,
        subject_uid=subject.uid,
        sequence=subject.head_sequence + 1,
        name=fact.name,
        payload=dict(vars(fact)),
        actor=actor,
        at=clock.now(),
        previous=subject.head_digest,
    )
    event.digest = digest_of(event)
    subject.head_sequence, subject.head_digest = event.sequence, event.digest
    rows.add(event)
    rows.change(subject, "head_sequence", "head_digest")
    rows.add(
        *(
            Delivery(
                event=event,
                reaction=label(reaction),
                due_at=event.at + fact.settles_after,
                request=trace.request_id(),
            )
            for reaction in table()[type(fact)]
            if reaction.when(fact, subject)
        )
    )
    return event


def withdraw(subject: Chained, sequence: int) -> Event | None:
    """The fact of a locked subject, nothing of which will follow any more.

    None when something has followed already, or is under way. Call it inside a transaction.
    """
    event = Event.objects.get(
        subject_kind=subject.subject_kind, subject_uid=subject.uid, sequence=sequence
    )
    owed = list(Delivery.objects.select_for_update().filter(event=event))
    if any(one.attempts or one.done_at for one in owed):
        return None
    Delivery.objects.filter(pk__in=[one.pk for one in owed]).delete()
    return event


canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
"""JSON of which there is one text only."""


def digest_of(event: Any) -> str:
    """SHA-256 over the content of an event; hex."""
    return hashlib.sha256(content_of(event).encode()).hexdigest()


def content_of(event: Any) -> str:
    """Canonical JSON of an event, or anything that has its columns, and of the digest before it."""
    content: list[Any] = [
        ALGORITHM,
        event.subject_kind,
        str(event.subject_uid),
        event.sequence,
        event.previous,
        event.name,
        event.payload,
        event.actor,
        event.at.isoformat(),
    ]
    return canonical(content)
