"""Areas: importing them and retiring them."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from shapely.geometry import MultiPolygon

from gulou.kit import clock
from gulou.kit.errors import Invalid, NotFound, Refusal
from gulou.kit.words import clean
from gulou.outbox.record import record
from gulou.places import borders, current
from gulou.places.coordinates import check_system
from gulou.places.facts import (
    AreaCounted,
    AreaDescribed,
    AreaImported,
    AreaRestored,
    AreaRetired,
    Particulars,
)
from gulou.places.models import Area, Level

from .checks import check_alone, check_drafts, check_order, check_overlaps, check_swapped
from .drafts import AreaDraft, AreaSource, Progress, Summary
from .levels import level_named
from .parents import Parents
from .words import middle_in_words

# A border of a kilometre drawn a metre off.
TOLERANCE_M2 = 1000.0
NAME_LENGTH = 80
_GPS = AreaSource()


@transaction.atomic
@current.changing()
def import_areas(
    drafts: Sequence[AreaDraft],
    *,
    level: str,
    actor: str,
    source: AreaSource = _GPS,
    parent_level: str | None = None,
    tolerance_m2: float = TOLERANCE_M2,
    dry_run: bool = False,
    progress: Progress = lambda done, total: None,
) -> Summary:
    """Add areas to a level and change those whose code is known: all of them or none.

    Geometries are polygons with points (x, y) in `source.system`: longitude before latitude,
    easting before northing. `parent_level` is the level to look for parents in ("none": nowhere;
    None: the next coarser one). Two areas may share up to `tolerance_m2` of ground, unless the
    level is an overlapping one. Told again, the same drafts change nothing;
    a feature that comes twice alike is taken once. A dry run writes
    nothing and answers the same. Raises Invalid, naming areas.
    """
    found = level_named(level)
    summary = Summary()
    drafts = _once(drafts, summary)
    check_drafts(drafts, found)
    system = check_system(source.system)
    known = {
        area.code: area
        for area in Area.objects.select_for_update(of=("self",))
        .filter(level=found)
        .select_related("parent")
        .defer("parent__border")
    }
    shapes = _shapes(drafts, system, summary, progress)
    check_swapped(shapes, system)
    check_alone(found, drafts, known)
    if not found.overlapping:
        check_overlaps(drafts, shapes, known, tolerance_m2)
    changed = _told(drafts, shapes, known, source, Parents(found, parent_level), found, summary)
    if shapes:
        summary.notes.insert(0, middle_in_words(list(shapes.values())))
    if dry_run:
        # Nothing was written but the token, and that is taken back.
        transaction.set_rollback(True)
        return summary
    for done, area in enumerate(changed, 1):
        area.save()
        record(_imported(area, source), subject=area, actor=actor)
        progress(done, len(changed))
    return summary


@transaction.atomic
@current.changing()
def retire_area(area: Area, *, actor: str) -> Area:
    """Use an area no longer for new places; what was recorded in it stays. Raises Invalid."""
    area = Area.objects.select_for_update(of=("self",)).select_related("level").get(pk=area.pk)
    if not area.active:
        return area
    if area.children.filter(active=True).exists():
        raise Invalid(
            "area.has_parts",
            _("%(area)s still has areas below it. Retire those first.") % {"area": area},
            field="area",
        )
    area.active = False
    area.save(update_fields=["active"])
    record(AreaRetired(level=area.level.code, code=area.code), subject=area, actor=actor)
    return area


@transaction.atomic
@current.changing()
def describe_area(area_id: int, *, name_zh: str, name_en: str, actor: str) -> Area:
    """Give an area other names; its border comes from files. Raises Invalid, NotFound."""
    area = _locked(area_id)
    told = {"name_zh": clean(name_zh), "name_en": clean(name_en)}
    if not told["name_zh"]:
        raise Invalid("area.needs_name", _("An area needs a name."), field="name_zh")
    for name, words in told.items():
        if len(words) > NAME_LENGTH:
            raise Invalid(
                "area.name_too_long",
                _("At most %(count)s characters fit here.") % {"count": NAME_LENGTH},
                field=name,
            )
    after = {name: words for name, words in told.items() if getattr(area, name) != words}
    if after:
        before = {name: getattr(area, name) for name in after}
        area.name_zh, area.name_en = told["name_zh"], told["name_en"]
        area.save(update_fields=sorted(after))
        record(AreaDescribed(before=before, after=after), subject=area, actor=actor)
    return area


COUNTED = ("population", "population_year", "population_source")
MOST_PEOPLE = 100_000_000


@transaction.atomic
def count_people(
    area_id: int, *, population: int | None, year: int | None, source: str, actor: str
) -> Area:
    """Say how many people live in an area (None: not known), in which year, and who says so.

    A number needs its year and its source. Raises Invalid, NotFound.
    """
    area = _locked(area_id)
    source = clean(source)
    if population is None:
        year, source = None, ""
    elif not 0 <= population <= MOST_PEOPLE:
        raise Invalid("area.people", _("That many people do not live there."), field="population")
    elif year is None or not 1949 <= year <= clock.now().year:
        raise Invalid(
            "area.year", _("Give the year in which that was counted."), field="population_year"
        )
    elif not source or len(source) > 120:
        raise Invalid(
            "area.source", _("Say who says so, in up to 120 characters."), field="population_source"
        )
    told: dict[str, str | int | None] = {
        "population": population, "population_year": year, "population_source": source,
    }  # fmt: skip
    before: Particulars = {n: getattr(area, n) for n in COUNTED if getattr(area, n) != told[n]}
    if before:
        for name, value in told.items():
            setattr(area, name, value)
        area.save(update_fields=COUNTED)
        after: Particulars = {name: told[name] for name in before}
        record(AreaCounted(before=before, after=after), subject=area, actor=actor)
    return area


@transaction.atomic
@current.changing()
def restore_area(area_id: int, *, actor: str) -> Area:
    """Use a retired area again. Raises Refusal where the one above it is retired."""
    area = _locked(area_id)
    if area.active:
        raise Refusal("area.not_retired", _("This area is in use."))
    if area.parent is not None and not area.parent.active:
        raise Refusal("area.parent_retired", _("The area above is retired. Bring it back first."))
    area.active = True
    area.save(update_fields=["active"])
    record(AreaRestored(level=area.level.code, code=area.code), subject=area, actor=actor)
    return area


def _locked(area_id: int) -> Area:
    found = Area.objects.select_for_update(of=("self",)).select_related("level", "parent")
    area = found.filter(pk=area_id).first()
    if area is None:
        raise NotFound("area.unknown", _("There is no such area."))
    return area


def _once(drafts: Sequence[AreaDraft], summary: Summary) -> list[AreaDraft]:
    """Files hold the same feature twice, alike to the last digit: one is enough."""
    kept: dict[str, list[AreaDraft]] = {}
    for draft in drafts:
        alike = kept.setdefault(draft.code, [])
        if draft in alike:
            summary.notes.append(
                _("%(area)s is there twice, alike; it was taken once.")
                % {"area": f"{draft.code} {draft.name_zh or ''}".strip()}
            )
        else:
            alike.append(draft)
    return [draft for alike in kept.values() for draft in alike]


def _shapes(
    drafts: Sequence[AreaDraft], system: str, summary: Summary, progress: Progress
) -> dict[str, MultiPolygon]:
    """The border of every draft that has one: in WGS84, valid, on our grid."""
    shapes: dict[str, MultiPolygon] = {}
    for done, draft in enumerate(drafts, 1):
        if draft.geometry is not None:
            try:
                check_order(draft.geometry, system)
                turned = borders.in_wgs84(draft.geometry, system)
                shapes[draft.code], why = borders.repaired(turned)
            except Invalid as refusal:
                raise Invalid(
                    refusal.code,
                    f"{draft.code} {draft.name_zh or ''}: {refusal.message}",
                    field=refusal.field,
                ) from refusal
            if why:
                summary.repairs.append(
                    _("The border of %(area)s was repaired (%(why)s).")
                    % {"area": f"{draft.code} {draft.name_zh or ''}".strip(), "why": why}
                )
        progress(done, len(drafts))
    return shapes


def _told(
    drafts: Sequence[AreaDraft],
    shapes: dict[str, MultiPolygon],
    known: dict[str, Area],
    source: AreaSource,
    parents: Parents,
    level: Level,
    summary: Summary,
) -> list[Area]:
    """The areas that the drafts add or change, not saved yet; counts them in the summary."""
    changed: list[Area] = []
    for draft in drafts:
        shape = shapes.get(draft.code)
        area = known.get(draft.code) or Area(level=level, code=draft.code)
        before = _state(area) if area.pk else None
        _tell(area, draft, shape, source)
        area.parent = parents.of(area, draft, shape, summary)
        if before == _state(area):
            summary.same += 1
            continue
        summary.added += before is None
        summary.changed += before is not None
        changed.append(area)
    parents.refuse_orphans()
    return changed


def _tell(area: Area, draft: AreaDraft, shape: MultiPolygon | None, source: AreaSource) -> None:
    """Write what the draft says into the area."""
    if draft.name_zh:
        area.name_zh = clean(draft.name_zh)
    if draft.name_en is not None:
        area.name_en = clean(draft.name_en)
    if not area.name_zh:
        raise Invalid(
            "area.no_name",
            _("The new area %(code)s needs a name.") % {"code": draft.code},
            field="name",
        )
    area.active = True
    if shape is not None:
        middle = shape.representative_point()
        area.border = borders.as_geojson(shape)
        area.centre_lat, area.centre_lon = round(middle.y, 7), round(middle.x, 7)
        area.source_system = check_system(source.system)
        area.review_number, area.synthetic = clean(source.review_number), source.synthetic


def _state(area: Area) -> tuple[Any, ...]:
    """What makes an area differ from what it was."""
    return (
        area.name_zh,
        area.name_en,
        area.parent_id if area.parent is None else area.parent.pk,
        area.border,
        area.source_system,
        area.review_number,
        area.synthetic,
        area.active,
    )


def _imported(area: Area, source: AreaSource) -> AreaImported:
    text = json.dumps(area.border, sort_keys=True) if area.border else ""
    return AreaImported(
        level=area.level.code,
        code=area.code,
        parent=area.parent.code if area.parent else "",
        border_digest=hashlib.sha256(text.encode()).hexdigest() if text else "",
        source_system=area.source_system,
        review_number=area.review_number,
        synthetic=area.synthetic,
        file_digest=source.file_digest,
    )
