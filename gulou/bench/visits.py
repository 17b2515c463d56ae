"""What is asked of the server: the kinds of request, each through the address people use."""

import base64
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from random import Random
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import aiohttp

from gulou.cases.models import Case
from gulou.cases.states import State
from gulou.catalogue import queries as catalogue
from gulou.people import queries as people
from gulou.people.models import User
from gulou.places import queries as places

from . import pictures
from .browser import Browser
from .cannon import Shots
from .meter import Kind
from .past import HOUSES, ROADS

_WORDS = "路边堆了好几袋垃圾，苍蝇很多"
# As many cases as are looked at, so that no page is read twice in a row.
_SAMPLE = 2000
_REPORTS = 4000


@dataclass(frozen=True)
class Spot:
    """A case to look at, or a place where something is."""

    number: str
    lat: float
    lon: float


@dataclass(frozen=True)
class Move:
    """One move on one case, as its form sends it."""

    number: str
    name: str
    form: dict[str, Any]
    by_crew: bool = False


@dataclass(frozen=True)
class Plan:
    """What there is to ask about, read from the database before the clock runs."""

    spots: Sequence[Spot]
    streets: Sequence[int]
    categories: Sequence[int]
    keys: Sequence[tuple[int, str]]
    """A street, and the key of a page far back in its cases."""
    moves: Sequence[Move]
    count: int
    """How many cases there are."""


def plan(crew: str) -> Plan:
    """Read it. `crew` is the sign-in name of somebody who accepts."""
    rng = Random(2)  # noqa: S311  which case is looked at is no secret
    ids = list(Case.objects.filter(restricted=False).values_list("pk", flat=True))
    chosen = rng.sample(ids, min(_SAMPLE, len(ids)))
    found = Case.objects.filter(pk__in=chosen).values_list("number", "lat", "lon")
    streets = [area.id for area in places.area_refs().values() if area.level == "street"]
    moves = _moves(crew)
    return Plan(
        spots=[Spot(*row) for row in found],
        streets=streets,
        categories=[category.id for category in catalogue.categories_for_public()],
        keys=[(street, _deep_key(street)) for street in streets],
        moves=moves,
        count=len(ids),
    )


def _deep_key(street: int) -> str:
    """The key of a page nine tenths down the street's list; as the page's own link has it."""
    cases = Case.objects.filter(street_id=street).order_by("-opened_at", "-id")
    rows = cases.values_list("opened_at", "id")
    count = rows.count()
    if not count:
        return ""
    at, pk = rows[count * 9 // 10]
    text = json.dumps([False, at.isoformat(), pk])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _moves(crew: str) -> list[Move]:
    """File, dispatch, accept and note, in turn, each on a case of its own."""
    units = [unit.id for unit in people.unit_refs().values() if unit.kind == "department"]

    def waiting(state: State, **more: Any) -> Any:
        return Case.objects.filter(state=state, **more).order_by("pk")

    file = [
        Move(case.number, "file", {"seen": case.version, "category": case.category_id,
             "condition": case.condition_id, "address": case.address})
        for case in waiting(State.RECEIVED, step_kind="intake")
    ]  # fmt: skip
    dispatch = [
        Move(case.number, "dispatch", {"seen": case.version, "unit": units[n % len(units)],
             "condition": case.condition_id, "words": "请尽快处理"})
        for n, case in enumerate(waiting(State.FILED))
    ]  # fmt: skip
    own = User.objects.get(username=crew).postings.values_list("unit_id", flat=True)
    accept = [
        Move(case.number, "accept", {"seen": case.version}, by_crew=True)
        for case in waiting(State.DISPATCHED, unit_id__in=own)
    ]
    note = [
        Move(case.number, "note", {"seen": case.version, "words": "已电话联系"})
        for case in waiting(State.HANDLING)
    ]
    in_turn = chain.from_iterable(zip_longest(file, dispatch, accept, note))
    return [move for move in in_turn if move is not None]


# What is searched for: common and rare words, a place, a number, two words of different fields.
_SEARCHED = ("垃圾", "路灯", "{road}{n}号", "{number}", "盲道 电动车", "小广告 {road}{n}号")


class Visits:
    """The kinds of request, done by a resident, the dispatcher and somebody of a crew."""

    def __init__(self, plan: Plan, resident: Browser, desk: Browser, crew: Browser) -> None:
        self.plan, self.resident, self.desk, self.crew = plan, resident, desk, crew
        self.photo = pictures.photo()
        self.serial = 0

    def looks(self) -> list[Shots]:
        """What only looks, through addresses that people and programs open."""
        plan, page = self.plan, {"Accept": "text/html"}
        own = self.desk.headers
        streets = [f"street={street}" for street in plan.streets]
        deep = [f"street={street}&key={key}" for street, key in plan.keys]
        numbers = [spot.number for spot in plan.spots]
        json_, html = "/api/v1/cases", "/desk/cases/"
        return [
            Shots("list_json", _gets(f"{json_}?open=1&{q}" for q in streets), '"cases":[{', headers=own),
            Shots("list_page", _gets(f"{html}?{q}" for q in streets), "row-title", headers=own | page),
            Shots("list_deep", _gets(f"{html}?all=1&{q}" for q in deep), "row-title", headers=own | page),
            Shots("record_json", _gets(f"{json_}/{n}" for n in numbers), '"story":[{', headers=own),
            Shots("record_page", _gets(f"{html}{n}/" for n in numbers), "case-", headers=own | page),
            Shots("counts", _gets(f"{json_}/counts{q}" for q in ("", *(f"?{q}" for q in streets))),
                  '"open":', headers=own),
            Shots("search", _gets(f"{json_}?q={quote(q)}" for q in self._searched()), '"cases":[',
                  headers=own),
        ]  # fmt: skip

    def changes(self) -> list[Shots]:
        """What changes something, each once."""
        create = [_post("/api/v1/reports", self._report(n), n + 1) for n in range(_REPORTS)]
        moves = []
        for n, move in enumerate(self.plan.moves):
            who = self.crew if move.by_crew else self.desk
            one = _post(f"/api/v1/cases/{move.number}/moves/{move.name}", move.form, n + 1)
            moves.append({**one, "headers": one["headers"] | who.headers})
        return [
            Shots("create", create, '"receipt":', once=True),
            Shots("move", moves, '"state":', once=True),
        ]

    def kinds(self) -> list[Kind]:
        """What takes several requests, one after another; with photos last."""
        return [Kind("map", self.map), Kind("create_photo", self.create_photo)]

    async def export(self) -> bool:
        """Every case there is as CSV, streamed."""
        answer = await self.desk.get("/desk/cases/export.csv?all=1&whole=1", patience=600)
        return answer.status == 200 and answer.body.count(b"\n") > self.plan.count

    def _searched(self) -> list[str]:
        spots = self.plan.spots[:200]
        return [
            one.format(road=ROADS[n % len(ROADS)], n=n % HOUSES + 1, number=spot.number)
            for n, spot in enumerate(spots)
            for one in _SEARCHED
        ]

    def _report(self, n: int) -> dict[str, Any]:
        spot = self._spot(n)
        return {"client_id": str(uuid4()), "category": self._category(n), "lat": spot.lat,
                "lon": spot.lon, "accuracy_m": 15, "words": _WORDS}  # fmt: skip

    async def map(self, n: int) -> bool:
        """What a map of the queue fetches: the borders, and one page of points."""
        borders = await self.desk.get("/desk/map/areas.json")
        points = await self.desk.get(f"/desk/cases/points.json?street={self._street(n)}")
        return (
            borders.status == points.status == 200
            and b"FeatureCollection" in borders.body
            and b"FeatureCollection" in points.body
        )

    async def create_photo(self, n: int) -> bool:
        """One photo of 300 kB staged, and the report that refers to it."""
        draft = secrets.token_urlsafe(32)
        self.serial += 1
        file = aiohttp.FormData(default_to_multipart=True)
        file.add_field("draft", draft)
        file.add_field(
            "file", pictures.another(self.photo, self.serial), filename="snap.jpg",
            content_type="image/jpeg",
        )  # fmt: skip
        staged = await self.resident.post("/api/v1/photos", file, visitor=self.serial)
        if staged.status != 201:
            return False
        report = {**self._report(n), "draft": draft, "photos": [json.loads(staged.body)["uid"]]}
        sent = await self.resident.post("/api/v1/reports", json=report, visitor=self.serial)
        return sent.status == 201

    def _spot(self, n: int) -> Spot:
        return self.plan.spots[n % len(self.plan.spots)]

    def _street(self, n: int) -> int:
        return self.plan.streets[n % len(self.plan.streets)]

    def _category(self, n: int) -> int:
        return self.plan.categories[n % len(self.plan.categories)]


def _gets(paths: Iterable[str]) -> list[dict[str, Any]]:
    return [{"method": "GET", "path": path} for path in paths]


def _post(path: str, content: dict[str, Any], visitor: int) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "X-Forwarded-For": _address(visitor)}
    return {"method": "POST", "path": path, "headers": headers, "body": json.dumps(content)}


def _address(visitor: int) -> str:
    """As a proxy in front would say it: residents do not share one address."""
    return f"10.{visitor >> 16 & 255}.{visitor >> 8 & 255}.{visitor & 255}"
