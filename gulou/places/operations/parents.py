"""Which coarser area an area belongs to."""

import json

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import MultiPolygon

from gulou.kit.errors import Invalid
from gulou.places import borders
from gulou.places.models import Area, Level

from .drafts import AreaDraft, Summary
from .levels import level_named
from .words import some

# Codes of the statistics office nest from the six digits of a district on.
_SHORTEST_PARENT_CODE = 6


class Parents:
    """Finds the area of a coarser level that an area belongs to."""

    def __init__(self, level: Level, parent_level: str | None) -> None:
        self._optional = parent_level is None and level.overlapping
        self._orphans: list[str] = []
        self._level = self._chosen(level, parent_level)
        areas = Area.objects.filter(level=self._level, active=True) if self._level else []
        self._by_code = {area.code: area for area in areas}
        self._shapes = {
            area.code: shapely.from_geojson(json.dumps(area.border))
            for area in self._by_code.values()
            if area.border
        }
        self._tree = shapely.STRtree(list(self._shapes.values()))

    def of(
        self, area: Area, draft: AreaDraft, shape: MultiPolygon | None, summary: Summary
    ) -> Area | None:
        """As the draft says, else as the codes nest, else the one that holds most of the ground."""
        if self._level is None or not self._by_code:
            return area.parent
        if draft.parent_code:
            told = self._by_code.get(draft.parent_code)
            if told is None:
                self._orphans.append(f"{draft.code} → {draft.parent_code}")
            return told
        nested = self._nesting(draft.code)
        if nested is not None:
            self._note_outside(draft, nested, shape, summary)
            return nested
        if shape is None:
            if area.parent is None:
                self._orphans.append(f"{draft.code} {area.name_zh}")
            return area.parent
        held = self._holding(shape)
        if held is None:
            self._orphans.append(f"{draft.code} {area.name_zh}")
        return held

    def refuse_orphans(self) -> None:
        """Raises Invalid if areas without a parent were met where each must have one."""
        if self._orphans and not self._optional and self._level is not None:
            raise Invalid(
                "area.no_parent",
                _(
                    "%(count)d areas belong to no area of level “%(level)s”: %(areas)s. Is the "
                    "coordinate system right?"
                )
                % {
                    "count": len(self._orphans),
                    "level": self._level.code,
                    "areas": some(self._orphans),
                },
                field="parent",
            )

    @staticmethod
    def _chosen(level: Level, parent_level: str | None) -> Level | None:
        if parent_level == "none":
            return None
        if parent_level is not None:
            chosen = level_named(parent_level)
            if chosen.rank >= level.rank:
                raise Invalid(
                    "area.parent_not_coarser",
                    _("The level of the parents must be coarser than that of the areas."),
                    field="parent_level",
                )
            return chosen
        coarser = Level.objects.filter(rank__lt=level.rank, overlapping=False)
        return coarser.filter(areas__active=True).distinct().order_by("-rank").first()

    def _nesting(self, code: str) -> Area | None:
        for length in range(len(code) - 1, _SHORTEST_PARENT_CODE - 1, -1):
            if code[:length] in self._by_code:
                return self._by_code[code[:length]]
        return None

    def _holding(self, shape: MultiPolygon) -> Area | None:
        codes = list(self._shapes)
        shares = [
            (borders.share_within(shape, self._shapes[codes[n]]), codes[n])
            for n in self._tree.query(shape, predicate="intersects").tolist()
        ]
        share, code = max(shares, default=(0.0, ""))
        return self._by_code[code] if share > 0.5 else None

    def _note_outside(
        self, draft: AreaDraft, parent: Area, shape: MultiPolygon | None, summary: Summary
    ) -> None:
        around = self._shapes.get(parent.code)
        if shape is None or around is None:
            return
        share = borders.share_within(shape, around)
        if share < 0.5:
            summary.notes.append(
                _("Only %(share)d %% of %(area)s lies in %(parent)s, which its code names.")
                % {
                    "share": round(100 * share),
                    "area": f"{draft.code} {draft.name_zh or ''}".strip(),
                    "parent": parent,
                }
            )
