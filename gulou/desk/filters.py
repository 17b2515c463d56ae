"""The address of a queue: what it is narrowed to, read from any nonsense and written back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone

from gulou.cases import queries
from gulou.cases.queries import Filters
from gulou.cases.states import State
from gulou.catalogue import queries as catalogue
from gulou.kit.words import clean
from gulou.people import queries as people
from gulou.places import queries as places

SORTS = ("due", "new")
# What narrows the queue; `key`, `at` and `map` only say where one stands in it.
NARROWING = ("unit", "street", "category", "source", "since", "until", "q")
KNOWN = ("state", "all", "late", "objected", *NARROWING, "sort", "map", "key", "at")


@dataclass(frozen=True)
class Asked:
    """What an address asks for. Whatever makes no sense is left out, so no address breaks."""

    values: Mapping[str, str]
    filters: Filters
    sort: str
    key: str
    at: str
    map: bool
    narrowed: bool
    unfolded: bool

    def url(self, **changes: str) -> str:
        """This address with some values changed ("" takes one out); pages begin anew."""
        changed = {**self.values, "key": "", "at": "", **changes}
        kept = {name: changed[name] for name in KNOWN if changed.get(name)}
        return "?" + urlencode(kept)


def asked(query: QueryDict) -> Asked:
    """Read an address. Unknown names, ids and dates are ignored."""
    values = {name: clean(query.get(name, ""))[:200] for name in KNOWN}
    states = [state for state in query.get("state", "").split(",") if state in State.values]
    values["state"] = ",".join(dict.fromkeys(states))
    for name in ("all", "late", "objected", "map"):
        values[name] = "1" if values[name] == "1" else ""
    values["unit"] = _known(values["unit"], people.unit_refs())
    values["street"] = _known(values["street"], places.area_refs())
    values["category"] = _known(values["category"], catalogue.category_refs())
    values["source"] = values["source"] if values["source"] in dict(queries.sources()) else ""
    since, until = _day(values["since"]), _day(values["until"])
    values["since"], values["until"] = _iso(since), _iso(until)
    values["sort"] = values["sort"] if values["sort"] in SORTS else ""
    anything = bool(states or values["all"] or values["late"] or values["objected"])
    return Asked(
        values=values,
        filters=Filters(
            states=tuple(states), open=not anything, late=bool(values["late"]),
            objected=bool(values["objected"]), unit_id=_id(values["unit"]),
            street_id=_id(values["street"]), category_id=_id(values["category"]),
            source=values["source"], text=values["q"], since=_begin(since),
            until=_begin(until + timedelta(days=1)) if until else None,
        ),
        sort=values["sort"] or "new", key=values["key"], at=values["at"],
        map=bool(values["map"]), narrowed=any(values[name] for name in NARROWING),
        unfolded=any(values[name] for name in NARROWING if name != "q"),
    )  # fmt: skip


def _known(text: str, registry: Collection[int]) -> str:
    found = _id(text)
    return str(found) if found is not None and found in registry else ""


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _begin(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
