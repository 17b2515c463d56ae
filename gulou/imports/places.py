"""Files of areas becoming ours: GeoJSON, and tables of names, as offices really send them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from django.utils.translation import gettext as _

from gulou.kit.errors import Invalid
from gulou.places.borders import read_geometry
from gulou.places.coordinates import check_system
from gulou.places.operations import AreaDraft
from gulou.sheets.reading import Text, decoded

from .registers import opened

# The true names and codes of Gulou's streets and communities, without borders.
GULOU_AREAS = Path(__file__).parent / "files" / "gulou_areas.csv"

# What columns and properties are called, ours first.
CODE_FIELDS = ("code", "adcode", "id", "编码", "代码", "区划代码")
NAME_FIELDS = ("name_zh", "name", "名称", "区划名称")
NAME_EN_FIELDS = ("name_en", "英文名称")
PARENT_FIELDS = ("parent_code", "parent", "上级编码", "上级代码")
LEVEL_FIELDS = ("level", "层级")
File = Text


@dataclass(frozen=True)
class Fields:
    """What an office calls the properties; "" leaves it to the usual names."""

    code: str = ""
    name: str = ""
    name_en: str = ""
    parent: str = ""


def read_file(path: Path) -> File:
    """A text file in UTF-8 (with or without a mark) or GB18030. Raises Invalid with words."""
    with opened(path) as file:
        return decoded(file.read())


def read_areas(file: File, *, system: str, fields: Fields, only: str = "") -> list[AreaDraft]:
    """The areas of a GeoJSON file. `only` keeps the one with that code. Raises Invalid."""
    try:
        content = json.loads(file.text)
    except ValueError as error:
        raise Invalid(
            "file.not_json", _("The file is not GeoJSON: %(why)s.") % {"why": error}, field="file"
        ) from error
    _check_declared(content, check_system(system))
    drafts = [_area(feature, fields, place) for place, feature in enumerate(_features(content), 1)]
    if only:
        drafts = [draft for draft in drafts if draft.code == only]
    if not drafts:
        raise Invalid("area.none", _("There is no area in this."), field="file")
    return drafts


def _features(content: Any) -> Iterator[Mapping[str, Any]]:
    kind = content.get("type") if isinstance(content, dict) else None
    if kind == "Feature":
        yield content
    elif kind == "FeatureCollection" and isinstance(content.get("features"), list):
        for feature in content["features"]:
            yield feature if isinstance(feature, dict) else {}
    else:
        raise Invalid(
            "file.not_features",
            _("The file is JSON, but holds no GeoJSON features."),
            field="file",
        )


def _check_declared(content: Any, system: str) -> None:
    """A system that the file itself names (an older custom) must be the one declared."""
    crs = content.get("crs") if isinstance(content, dict) else None
    name = crs.get("properties", {}).get("name", "") if isinstance(crs, dict) else ""
    code = str(name).rsplit(":", 1)[-1]
    degrees = {"CRS84", "4326", "4979", "4490", ""}
    if code in degrees and not system.startswith("epsg:"):
        return
    if code and f"epsg:{code}".lower() != system and not (code in degrees and system in _DEGREES):
        raise Invalid(
            "file.other_system",
            _("The file says it is in %(named)s, not in %(system)s.")
            % {"named": name, "system": system},
            field="system",
        )


_DEGREES = {"epsg:4326", "epsg:4490", "epsg:4979"}


def _area(feature: Mapping[str, Any], fields: Fields, place: int) -> AreaDraft:
    raw = feature.get("properties")
    properties: Mapping[str, Any] = raw if isinstance(raw, dict) else {}
    code = _told(properties, fields.code, CODE_FIELDS) or (
        "" if fields.code else _text(feature.get("id"))
    )
    name = _told(properties, fields.name, NAME_FIELDS)
    if not code:
        raise Invalid(
            "area.no_code",
            _("Feature %(place)d (%(name)s) has no code. Name its property; there are: %(there)s.")
            % {"place": place, "name": name or "?", "there": ", ".join(properties) or "–"},
            field="code",
        )
    try:
        geometry = read_geometry(feature.get("geometry"))
    except Invalid as refusal:
        raise Invalid(
            refusal.code, f"{code} {name}: {refusal.message}", field=refusal.field
        ) from refusal
    return AreaDraft(
        code,
        name or None,
        _told(properties, fields.name_en, NAME_EN_FIELDS) or None,
        geometry,
        _told(properties, fields.parent, PARENT_FIELDS) or None
        if fields.parent or "parent_code" in properties
        else None,
    )


def dissolved(drafts: Sequence[AreaDraft], code: str) -> AreaDraft:
    """All these areas as one of this code and name: a district from its streets."""
    shapes = [shapely.make_valid(d.geometry) for d in drafts if d.geometry is not None]
    if not shapes:
        raise Invalid("area.no_border", _("None of these areas has a border."), field="file")
    return AreaDraft(code, code, geometry=shapely.unary_union(shapes))


def _told(row: Mapping[str, Any], chosen: str, usual: Sequence[str]) -> str:
    """The first of the chosen columns, else of the usual ones, that is filled. A 0 is not."""
    if chosen:
        names = chosen.split(",")
        return next((t for name in names if (t := _text(row.get(name))) not in ("", "0")), "")
    return next((text for name in usual if (text := _text(row.get(name)))), "")


def _text(value: Any) -> str:
    """Codes come as numbers too, 350102 and even 350102.0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() if isinstance(value, str | int) else ""
