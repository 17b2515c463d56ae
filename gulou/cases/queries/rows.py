"""Cases as rows with names, in the reader's language: what lists are made of."""

from datetime import datetime
from typing import Any

import msgspec
from django.db.models import QuerySet

from gulou.cases.models import Case, Source
from gulou.cases.states import State
from gulou.catalogue import queries as catalogue
from gulou.kit import clock
from gulou.kit.compiled import Compiled
from gulou.kit.words import reads_chinese
from gulou.people import queries as people
from gulou.photos.models import Photo
from gulou.places import queries as places

FIELDS = (
    "id", "number", "state", "source", "category_id", "street_id", "community_id", "address",
    "unit_id", "step_kind", "step_unit_id", "due_at", "opened_at", "changed_at", "ended_at",
    "returns", "reworks", "reports_count", "objected_at", "place_ambiguous", "lat", "lon",
    "cover_id", "version", "suspended_until", "plea", "on_spot",
    "part_due_at", "ordered_until",
)  # fmt: skip
_COVER = FIELDS.index("cover_id")
_STATES = {state.value: state for state in State}


class Row(msgspec.Struct, frozen=True, gc=False):
    """One case in a list. Names are in the reader's language; times are aware."""

    id: int
    number: str
    state: State
    source: str
    category: str
    icon: str
    street: str
    community: str
    address: str
    unit: str
    step_kind: str
    step_unit: str
    due_at: datetime | None
    opened_at: datetime
    changed_at: datetime
    ended_at: datetime | None
    late: bool
    returns: int
    reworks: int
    reports_count: int
    objected: bool
    place_ambiguous: bool
    lat: float
    lon: float
    cover: str
    version: int
    # Whose clock stands still; what was asked about its time; to be rectified within a day.
    suspended_until: datetime | None = None
    plea: str = ""
    # 督办: by when an order on it is to be answered.
    ordered_until: datetime | None = None
    on_spot: bool = False
    # Until when the unit beneath has its part; `due_at` is that of the unit that answers for it.
    part_due_at: datetime | None = None

    @property
    def source_label(self) -> str:
        """Who saw it, in the reader's language."""
        return str(Source(self.source).label)

    @property
    def place(self) -> str:
        """Where it is, as a person says it."""
        return self.address or self.community or self.street


def rows_of(cases: QuerySet[Case]) -> list[Row]:
    """These cases as rows. The caller has made sure that the reader sees them."""
    return rows_from(cases.values_list(*FIELDS))


def rows_from(values: Any) -> list[Row]:
    """Rows with names, from the registries at hand instead of joins."""
    categories = _Names(catalogue.category_refs())
    units, areas = _Names(people.unit_refs()), _Names(places.area_refs())
    now = clock.now()
    found = list(values)
    # Looked up for these rows only; a join would be made for all rows before they are sorted.
    wanted = {row[_COVER] for row in found} - {None}
    covers = {pk: str(uid) for pk, uid in _uids_of(list(wanted))} if wanted else {}
    return [
        Row(
            id=pk, number=number, state=_STATES[state], source=source,
            category=categories[category_id], icon=categories.icon(category_id),
            street=areas[street_id], community=areas[community_id], address=address,
            unit=units[unit_id], step_kind=step_kind, step_unit=units[step_unit_id],
            due_at=due_at, opened_at=opened_at, changed_at=changed_at, ended_at=ended_at,
            late=ended_at is None and due_at is not None and due_at < now, returns=returns,
            reworks=reworks, reports_count=reports_count, objected=objected_at is not None,
            place_ambiguous=place_ambiguous, lat=lat, lon=lon, cover=covers.get(cover_id, ""),
            version=version, suspended_until=suspended_until, plea=plea, on_spot=on_spot,
            ordered_until=ordered_until,
            part_due_at=part_due_at,
        )
        for (
            pk, number, state, source, category_id, street_id, community_id, address, unit_id,
            step_kind, step_unit_id, due_at, opened_at, changed_at, ended_at, returns, reworks,
            reports_count, objected_at, place_ambiguous, lat, lon, cover_id, version,
            suspended_until, plea, on_spot, part_due_at, ordered_until,
        ) in found
    ]  # fmt: skip


@Compiled
def _uids_of(photo_ids: list[int]) -> QuerySet[Any, Any]:
    return Photo.objects.filter(pk__any=photo_ids).values_list("pk", "uid")


class _Names(dict[int | None, str]):
    """Names by id in the reader's language, each looked up once; "" for none."""

    def __init__(self, registry: Any) -> None:
        super().__init__({None: ""})
        self._registry, self._chinese = registry, reads_chinese()

    def __missing__(self, pk: int) -> str:
        one = self._registry.get(pk)
        zh, en = (one.name_zh, one.name_en) if one else ("", "")
        self[pk] = name = zh if self._chinese else en or zh
        return name

    def icon(self, pk: int) -> str:
        """The sign of a category."""
        return str(self._registry[pk].icon) if pk in self._registry else ""
