"""Files of areas and named places becoming ours: GeoJSON and CSV, as offices really send them."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from django.db import transaction
from django.utils.translation import gettext as _

from gulou.kit.errors import Invalid
from gulou.places.borders import read_geometry
from gulou.places.coordinates import check_system, to_wgs84
from gulou.places.operations import (
    AreaDraft,
    PlaceDraft,
    Summary,
    import_areas,
    set_standard_levels,
)

LARGEST_FILE = 200 * 1024 * 1024
# The true names and codes of Gulou's streets and communities, without borders.
GULOU_AREAS = Path(__file__).parent / "files" / "gulou_areas.csv"

# What columns and properties are called, ours first.
CODE_FIELDS = ("code", "adcode", "id", "编码", "代码", "区划代码")
NAME_FIELDS = ("name_zh", "name", "名称", "区划名称")
NAME_EN_FIELDS = ("name_en", "英文名称")
PARENT_FIELDS = ("parent_code", "parent", "上级编码", "上级代码")
LEVEL_FIELDS = ("level", "层级")
LAT_FIELDS = ("lat", "latitude", "纬度")
LON_FIELDS = ("lon", "lng", "longitude", "经度")
KIND_FIELDS = ("kind", "类型")
ALIAS_FIELDS = ("aliases", "别名")
_BETWEEN_ALIASES = str.maketrans("；、|", ";;;")


@dataclass(frozen=True)
class File:
    """The text of a file, its digest, and whether it came in the older Chinese encoding."""

    text: str
    digest: str
    gb18030: bool


@dataclass(frozen=True)
class Fields:
    """What an office calls the properties; "" leaves it to the usual names."""

    code: str = ""
    name: str = ""
    name_en: str = ""
    parent: str = ""


def read_file(path: Path) -> File:
    """A text file in UTF-8 (with or without a mark) or GB18030. Raises Invalid with words."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Invalid("file.too_large", _("Files may have up to 200 MB."), field="file")
        raw = path.read_bytes()
    except OSError as error:
        raise Invalid(
            "file.unreadable",
            _("%(file)s cannot be read: %(why)s.") % {"file": path, "why": error.strerror},
            field="file",
        ) from error
    return decoded(raw)


def decoded(raw: bytes) -> File:
    """The text of these bytes. Raises Invalid if it is neither UTF-8 nor GB18030."""
    digest = hashlib.sha256(raw).hexdigest()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return File(text, digest, encoding == "gb18030")
    raise Invalid(
        "file.encoding",
        _("The file is no text in UTF-8 or GB18030. Save it as UTF-8 and try again."),
        field="file",
    )


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


# CSV -------------------------------------------------------------------------------------------


def import_area_names(file: File, *, actor: str, dry_run: bool = False) -> Summary:
    """Names and codes without borders: columns level, code, name_zh, name_en, parent_code.

    Known areas keep their borders. Levels are taken from coarse to fine. Raises Invalid.
    """
    by_level: dict[str, list[AreaDraft]] = {}
    for _line, row in _rows(file, needed=(LEVEL_FIELDS, CODE_FIELDS, NAME_FIELDS)):
        draft = AreaDraft(
            _told(row, "", CODE_FIELDS),
            _told(row, "", NAME_FIELDS) or None,
            _told(row, "", NAME_EN_FIELDS) or None,
            parent_code=_told(row, "", PARENT_FIELDS) or None,
        )
        by_level.setdefault(_told(row, "", LEVEL_FIELDS), []).append(draft)
    total = Summary()
    with transaction.atomic():
        order = [level.code for level in set_standard_levels(actor=actor)]
        for level in sorted(by_level, key=lambda c: order.index(c) if c in order else len(order)):
            done = import_areas(by_level[level], level=level, actor=actor)
            total.added += done.added
            total.changed += done.changed
            total.same += done.same
        if dry_run:
            transaction.set_rollback(True)
    return total


def read_places(file: File, *, system: str = "wgs84") -> list[PlaceDraft]:
    """The named places of a CSV file: name, lat, lon; also name_en, kind, aliases with ";"."""
    system = check_system(system)
    places: list[PlaceDraft] = []
    for line, row in _rows(file, needed=(NAME_FIELDS, LAT_FIELDS, LON_FIELDS)):
        name = _told(row, "", NAME_FIELDS)
        try:
            given = float(_told(row, "", LAT_FIELDS)), float(_told(row, "", LON_FIELDS))
            lat, lon = to_wgs84(*given, system)
        except (ValueError, Invalid) as error:
            raise Invalid(
                "place.bad_coordinates",
                _("Line %(line)d (%(name)s): latitude and longitude cannot be read.")
                % {"line": line, "name": name},
                field="place",
            ) from error
        aliases = _told(row, "", ALIAS_FIELDS).translate(_BETWEEN_ALIASES).split(";")
        places.append(
            PlaceDraft(
                name,
                round(lat, 7),
                round(lon, 7),
                _told(row, "", NAME_EN_FIELDS),
                _told(row, "", KIND_FIELDS),
                tuple(alias.strip() for alias in aliases if alias.strip()),
                system[:16],
            )
        )
    return places


def _rows(
    file: File, *, needed: Sequence[Sequence[str]]
) -> Iterator[tuple[int, Mapping[str, str | None]]]:
    reader = csv.DictReader(io.StringIO(file.text, newline=""))
    columns = [name.strip() for name in reader.fieldnames or []]
    missing = [names for names in needed if not set(names) & set(columns)]
    if missing:
        raise Invalid(
            "file.missing_column",
            _("The first line must name the columns. Missing: %(missing)s. Found: %(found)s.")
            % {
                "missing": "; ".join("/".join(names) for names in missing),
                "found": ", ".join(columns) or "–",
            },
            field="file",
        )
    reader.fieldnames = columns
    for row in reader:
        if any(row.values()):
            yield reader.line_num, row
