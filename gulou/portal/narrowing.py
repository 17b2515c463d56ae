"""What a public list, its map and its feed are narrowed to, as it stands in their addresses."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from gulou.cases.queries import ReleasedFilters
from gulou.catalogue import queries as catalogue
from gulou.kit import clock
from gulou.kit.words import clean, name_of
from gulou.places import queries as places

MONTHS = 12
MOST_WORDS = 40
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_SQUARE = re.compile(r"(-?\d{1,2}\.\d{1,6}),(-?\d{1,3}\.\d{1,6})")
_NAMES = ("q", "street", "kind", "state", "month", "at")
_CODE = re.compile(r"[\w.-]{1,40}")


@dataclass(frozen=True)
class Choice:
    """One entry of a list to choose from."""

    value: str
    name: str
    on: bool


@dataclass(frozen=True)
class Narrowing:
    """What was asked for. Whatever makes no sense is left out."""

    q: str = ""
    street: str = ""
    kind: str = ""
    state: str = ""
    month: str = ""
    at: str = ""

    @property
    def filters(self) -> ReleasedFilters:
        """The same for the query."""
        since, until = _span(self.month)
        square = _SQUARE.fullmatch(self.at)
        return ReleasedFilters(
            street=self.street, category=self.kind, text=self.q, since=since, until=until,
            done={"done": True, "open": False}.get(self.state),
            square=(float(square[1]), float(square[2])) if square else None,
        )  # fmt: skip

    def query(self, **more: str) -> str:
        """The end of an address that asks for the same ("" for everything), and for `more`."""
        asked = {name: getattr(self, name) for name in _NAMES} | more
        found = {name: value for name, value in asked.items() if value}
        return f"?{urlencode(found)}" if found else ""

    @property
    def choices(self) -> dict[str, Any]:
        """What there is to choose from, for the form."""
        streets = [a for a in places.area_refs().values() if a.level in ("street", "town")]
        months = [_month(n) for n in range(MONTHS)]
        return {
            "streets": [Choice(a.code, name_of(a), a.code == self.street) for a in streets],
            "kinds": [
                (Choice(top.code, name_of(top), top.code == self.kind),
                 [Choice(c.code, name_of(c), c.code == self.kind) for c in below])
                for top, below in catalogue.categories_by_class()
            ],
            "states": [
                Choice("done", _("Put right"), self.state == "done"),
                Choice("open", _("Being worked on"), self.state == "open"),
            ],
            "months": [Choice(m, m, m == self.month) for m in months],
        }  # fmt: skip


def narrowing_in(given: QueryDict) -> Narrowing:
    """What an address asks for."""
    text = {name: clean(given.get(name, "")) for name in _NAMES}
    return Narrowing(
        q=text["q"][:MOST_WORDS],
        street=text["street"] if _CODE.fullmatch(text["street"]) else "",
        kind=text["kind"] if _CODE.fullmatch(text["kind"]) else "",
        state=text["state"] if text["state"] in ("done", "open") else "",
        month=text["month"] if _MONTH.fullmatch(text["month"]) else "",
        at=text["at"] if _SQUARE.fullmatch(text["at"]) else "",
    )


def _month(back: int) -> str:
    today = timezone.localdate(clock.now())
    months = today.year * 12 + today.month - 1 - back
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


def _span(month: str) -> tuple[datetime | None, datetime | None]:
    if not month:
        return None, None
    year, number = (int(part) for part in month.split("-"))
    zone = timezone.get_default_timezone()
    end = (year + 1, 1) if number == 12 else (year, number + 1)
    return datetime(year, number, 1, tzinfo=zone), datetime(*end, 1, tzinfo=zone)
