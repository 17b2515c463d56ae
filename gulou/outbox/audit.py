"""Proving the record: every chain unbroken, from its first link to the head on its subject."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Min

from .models import Chained, Event
from .record import digest_of


@dataclass(frozen=True)
class Break:
    """A place where the record does not hold, and why."""

    subject_kind: str
    subject_uid: UUID
    sequence: int
    why: str


@dataclass
class _Chain:
    sequence: int = 0
    digest: str = ""
    broken: bool = False


def audit() -> Iterator[Break]:
    """Every broken chain with its first break. Reads all events once, in the order of chains.

    All of it is read as of one moment, so that what others record meanwhile is no break. Within a
    transaction, that moment is the caller's to keep.
    """
    models = [model for model in apps.get_models() if issubclass(model, Chained)]
    with _one_moment():
        for model in models:
            yield from _audit_kind(model)
        yield from _of_no_kind([model._meta.label_lower for model in models])


@contextmanager
def _one_moment() -> Iterator[None]:
    began = not connection.in_atomic_block
    with transaction.atomic():
        if began:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _of_no_kind(kinds: Collection[str]) -> Iterator[Break]:
    """Chains of subjects that this version knows nothing of: nobody could have written them."""
    strange = Event.objects.exclude(subject_kind__in=kinds).order_by("subject_kind", "subject_uid")
    rows = strange.values_list("subject_kind", "subject_uid").annotate(first=Min("sequence"))
    for kind, uid, first in rows:
        yield Break(kind, uid, first, "there is no such kind of subject")


def _audit_kind(model: type[Chained]) -> Iterator[Break]:
    kind = model._meta.label_lower
    chains: dict[UUID, _Chain] = {}
    events = Event.objects.filter(subject_kind=kind).order_by("subject_uid", "sequence")
    for event in events.iterator(chunk_size=2000):
        chain = chains.setdefault(event.subject_uid, _Chain())
        if chain.broken:
            continue
        why = _what_is_wrong(event, chain)
        if why:
            chain.broken = True
            yield Break(kind, event.subject_uid, event.sequence, why)
        chain.sequence, chain.digest = event.sequence, event.digest
    heads = model._default_manager.values_list("uid", "head_sequence", "head_digest")
    for uid, sequence, digest in heads.iterator(chunk_size=2000):
        chain = chains.pop(uid, _Chain())
        if not chain.broken and (chain.sequence, chain.digest) != (sequence, digest):
            yield Break(kind, uid, chain.sequence, "the chain ends before the head on its subject")
    for uid, chain in chains.items():
        yield Break(kind, uid, chain.sequence, "the subject of this chain is gone")


def _what_is_wrong(event: Event, chain: _Chain) -> str:
    if event.sequence != chain.sequence + 1:
        return "a link is missing before this one"
    if event.previous != chain.digest:
        return "this link does not follow the one before it"
    if event.digest != digest_of(event):
        return "the content of this link was changed"
    return ""
