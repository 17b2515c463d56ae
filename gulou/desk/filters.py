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
from gulou.desk import columns
from gulou.kit.words import clean
from gulou.people import queries as people
from gulou.places import queries as places

# What narrows the queue. `layout` and `cols` say how it looks, `key` and `at` where one stands in it.
NARROWING = ("unit", "street", "category", "source", "since", "until", "q")
CHIPS = ("state", "all", "late", "today", "objected", "asked", "ordered", "mine", "back")
SAVED = (*CHIPS, *NARROWING, "sort", "layout", "cols")
KNOWN = (*SAVED, "view", "key", "at")
LAYOUTS = ("", "list", "map")


@dataclass(frozen=True)
class Asked:
    """What an address asks for. Whatever makes no sense is left out, so no address breaks."""

    values: Mapping[str, str]
    filters: Filters
    sort: str
    key: str
    at: str
    layout: str
    narrowed: bool
    unfolded: bool
    plain: bool

    @property
    def saved(self) -> str:
        """What a saved view keeps of this address."""
        return urlencode({name: self.values[name] for name in SAVED if self.values[name]})

    @property
    def carried(self) -> list[tuple[str, str]]:
        """Names and values for the hidden fields of a form over this list."""
        return [(name, value) for name, value in self.values.items()
                if value and name not in ("key", "at")]  # fmt: skip

    @property
    def list_url(self) -> str:
        """This very list, as a record carries it along."""
        kept = {n: self.values[n] for n in KNOWN if n not in ("key", "at") and self.values[n]}
        return urlencode(kept)

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
    for name in ("all", "late", "today", "objected", "asked", "ordered", "mine", "back"):
        values[name] = "1" if values[name] == "1" else ""
    values["unit"] = _known(values["unit"], people.unit_refs())
    values["street"] = _known(values["street"], places.area_refs())
    values["category"] = _known(values["category"], catalogue.category_refs())
    values["source"] = values["source"] if values["source"] in dict(queries.sources()) else ""
    since, until = _day(values["since"]), _day(values["until"])
    values["since"], values["until"] = _iso(since), _iso(until)
    values["sort"] = ",".join(queries.sorts_of(values["sort"])) if values["sort"] else ""
    values["layout"] = values["layout"] if values["layout"] in LAYOUTS else ""
    values["cols"] = ",".join(columns.known(values["cols"].split(",")))
    values["view"] = values["view"] if _id(values["view"]) is not None else ""
    # What waits or came back is open or has a say in it; every other list says so itself.
    anything = bool(
        states
        or values["all"]
        or values["late"]
        or values["objected"]
        or values["mine"]
        or values["asked"]
        or values["ordered"]
    )
    return Asked(
        values=values,
        filters=Filters(
            states=tuple(states), open=not anything, late=bool(values["late"]),
            today=bool(values["today"]),
            objected=bool(values["objected"]), asked=bool(values["asked"]),
            ordered=bool(values["ordered"]), mine=bool(values["mine"]),
            back=bool(values["back"]), unit_id=_id(values["unit"]),
            street_id=_id(values["street"]), category_id=_id(values["category"]),
            source=values["source"], text=values["q"], since=_begin(since),
            until=_begin(until + timedelta(days=1)) if until else None,
        ),
        sort=values["sort"] or "-opened", key=values["key"], at=values["at"],
        layout=values["layout"], plain=not any(values[name] for name in KNOWN if name != "at"),
        narrowed=any(values[name] for name in NARROWING),
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
