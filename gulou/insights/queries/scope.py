"""Within what somebody reads findings: their units, and the areas that these look after."""

from dataclasses import dataclass
from hashlib import sha256

from gulou.cases.queries.seen import sees_every_unit
from gulou.cases.states import READ
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User
from gulou.places import queries as places


@dataclass(frozen=True)
class Scope:
    """None is every unit, or every area. `key` is the same for everybody who reads the same units,
    "" for who reads all."""

    reader: User
    units: frozenset[int] | None
    areas: frozenset[int] | None
    key: str

    def holds_unit(self, unit_id: int) -> bool:
        """Whether the unit's numbers are the reader's to see."""
        return self.units is None or unit_id in self.units

    def holds_area(self, area_id: int) -> bool:
        """Whether the area's numbers are."""
        return self.areas is None or area_id in self.areas


def scope_of(reader: User) -> Scope:
    """What the reader's postings reach now."""
    reach = access.reach_of(reader)
    if sees_every_unit(reach):
        return Scope(reader, None, None, "")
    units = reach.unit_ids_where(READ)
    refs, areas = people.unit_refs(), places.area_refs()
    tops = {refs[pk].area_id for pk in units if pk in refs} - {None}
    mine = {pk for pk in areas if _is_below(pk, tops)}
    said = ",".join(map(str, sorted(units)))
    return Scope(reader, units, frozenset(mine), sha256(said.encode()).hexdigest())


def _is_below(area_id: int, tops: set[int | None]) -> bool:
    areas, at = places.area_refs(), area_id
    while at not in tops:
        parent = areas[at].parent_id if at in areas else None
        if parent is None:
            return False
        at = parent
    return True
