"""Named places: adding one, importing many."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from gulou.kit import clock
from gulou.kit.errors import Invalid, NotFound, Refusal
from gulou.kit.facts import Fact
from gulou.kit.words import bigrams, clean
from gulou.outbox.record import record
from gulou.places.cells import cell_of
from gulou.places.coordinates import check_system, distance_m, to_wgs84
from gulou.places.facts import (
    Particulars,
    PlaceAdded,
    PlaceChanged,
    PlaceRestored,
    PlaceRetired,
    PlacesImported,
)
from gulou.places.models import NamedPlace, PlaceList, System

from .drafts import PlaceDraft, Summary

FIELDS = ("name_zh", "name_en", "kind", "aliases", "lat", "lon", "source_system")

SAME_PLACE_M = 100.0


@transaction.atomic
def add_named_place(
    name_zh: str,
    *,
    lat: float,
    lon: float,
    actor: str,
    system: str = "wgs84",
    name_en: str = "",
    kind: str = "",
    aliases: Sequence[str] = (),
) -> NamedPlace:
    """Add a place that people name, for address search. Raises Invalid."""
    wgs_lat, wgs_lon = to_wgs84(lat, lon, system)
    draft = PlaceDraft(
        name_zh, wgs_lat, wgs_lon, name_en, kind, tuple(aliases), check_system(system)[:16]
    )
    place = _new_place(checked_place(draft))
    place.cell = cell_of(place.lat, place.lon)
    place.save()
    fact = PlaceAdded(cell=place.cell, source_system=place.source_system)
    record(fact, subject=place, actor=actor)
    return place


@transaction.atomic
def change_place(
    place_id: int, *, name_zh: str, lat: float, lon: float, actor: str, name_en: str = "",
    kind: str = "", aliases: Sequence[str] = (), source_system: str = "",
) -> NamedPlace:  # fmt: skip
    """Call a place otherwise, or put it elsewhere; degrees in WGS84. Raises Invalid, NotFound.

    `source_system`: the one its point once came in, where a change is taken back.
    """
    place = _locked(place_id)
    moved = (lat, lon) != (place.lat, place.lon)
    system = source_system or (System.WGS84 if moved else place.source_system)
    before = _particulars(place)
    _tell_place(
        place, checked_place(PlaceDraft(name_zh, lat, lon, name_en, kind, tuple(aliases), system))
    )
    told = _particulars(place)
    after = {name: value for name, value in told.items() if value != before[name]}
    if after:
        place.cell = cell_of(place.lat, place.lon)
        place.save(update_fields=[*after, "terms", "cell"])
        was = {name: before[name] for name in after}
        record(PlaceChanged(before=was, after=after), subject=place, actor=actor)
    return place


@transaction.atomic
def retire_place(place_id: int, *, actor: str) -> NamedPlace:
    """Let a place be found no longer. Where cases lie does not hang on it."""
    return _switch(place_id, PlaceRetired(), active=False, actor=actor)


@transaction.atomic
def restore_place(place_id: int, *, actor: str) -> NamedPlace:
    """Let a retired place be found again."""
    return _switch(place_id, PlaceRestored(), active=True, actor=actor)


def _switch(place_id: int, fact: Fact, *, active: bool, actor: str) -> NamedPlace:
    place = _locked(place_id)
    if place.active is active:
        raise Refusal("place.already_so", _("This was done already."))
    place.active = active
    place.save(update_fields=["active"])
    record(fact, subject=place, actor=actor)
    return place


def _locked(place_id: int) -> NamedPlace:
    place = NamedPlace.objects.select_for_update().filter(pk=place_id).first()
    if place is None:
        raise NotFound("place.unknown", _("There is no such place."))
    return place


def _particulars(place: NamedPlace) -> Particulars:
    return {name: getattr(place, name) for name in FIELDS}


@transaction.atomic
def import_places(
    drafts: Sequence[PlaceDraft],
    *,
    actor: str,
    file_name: str = "",
    file_digest: str = "",
    dry_run: bool = False,
) -> Summary:
    """Add named places, or change those with the same name within 100 m: all or none.

    Told again, the same drafts change nothing; a retired place stays retired. Raises Invalid, naming the place.
    """
    drafts = [checked_place(draft) for draft in drafts]
    if not drafts:
        raise Invalid("place.none", _("There is no place in this."), field="file")
    summary = Summary()
    known = _places_named({draft.name_zh for draft in drafts})
    new: list[NamedPlace] = []
    changed: list[NamedPlace] = []
    for draft in drafts:
        place = _same_place(draft, known.get(draft.name_zh, []))
        gone = place is not None and not place.active
        summary.found.append(draft if gone else _as_draft(place) if place else None)
        if place is None:
            place = _new_place(draft)
            known.setdefault(draft.name_zh, []).append(place)
            new.append(place)
        elif place.active and not _agrees(place, draft):
            _tell_place(place, draft)
            if place.pk:
                changed.append(place)
        else:
            summary.same += 1
    summary.added, summary.changed = len(new), len({place.pk for place in changed})
    if dry_run or not (new or changed):
        return summary
    for places in (new, changed):
        _set_cells(places)
    NamedPlace.objects.bulk_create(new, batch_size=2000)
    told = ["lat", "lon", "cell", "source_system", "name_en", "kind", "aliases", "terms"]
    NamedPlace.objects.bulk_update(changed, told, batch_size=500)
    listed = PlaceList.objects.create(
        file_name=file_name[:200], file_digest=file_digest, imported_at=clock.now()
    )
    fact = PlacesImported(file_digest=file_digest, added=summary.added, changed=summary.changed)
    record(fact, subject=listed, actor=actor)
    return summary


def checked_place(draft: PlaceDraft) -> PlaceDraft:
    """The same in order. Raises Invalid, naming the place."""
    name_zh, name_en = clean(draft.name_zh), clean(draft.name_en)
    aliases = tuple(alias for alias in map(clean, draft.aliases) if alias)
    if not name_zh or max(map(len, (name_zh, name_en, *aliases))) > 120 or len(draft.kind) > 40:
        raise Invalid(
            "place.bad_name",
            _("A place needs a name; names have up to 120 characters, kinds 40: “%(name)s”.")
            % {"name": name_zh[:120]},
            field="name_zh",
        )
    # Refuses what is not on the globe, with its name.
    try:
        cell_of(draft.lat, draft.lon)
    except Invalid as refusal:
        raise Invalid(refusal.code, f"{name_zh}: {refusal.message}", field="place") from refusal
    return PlaceDraft(
        name_zh, draft.lat, draft.lon, name_en, clean(draft.kind), aliases, draft.source_system
    )


def _new_place(draft: PlaceDraft) -> NamedPlace:
    place = NamedPlace()
    _tell_place(place, draft)
    return place


def _tell_place(place: NamedPlace, draft: PlaceDraft) -> None:
    place.name_zh = draft.name_zh
    place.lat, place.lon, place.source_system = draft.lat, draft.lon, draft.source_system
    place.name_en, place.kind, place.aliases = draft.name_en, draft.kind, list(draft.aliases)
    place.terms = _terms((draft.name_zh, draft.name_en, *draft.aliases))


def _as_draft(place: NamedPlace) -> PlaceDraft:
    return PlaceDraft(
        place.name_zh, place.lat, place.lon, place.name_en, place.kind, tuple(place.aliases),
        place.source_system,
    )  # fmt: skip


def _agrees(place: NamedPlace, draft: PlaceDraft) -> bool:
    """Whether nothing would change. The same point told in another system is the same point."""
    mine = (round(place.lat, 7), round(place.lon, 7), place.name_en, place.kind)
    theirs = (round(draft.lat, 7), round(draft.lon, 7), draft.name_en, draft.kind)
    return mine == theirs and place.aliases == list(draft.aliases)


def _terms(names: Iterable[str]) -> list[str]:
    return sorted({term for name in names for term in bigrams(name)})


def _places_named(names: set[str]) -> dict[str, list[NamedPlace]]:
    known: dict[str, list[NamedPlace]] = {}
    for place in NamedPlace.objects.select_for_update().filter(name_zh__in=names).order_by("pk"):
        known.setdefault(place.name_zh, []).append(place)
    return known


def _same_place(draft: PlaceDraft, places: list[NamedPlace]) -> NamedPlace | None:
    def away(place: NamedPlace) -> float:
        return distance_m(draft.lat, draft.lon, place.lat, place.lon)

    nearest = min(places, key=away, default=None)
    return nearest if nearest is not None and away(nearest) <= SAME_PLACE_M else None


def _set_cells(places: Sequence[NamedPlace]) -> None:
    for place in places:
        place.cell = cell_of(place.lat, place.lon)
