"""What is asked of the server: the kinds of request, each through the address people use."""

import base64
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from random import Random
from typing import Any
from uuid import UUID

import aiohttp

from gulou.cases.models import Case
from gulou.cases.states import State
from gulou.catalogue import queries as catalogue
from gulou.people import queries as people
from gulou.people.models import User
from gulou.places import queries as places

from . import pictures
from .browser import Answer, Browser
from .meter import Kind

_WORDS = "路边堆了好几袋垃圾，苍蝇很多"
# As many cases as are looked at, so that no page is read twice in a row.
_SAMPLE = 2000
_ROWS = re.compile(rb'href="/desk/cases/([0-9R-]+)/')


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
             "condition": case.condition_id or "", "address": case.address, "summary": "",
             "words": ""})
        for case in waiting(State.RECEIVED, step_kind="intake")
    ]  # fmt: skip
    dispatch = [
        Move(case.number, "dispatch", {"seen": case.version, "unit": units[n % len(units)],
             "condition": case.condition_id or "", "words": "请尽快处理"})
        for n, case in enumerate(waiting(State.FILED))
    ]  # fmt: skip
    own = User.objects.get(username=crew).postings.values_list("unit_id", flat=True)
    accept = [
        Move(case.number, "accept", {"seen": case.version, "words": ""}, by_crew=True)
        for case in waiting(State.DISPATCHED, unit_id__in=own)
    ]
    note = [
        Move(case.number, "note", {"seen": case.version, "words": "已电话联系", "draft": ""})
        for case in waiting(State.HANDLING)
    ]
    in_turn = chain.from_iterable(zip_longest(file, dispatch, accept, note))
    return [move for move in in_turn if move is not None]


class Visits:
    """The kinds of request, done by a resident, the dispatcher and somebody of a crew."""

    def __init__(self, plan: Plan, resident: Browser, desk: Browser, crew: Browser) -> None:
        self.plan, self.resident, self.desk, self.crew = plan, resident, desk, crew
        self.photo = pictures.photo()
        self.serial = 0

    def kinds(self) -> list[Kind]:
        """In the order in which they are measured: first what only looks."""
        return [
            Kind("list_page", self.list_page),
            Kind("list_deep", self.list_deep),
            Kind("record_page", self.record_page),
            Kind("nearby", self.nearby),
            Kind("map", self.map),
            Kind("create", self.create),
            Kind("create_photo", self.create_photo),
            Kind("move", self.move, most=len(self.plan.moves)),
        ]

    async def list_page(self, n: int) -> bool:
        """The open cases of a street: 50 rows, the counts on the chips, the filters."""
        answer = await self.desk.get(f"/desk/cases/?street={self._street(n)}")
        return _is_list(answer)

    async def list_deep(self, n: int) -> bool:
        """All cases of a street, a page nine tenths down."""
        street, key = self.plan.keys[n % len(self.plan.keys)]
        answer = await self.desk.get(f"/desk/cases/?all=1&street={street}&key={key}")
        return _is_list(answer)

    async def record_page(self, n: int) -> bool:
        """The whole record of a case."""
        number = self._spot(n).number
        answer = await self.desk.get(f"/desk/cases/{number}/")
        return answer.status == 200 and number.encode() in answer.body

    async def nearby(self, n: int) -> bool:
        """What the form shows while somebody fills it in: has it been reported already?"""
        spot = self._spot(n)
        form = {"lat": spot.lat, "lon": spot.lon, "category": self._category(n), "words": ""}
        return (await self.resident.post("/report/check/", form)).status == 200

    async def map(self, n: int) -> bool:
        """What a map of the queue fetches: the borders, and one page of points."""
        borders = await self.desk.get("/desk/map/areas.json")
        points = await self.desk.get(f"/desk/cases/points.json?street={self._street(n)}")
        return (
            borders.status == points.status == 200
            and b"FeatureCollection" in borders.body
            and b"FeatureCollection" in points.body
        )

    async def create(self, n: int) -> bool:
        """The report form, sent: it answers with the way to the receipt."""
        return _is_receipt(await self._send(n, secrets.token_urlsafe(32), photos=()))

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
        staged = await self.resident.post("/report/photos/", file, visitor=self.serial)
        if staged.status != 201:
            return False
        uid = str(json.loads(staged.body)["uid"])
        return _is_receipt(await self._send(n, draft, photos=(uid,)))

    async def move(self, n: int) -> bool:
        """One move on one case."""
        move = self.plan.moves[n]
        browser = self.crew if move.by_crew else self.desk
        form = aiohttp.FormData(default_to_multipart=True)
        for name, value in move.form.items():
            form.add_field(name, str(value))
        answer = await browser.post(f"/desk/cases/{move.number}/{move.name}/", form)
        return answer.status == 302 and "done=" in answer.location

    async def _send(self, n: int, draft: str, *, photos: Sequence[str]) -> Answer:
        spot, rng = self._spot(n), Random()  # noqa: S311  only an id that must be new
        self.serial += 1
        form = aiohttp.FormData(default_to_multipart=True)
        fields = [
            ("client_id", str(UUID(int=rng.getrandbits(128), version=4))), ("draft", draft),
            ("lat", f"{spot.lat:.6f}"), ("lon", f"{spot.lon:.6f}"), ("accuracy", "15"),
            ("place_source", "device"), ("category", str(self._category(n))), ("words", _WORDS),
            # Somebody who has seen the hints and sends all the same.
            ("asked", "near"), ("asked", "channels"),
            *(("photo", uid) for uid in photos),
        ]  # fmt: skip
        for name, value in fields:
            form.add_field(name, value)
        return await self.resident.post("/report/", form, visitor=self.serial)

    def _spot(self, n: int) -> Spot:
        return self.plan.spots[n % len(self.plan.spots)]

    def _street(self, n: int) -> int:
        return self.plan.streets[n % len(self.plan.streets)]

    def _category(self, n: int) -> int:
        return self.plan.categories[n % len(self.plan.categories)]


def _is_receipt(answer: Answer) -> bool:
    return answer.status == 302 and "/receipt/" in answer.location


def _is_list(answer: Answer) -> bool:
    return answer.status == 200 and len(set(_ROWS.findall(answer.body))) > 0
