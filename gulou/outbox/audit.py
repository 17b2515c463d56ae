"""Proving the record: every chain unbroken, from its first link to the head on its subject."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.apps import apps

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
    """Every broken chain with its first break. Reads all events once, in the order of chains."""
    for model in apps.get_models():
        if issubclass(model, Chained):
            yield from _audit_kind(model)


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
