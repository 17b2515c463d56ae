"""The areas as they are now, kept in this process and looked at again when they change.

Every change of areas gives the one revision row a new token. A process asks for the token every
few seconds; the process that made the change asks as soon as it is committed. Inside the
transaction of a change only that thread sees it.
"""

import threading
import time
from dataclasses import dataclass
from uuid import UUID

import shapely
from django.db import connection, transaction
from django.db.models import TextField
from django.db.models.functions import Cast

from .index import AreaIndex, AreaRef, LevelRows
from .models import Area, Level, Revision

CHECK_SECONDS = 3.0


@dataclass(frozen=True)
class _Held:
    token: UUID | None
    index: AreaIndex
    checked: float


class _Mine(threading.local):
    """What this thread has changed and not committed yet."""

    touched = False
    held: _Held | None = None


_mine = _Mine()
_lock = threading.Lock()
_shared: _Held | None = None


def areas() -> AreaIndex:
    """The index of all active areas."""
    return _now().index


def token() -> str:
    """Changes whenever areas change: for ETags and for caches of what follows from areas."""
    return str(_now().token or "none")


def touch() -> None:
    """Areas change in this transaction: lock the revision and give it a new token."""
    Revision.objects.get_or_create(pk=1)
    revision = Revision.objects.select_for_update().get(pk=1)
    revision.token = Revision._meta.get_field("token").get_default()
    revision.save(update_fields=["token"])
    _mine.touched = True
    transaction.on_commit(forget)


def forget() -> None:
    """Look at the areas again at the next question."""
    global _shared
    _shared, _mine.held, _mine.touched = None, None, False


def _now() -> _Held:
    global _shared
    if _mine.touched and connection.in_atomic_block:
        _mine.held = _checked(_mine.held)
        return _mine.held
    if _mine.touched:
        forget()
    held = _shared
    if held is not None and time.monotonic() - held.checked < CHECK_SECONDS:
        return held
    with _lock:
        _shared = _checked(_shared)
        return _shared


def _checked(held: _Held | None) -> _Held:
    """What is held if its token is still right, else the areas read anew."""
    current = Revision.objects.filter(pk=1).values_list("token", flat=True).first()
    if held is not None and held.token == current:
        return _Held(current, held.index, time.monotonic())
    return _Held(current, _read(), time.monotonic())


def _read() -> AreaIndex:
    levels = {level.code: level for level in Level.objects.all()}
    refs: dict[int, AreaRef] = {}
    texts: dict[int, str] = {}
    for area_id, code, level, name_zh, name_en, parent_id, border in (
        Area.objects.filter(active=True)
        .annotate(border_text=Cast("border", TextField()))
        .order_by("level__rank", "code")
        .values_list("id", "code", "level__code", "name_zh", "name_en", "parent_id", "border_text")
    ):
        refs[area_id] = AreaRef(area_id, code, level, name_zh, name_en, parent_id)
        if border:
            texts[area_id] = border
    by_level = {
        code: LevelRows(code, level.rank, level.overlapping, [], [], [])
        for code, level in levels.items()
    }
    for area_id, shape in zip(texts, shapely.from_geojson(list(texts.values())), strict=True):
        rows = by_level[refs[area_id].level]
        rows.ids.append(area_id)
        rows.codes.append(refs[area_id].code)
        rows.borders.append(shape)
    return AreaIndex(refs, {code: level.rank for code, level in levels.items()}, by_level.values())
