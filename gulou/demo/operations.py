"""Making the demonstration district: all of it in one transaction, or nothing."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from gulou.calendars import queries as calendars
from gulou.calendars.national import load_national
from gulou.calendars.operations import set_year
from gulou.calendars.states import Day
from gulou.cases.operations import compute_figures
from gulou.catalogue import operations as catalogue
from gulou.catalogue.operations.allow import SYSTEM
from gulou.kit import clock
from gulou.kit.errors import Refusal
from gulou.kit.progress import Tell
from gulou.notices import operations as notices
from gulou.openings import operations as openings
from gulou.openings.states import Part
from gulou.outbox.deliver import deliver_past
from gulou.outbox.kept import settled
from gulou.outbox.models import Delivery
from gulou.people import access
from gulou.people import operations as people
from gulou.people.models import Unit, User
from gulou.photos import jobs as photo_jobs
from gulou.photos.covers import change_covers
from gulou.photos.models import Photo, PhotoState
from gulou.places import operations as places
from gulou.places.models import Area

from . import geography
from .darkroom import Darkroom, darkroom
from .desks import furnish_desks
from .geography import Ground
from .house import Founder, House
from .lookbacks import choose_by_category, choose_for_all
from .rules import set_rules
from .stories import CASES, DAYS, LATER, Teller

SEED = 350102


def is_loaded() -> bool:
    """Whether there is anything in this database that a demonstration would get in the way of."""
    return Unit.objects.exists() or Area.objects.exists()


@transaction.atomic
def load_demo(
    *, progress: Tell, cases: int = CASES, until: datetime | None = None, copies: bool = True
) -> None:
    """Make the district in an empty database, telling how far it is.

    The same `until` (aware; by default now, to the minute) makes the same past. Without `copies`
    those of its photos are left to the worker.
    """
    if is_loaded():
        raise Refusal(
            "demo.not_empty",
            _("There are units or areas in this database: the demonstration needs an empty one."),
        )
    until = until or clock.now().replace(second=0, microsecond=0)
    with darkroom(copies=copies) as room:
        room.draw_ahead()
        _tell_the_past(until, cases, room, progress)
        with clock.at(until):
            _settle_the_past(until, room, progress)


def _tell_the_past(until: datetime, cases: int, room: Darkroom, progress: Tell) -> None:
    rng = Random(SEED)  # noqa: S311  a made-up past, not a secret
    founded = until - timedelta(days=DAYS + 60)
    with override("zh-hans"), clock.at(founded):
        streets, communities = _ground(rng, progress)
        people.mark_demonstration()
        progress("分类 catalogue", 0, 0)
        catalogue.load_shipped(by=SYSTEM)
        _calendars(until)
        progress("机构 units and people", 0, 0)
        since = timezone.localdate(founded)
        house = Founder(rng, since).found(streets, communities)
        set_rules(house, since)
        choose_by_category(by=SYSTEM)
        # From here on nobody's posting changes, and no category or rule.
        with settled(), access.one_request(only_looks=True):
            Teller(house, rng, until, room).tell(cases, progress)
    with override("zh-hans"), clock.at(until):
        furnish_desks(house)
        choose_for_all(by=SYSTEM)
        open_to_everybody(house)


def _calendars(until: datetime) -> None:
    """The announced years, and made-up ones for those that a clock may run into before they are."""
    with clock.at(until):
        load_national()
        year = timezone.localdate(until).year
        for missing in (one for one in (year, year + 1) if calendars.year(one) is None):
            days = [Day(date(missing, month, day), False, name) for month, day, name in _MADE_UP]
            set_year(missing, days, by=SYSTEM, edition="演示数据，以国务院办公厅通知为准")


_MADE_UP = ((1, 1, "元旦"), (5, 1, "劳动节"), (5, 2, "劳动节"), (10, 1, "国庆节"), (10, 2, "国庆节"),
            (10, 3, "国庆节"))  # fmt: skip


def _settle_the_past(until: datetime, room: Darkroom, progress: Tell) -> None:
    """Do what the past owes. What is left of it is owed from now on: nothing is late."""
    # What was done at the last moment would have settled a little later.
    while deliver_past(by=until + timedelta(hours=1), but=LATER):
        pass
    notices.settle_past(until=until + timedelta(hours=1))
    owed = Delivery.objects.filter(done_at=None)
    if room.copies_too:
        progress("照片 photos", 0, 0)
        photo_jobs.make_all_renditions(room.copies)
        _look_through()
        photo_jobs.look_at_all()
        owed.update(done_at=until)
    else:
        owed.update(due_at=until)


def _look_through() -> None:
    """A dispatcher has seen each drawing, and there is nobody on any: no detector looks once more."""
    dispatcher = User.objects.get(username="guo")
    kept = Photo.objects.filter(state=PhotoState.KEPT)
    for photo in kept.order_by("sha256", "pk").distinct("sha256"):
        change_covers(photo, by=dispatcher, drawn=(), removed=())


def _ground(rng: Random, progress: Tell) -> tuple[list[Area], list[Area]]:
    progress("地图 areas", 0, 0)
    places.set_standard_levels(actor=SYSTEM)
    streets = geography.streets()
    communities = [
        one
        for street, names in zip(streets, geography.COMMUNITIES, strict=True)
        for one in geography.communities(street, names, rng)
    ]
    cells = [one for community in communities for one in geography.cells(community, rng)]
    for level, grounds in (
        ("district", [geography.district()]), ("street", streets), ("community", communities),
        ("grid", cells),
    ):  # fmt: skip
        _import(level, grounds)
    _count_people()
    for zh, en, lat, lon, kind, aliases in geography.PLACES:
        places.add_named_place(
            zh, name_en=en, lat=lat, lon=lon, kind=kind, aliases=aliases, actor=SYSTEM
        )
    found = Area.objects.select_related("parent")
    return (
        list(found.filter(level__code="street").order_by("code")),
        list(found.filter(level__code="community").order_by("code")),
    )


def _count_people() -> None:
    """Made-up numbers of people, so that quiet places can be told from small ones."""
    rng = Random(SEED)  # noqa: S311  made up, not a secret
    sums: dict[int | None, int] = {}
    rows = Area.objects.filter(level__rank__lte=2).order_by("-level__rank", "code")
    for pk, parent, rank in rows.values_list("pk", "parent", "level__rank"):
        people_there = sums.get(pk, 0) if rank < 2 else 100 * rng.randint(45, 190)
        sums[parent] = sums.get(parent, 0) + people_there
        places.count_people(
            pk, population=people_there, year=2020, source="演示数据", actor=SYSTEM
        )  # fmt: skip


def _import(level: str, grounds: Sequence[Ground]) -> None:
    places.import_areas(
        [
            places.AreaDraft(
                code=g.code, name_zh=g.name_zh, name_en=g.name_en, geometry=g.shape,
                parent_code=g.parent or None,
            )
            for g in grounds
        ],
        level=level, actor=SYSTEM, source=places.AreaSource(system="wgs84", synthetic=True),
    )  # fmt: skip


def open_to_everybody(house: House) -> None:
    """The dispatcher asks and the district's leader approves: every public part is open."""
    leader = User.objects.get(username="gao")
    for part in Part:
        openings.ask_opening(
            part, by=house.dispatchers[0], note="试运行四周，照片与公开说明均已核对"
        )
        openings.approve_opening(
            part, by=leader, note="区文明办主任办公会 2026 年第 12 次会议（演示）"
        )
    compute_figures()
