"""The areas as they are now, kept in this process and read again when they change."""

import shapely
from django.db.models import TextField
from django.db.models.functions import Cast

from gulou.outbox.kept import Kept

from .index import AreaIndex, AreaRef, LevelRows
from .models import Area, Level


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


_kept = Kept("places.areas", _read)
areas = _kept.now
"""The index of all active areas."""
token, changing, touch, forget = _kept.token, _kept.changing, _kept.touch, _kept.forget
