"""What changed since a phone asked last."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec
from django.http import HttpRequest
from django.utils.translation import get_language

from gulou.cases import queries
from gulou.kit import clock

from . import cursor, lists, tasks
from .cursor import Held, digest_of
from .reports import as_mine

if TYPE_CHECKING:
    from gulou.people.models import User

_encode = msgspec.json.encode


def pulled(request: HttpRequest, reader: "User | None", said: str) -> dict[str, Any]:
    """The answer: only what the phone does not have. Residents get the catalogue and no more."""
    # In another language everything reads otherwise.
    who = f"{reader.pk if reader else 0}.{get_language()}"
    held = cursor.read(said, reader=who) if said else None
    before = held or Held(who)
    version, catalogue = lists.listed()
    mine = [as_mine(request, one) for one in queries.reports_sent_by(reader)] if reader else []
    reports = digest_of(_encode(mine))
    now, changed = _changed(tasks.tasks_of(reader) if reader else (), before)
    return {
        "cursor": cursor.written(Held(who, version, reports, now)),
        "whole": held is None, "server_time": clock.now(),
        "catalogue": None if before.catalogue == version else catalogue,
        "tasks": changed, "gone": [task for task in before.tasks if task not in now],
        "reports": None if before.reports == reports else mine,
    }  # fmt: skip


def _changed(
    found: Iterable[dict[str, Any]], before: Held
) -> tuple[dict[str, str], list[msgspec.Raw]]:
    """Digests of all there are, and those that the phone has otherwise or not at all."""
    now, changed = {}, []
    for task in found:
        content = _encode(task)
        now[task["id"]] = digest_of(content)
        if before.tasks.get(task["id"]) != now[task["id"]]:
            changed.append(msgspec.Raw(content))
    return now, changed
