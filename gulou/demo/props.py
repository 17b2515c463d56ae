"""What a story needs: a place, a report, a photo, the hour at which it goes on."""

import heapq
import io
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from shapely import Point

from gulou.cases import operations as cases
from gulou.cases.models import Case, ReplyForm, Report, Source
from gulou.cases.operations import AssignedDetails, ContactDetails, Evidence, LetterDetails, Snap
from gulou.catalogue import queries as catalogue
from gulou.catalogue.models import Category, Reason
from gulou.kit import clock
from gulou.people import queries as people
from gulou.people.models import User
from gulou.photos import operations as photos
from gulou.places import queries as places

from . import sights
from .darkroom import Darkroom
from .drawing import Drawing
from .fates import BY_THE_PUBLIC, MANNERS, ORDINARY, Fate, Manner, Spot, Story
from .geography import OUTLINE, PLACES
from .house import House
from .pictures import scenes
from .seasons import ZONE, on_duty, working
from .sights import SIGHTS, Sight


class Props:
    """The house, the chance that a seed gives, and the stories that wait for their turn."""

    def __init__(self, house: House, rng: Random, until: datetime, room: Darkroom) -> None:
        self.house, self.rng, self.until, self.room = house, rng, until, room
        self.categories = {c.code: c for c in Category.objects.filter(code_set__current=True)}
        self.reasons = {(r.kind, r.code): r.pk for r in Reason.objects.order_by("pk")}
        self.haunts = {sight: self._haunts(sight) for sight in SIGHTS}
        self.turns: list[tuple[datetime, int, Story]] = []
        self.told = self.serial = self.letters = 0
        self.dispatcher = house.dispatchers[0]
        self.codes = {unit.id: unit.code for unit in people.unit_refs().values()}
        self.names = {area.id: area.name_zh for area in places.area_refs().values()}

    def _begin(self, start: datetime, story: Story) -> None:
        self.told += 1
        self._go_on(start, self.told, story)

    def _go_on(self, at: datetime, n: int, story: Story) -> None:
        heapq.heappush(self.turns, (at, n, story))

    def _fate(self) -> Fate:
        draw = self.rng.random
        war = draw() < 0.02
        return Fate(
            declined=draw() < 0.08, redirected=draw() < 0.012, doubled=draw() < 0.05,
            joined=self.rng.choice((1, 1, 2, 4)) if draw() < 0.09 else 0,
            returned=self.rng.choice((2, 3)) if war else 0, share=draw(),
            released=draw() < 0.38, objected=draw() < 0.08, rated=draw() < 0.6,
            public_note=draw() < 0.04, asked=draw() < 0.02,
        )  # fmt: skip

    def _manner(self, case: Case) -> Manner:
        return MANNERS.get(self.codes.get(case.unit_id, ""), ORDINARY)

    def _sight(self, brings: frozenset[str]) -> Sight:
        weights = [
            sight.often * (sight.times if brings.intersection(sight.brought_by) else 1)
            for sight in SIGHTS
        ]
        return self.rng.choices(SIGHTS, weights)[0]

    def _haunts(self, sight: Sight) -> list[Spot]:
        """Where this kind of thing comes back again and again."""
        return [self._anywhere(sight) for _ in range(3)]

    def _spot(self, sight: Sight) -> Spot:
        known = self.haunts.get(sight)
        if known and self.rng.random() < 0.22:
            spot = self.rng.choice(known)
            jitter = self.rng.uniform(-0.00006, 0.00006)
            return replace(spot, lat=round(spot.lat + jitter, 6))
        return self._anywhere(sight)

    def _anywhere(self, sight: Sight) -> Spot:
        """A place within some four hundred metres of a place that everybody knows."""
        water = sight.kind == "river"
        named = [p for p in PLACES if "湖" in p[0] or "海公园" in p[0]] if water else PLACES
        zh, _, lat, lon, _, _ = self.rng.choice(named)
        lat, lon = next(self._near(lat, lon, 0.0008 if water else 0.0028))
        address = f"{zh}{'湖岸' if water else self.rng.choice(sights.SIDES)}"
        if sight.kind == "yard":
            address = f"{zh}旁小区{self.rng.randint(1, 28)}号楼"
        return Spot(lat, lon, address, self.rng.randrange(scenes(sight.kind)))

    def _near(self, lat: float, lon: float, spread: float) -> Iterator[tuple[float, float]]:
        while True:
            here = lat + self.rng.gauss(0, spread), lon + self.rng.gauss(0, spread * 1.1)
            if OUTLINE.contains(Point(here[1], here[0])):
                yield round(here[0], 6), round(here[1], 6)

    def _report(
        self, sight: Sight, spot: Spot, source: Source, words: str, *, dim: bool = False
    ) -> Report:
        web = source in BY_THE_PUBLIC
        name = self.rng.choice(sights.REPORTERS) if web or source == Source.HOTLINE else ""
        silent = source == Source.HOTLINE or (web and self.rng.random() < 0.2)
        evidence = Evidence() if silent else self._staged(sight.kind, spot, "before", dim=dim)
        self.serial += 1
        snap = Snap(
            client_id=self._uuid(), category_id=self.categories[sight.category].pk,
            lat=spot.lat, lon=spot.lon, accuracy_m=float(self.rng.randint(5, 40)), words=words,
            address=spot.address, photos=tuple(evidence.photos), draft=evidence.draft,
            snapped_at=clock.now() - timedelta(minutes=2), source=source,
            channel="web" if web else "desk", language="zh-hans",
            contact=ContactDetails(name=name, phone=f"139{self.serial:08d}")
            if name else ContactDetails(),
        )  # fmt: skip
        if web:
            return cases.receive_report(snap)
        clerk = self.house.clerk or self.dispatcher
        by_desk = source in (Source.HOTLINE, Source.ASSIGNED)
        by = clerk if by_desk else self.rng.choice(self.house.inspectors)
        return cases.enter_report(
            snap, by=by, letter=self._letter(source), assigned=self._assigned(source)
        )

    def _letter(self, source: Source) -> LetterDetails | None:
        if source not in (Source.LEADER, Source.ASSIGNED):
            return None
        self.letters += 1
        on = clock.now().astimezone(ZONE).date()
        return LetterDetails(number=f"榕办信〔{on.year}〕{self.letters}号（演示）", dated_on=on)

    def _assigned(self, source: Source) -> AssignedDetails | None:
        if source != Source.ASSIGNED:
            return None
        who, series = self.rng.choice(sights.FROM_ABOVE)
        now = clock.now().astimezone(ZONE)
        due = (now + timedelta(days=self.rng.choice((3, 5, 7)))).replace(hour=17, minute=0)
        return AssignedDetails(
            from_whom=who, number=f"{series}〔{now.year}〕{self.letters}号", received_on=now.date(),
            due_at=due, form=self.rng.choice((ReplyForm.WRITTEN, ReplyForm.SYSTEM)),
        )  # fmt: skip

    def _staged(self, kind: str, spot: Spot, stage: str, *, dim: bool = False) -> Evidence:
        if not kind and stage == "before":
            return Evidence()
        draft = f"demo{self.rng.getrandbits(128):032x}"
        data = self.room.drawn(Drawing(kind, spot.scene % scenes(kind), stage, dim))
        photo = photos.stage_photo(io.BytesIO(data), draft=draft)
        self.room.copy(photo)
        return Evidence(photos=[photo.uid], draft=draft)

    def _uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)

    def _desk(self) -> User:
        clerk = self.house.clerk
        return clerk if clerk is not None and self.rng.random() < 0.6 else self.dispatcher

    def _summary(self, case: Case) -> str:
        """The office's words: the community and the kind, nothing that the reporter wrote."""
        area = self.names.get(case.community_id or case.street_id or 0, "")
        return f"{area}{catalogue.category_ref(case.category_id).name_zh}"

    def _later(self, least: float, most: float) -> datetime:
        """So many minutes from now."""
        return clock.now() + timedelta(minutes=self.rng.uniform(least, most))

    def _duty(self, least: float, most: float) -> datetime:
        """So many minutes from now, when the desk is staffed."""
        return on_duty(self._later(least, most), self.rng)

    def _working(self, least: float, most: float) -> datetime:
        """So many minutes from now, moved into working time where it falls outside."""
        return working(self._later(least, most), self.rng)

    def _effort(self, case: Case, fate: Fate) -> datetime:
        """When the unit is done: mostly well within the limit, sometimes late, as is its way."""
        manner = self._manner(case)
        left = max((case.due_at or clock.now()) - clock.now(), timedelta(minutes=20))
        if fate.share < manner.late:
            return working(clock.now() + left * self.rng.uniform(1.05, 1.9), self.rng)
        at = clock.now() + left * min(0.93, manner.pace * self.rng.uniform(0.4, 1.3))
        by_day = working(at, self.rng)
        # Whoever would be late by waiting for the morning works at night.
        return by_day if case.due_at is None or by_day < case.due_at else at
