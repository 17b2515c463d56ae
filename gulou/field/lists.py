"""The catalogue for phones: in both languages, made once for each change and process."""

import hashlib
import json
from functools import lru_cache
from typing import Any

import msgspec

from gulou.catalogue import queries as catalogue
from gulou.places import queries as places

_REASONS = ("return", "rework")


def listed() -> tuple[str, msgspec.Raw]:
    """The version of the catalogue, and the catalogue as JSON."""
    return _listed(catalogue.token(), places.border_file(public=True).etag)


@lru_cache(maxsize=2)
def _listed(_catalogue: str, _areas: str) -> tuple[str, msgspec.Raw]:
    content = {
        "categories": [
            {
                "id": one.id, "code": one.code, "parent_id": one.parent_id, "name_zh": one.name_zh,
                "name_en": one.name_en, "hint_zh": one.hint_zh, "hint_en": one.hint_en,
                "icon": one.icon, "rank": one.public_rank, "needs_photo": one.needs_photo,
            }
            for group in catalogue.categories_by_class()
            for one in (group[0], *group[1])
        ],
        "reasons": [
            {"id": one.pk, "kind": one.kind, "name_zh": one.name_zh, "name_en": one.name_en}
            for one in catalogue.all_reasons()
            if one.active and one.kind in _REASONS
        ],
        "areas": _areas_drawn(),
        "elsewhere": [
            {
                "code": one.code, "kind": one.kind, "number": one.number, "name_zh": one.name_zh,
                "name_en": one.name_en, "words_zh": one.words_zh, "words_en": one.words_en,
                "keywords": one.keywords,
            }
            for one in catalogue.elsewhere()
        ],
    }  # fmt: skip
    version = hashlib.sha256(msgspec.json.encode(content)).hexdigest()[:16]
    return version, msgspec.Raw(msgspec.json.encode({"version": version, **content}))


def _areas_drawn() -> list[dict[str, Any]]:
    drawn = json.loads(places.border_file(public=True).body)
    return [_area(one["properties"], one["geometry"]) for one in drawn["features"]]


def _area(told: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    rings = shape["coordinates"]
    named = {key: told[key] for key in ("id", "code", "level", "name_zh", "name_en")}
    return {**named, "rings": rings if shape["type"] == "MultiPolygon" else [rings]}
