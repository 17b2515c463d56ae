"""Named places, and the names of areas, as tables."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gulou.catalogue import operations as catalogue
from gulou.kit.errors import Invalid
from gulou.kit.words import name_of
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User
from gulou.people.verbs import PLACES
from gulou.places import operations, queries
from gulou.places.coordinates import check_system, distance_m, to_wgs84
from gulou.places.models import NamedPlace, System
from gulou.places.operations import SAME_PLACE_M, PlaceDraft
from gulou.places.queries import AreaSeen
from gulou.sheets.columns import CLEAR, Column, Kind, Row, yes
from gulou.sheets.lexicon import Choices, Lexicon
from gulou.sheets.tally import Step, Tally

from .register import Content, Part, Register, Taken

# fmt: off
COLUMNS = (
    Column("name_zh", "名称", "Chinese name", ("name", "中文名称"), needed=True, most=120, width=28, help=gettext_lazy("With the point the row is recognised by it: the same name within 100 m is the same place."), example="榕荫公园"),
    Column("name_en", "英文名称", "English name", most=120, width=24, example="Rongyin Park"),
    Column("kind", "类型", "Kind", most=40, width=14, help=gettext_lazy("In your own words."), example="公园"),
    Column("aliases", "别名", "Other names", most=2000, width=28, help=gettext_lazy("With a semicolon between them."), example="榕园；老公园"),
    Column("lat", "纬度", "Latitude", ("latitude",), needed=True, kind=Kind.DEGREES, width=13, help=gettext_lazy("In degrees."), example="26.0853"),
    Column("lon", "经度", "Longitude", ("lng", "longitude"), needed=True, kind=Kind.DEGREES, width=13, help=gettext_lazy("In degrees."), example="119.2965"),
    Column("system", "坐标系", "Coordinate system", listed=True, width=30, help=gettext_lazy("What the two numbers mean. Empty: WGS84, as from GPS; from a Chinese map it is GCJ-02 or BD-09."), example="WGS84"),
)
AREAS = (
    Column("level", "层级", "Level", needed=True, listed=True, width=12, help=gettext_lazy("With the code the row is recognised by it."), example="街镇"),
    Column("code", "编码", "Code", ("adcode", "代码", "区划代码"), needed=True, kind=Kind.CODE, most=40, width=18, example="350199001"),
    Column("name_zh", "名称", "Chinese name", ("name", "中文名称", "区划名称"), needed=True, most=80, width=28, example="榕荫街道"),
    Column("name_en", "英文名称", "English name", most=80, width=28, example="Rongyin"),
    Column("parent", "上级区域", "Belongs to", told=True, width=28, help=gettext_lazy("For reading only: it follows from the borders."), example="350199 榕城区"),
    Column("population", "常住人口", "People who live there", ("人口", "人口数"), kind=Kind.WHOLE, most=10, width=12, help=gettext_lazy("A whole number; needs its year and source. Empty leaves what is there, a dash says that it is not known."), example="12680"),
    Column("population_year", "人口年份", "Year of the count", kind=Kind.WHOLE, most=4, width=10, example="2020"),
    Column("population_source", "人口来源", "Source of the count", most=120, width=24, example="第七次全国人口普查"),
    Column("retired", "停用", "Retired", kind=Kind.FLAG, listed=True, width=8, help=gettext_lazy("Yes takes it out of use, no puts it back. Nothing may need it any more."), example="否"),
)
# fmt: on
_BETWEEN = str.maketrans("；、|", ";;;")
_COUNTED = ("population", "population_year", "population_source")
_SHOWN = ("name_en", "kind")


def systems() -> Choices:
    """The coordinate systems by their names."""
    also = {"gcj-02": "gcj02", "bd-09": "bd09", "cgcs-2000": "cgcs2000", "wgs-84": "wgs84"}
    return Choices.of(System, also)


def content_of_places(_reader: User) -> list[Content]:
    """Every named place, its point as GPS has it."""
    word = systems().word(System.WGS84)
    return [[
        {
            "name_zh": one.name_zh, "name_en": one.name_en, "kind": one.kind,
            "aliases": "；".join(one.aliases), "lat": str(round(one.lat, 7)),
            "lon": str(round(one.lon, 7)), "system": word,
        }
        for one in NamedPlace.objects.filter(active=True).order_by("name_zh", "pk").iterator(2000)
    ]]  # fmt: skip


def choices_of_places(_reader: User) -> Mapping[str, Sequence[str]]:
    """What is chosen from."""
    return {"system": systems().words()}


def take_places(taken: Taken, by: User | None, tally: Tally, *, system: str = System.WGS84) -> None:
    """Add named places, or change those with the same name within 100 m. `system` is meant where
    a row names none."""
    _allow(by)
    places = _Places(check_system(system))
    for row in taken[0]:
        with tally.row(row) as step:
            places.take(row, step)
    if tally.mistakes:
        return
    done = operations.import_places(
        places.drafts, actor=by.actor if by else "system", file_name=tally.file_name,
        file_digest=tally.sha256,
    )  # fmt: skip
    for step, draft, was in zip(places.steps, places.drafts, done.found, strict=True):
        _tell(step, draft, was)


class _Places:
    """Reads one row after the other; they are taken together."""

    def __init__(self, system: str) -> None:
        self.systems, self.usual = systems(), system
        self.drafts: list[PlaceDraft] = []
        self.steps: list[Step] = []
        self.seen: dict[str, list[tuple[PlaceDraft, int]]] = {}

    def take(self, row: Row, step: Step) -> None:
        step.title = row.need("name_zh")
        try:
            draft = self._draft(row)
        except Invalid as refusal:
            words = f"{step.title}: {refusal.message}"
            raise Invalid(refusal.code, words, field=refusal.field) from refusal
        for other, number in self.seen.setdefault(draft.name_zh, []):
            if distance_m(draft.lat, draft.lon, other.lat, other.lon) <= SAME_PLACE_M:
                words = _("This place stands in the file twice: also in row %(row)s.")
                raise Invalid("table.twice", words % {"row": number}, field="name_zh")
        self.seen[draft.name_zh].append((draft, row.number))
        self.drafts.append(draft)
        self.steps.append(step)

    def _draft(self, row: Row) -> PlaceDraft:
        system = self._system(row)
        given = row.degrees("lat"), row.degrees("lon")
        try:
            lat, lon = to_wgs84(*given, system)
        except Invalid as refusal:
            raise Invalid(refusal.code, refusal.message, field="lat") from refusal
        aliases = (row.given("aliases") or "").translate(_BETWEEN).split(";")
        return operations.checked_place(
            PlaceDraft(
                row["name_zh"], round(lat, 7), round(lon, 7), row.given("name_en") or "",
                row.given("kind") or "", tuple(one.strip() for one in aliases if one.strip()),
                system[:16],
            )
        )  # fmt: skip

    def _system(self, row: Row) -> str:
        if not row["system"]:
            return self.usual
        found = self.systems.get(row["system"])
        try:
            return found or check_system(row["system"])
        except Invalid as refusal:
            raise Invalid(refusal.code, refusal.message, field="system") from refusal


def _tell(step: Step, draft: PlaceDraft, was: PlaceDraft | None) -> None:
    step.added = was is None
    if was is None:
        return
    for name in _SHOWN:
        if getattr(was, name) != getattr(draft, name):
            step.change(name, getattr(was, name), getattr(draft, name))
    if was.aliases != draft.aliases:
        step.change("aliases", "；".join(was.aliases), "；".join(draft.aliases))
    for name in ("lat", "lon"):
        if round(getattr(was, name), 7) != getattr(draft, name):
            step.change(name, round(getattr(was, name), 7), getattr(draft, name))


def content_of_areas(_reader: User) -> list[Content]:
    """Every area, each before those below it."""
    levels, areas = {one.id: one for one in queries.levels()}, queries.all_areas()
    known = {one.id: one for one in areas}
    return [[
        {
            "level": name_of(levels[one.level_id]), "code": one.code, "name_zh": one.name_zh,
            "name_en": one.name_en,
            "parent": _called(known[one.parent_id]) if one.parent_id in known else "",
            "population": _plain(one.population), "population_year": _plain(one.population_year),
            "population_source": one.population_source,
            "retired": "" if one.active else yes(True),
        }
        for one in areas
    ]]  # fmt: skip


def choices_of_areas(_reader: User) -> Mapping[str, Sequence[str]]:
    """What is chosen from."""
    return {
        "level": [name_of(level) for level in queries.levels()],
        "retired": [yes(True), yes(False)],
    }


def take_areas(taken: Taken, by: User | None, tally: Tally) -> None:
    """Rename, retire and bring back areas that are there. Borders come from files of borders."""
    _allow(by)
    areas = _Areas(by)
    for row in taken[0]:
        with tally.row(row) as step:
            areas.take(row, step)
    for row in reversed(taken[0]):
        if not tally.is_wrong(row):
            with tally.row(row) as step:
                areas.retire(row, step)


class _Areas:
    """Takes one row after the other."""

    def __init__(self, by: User | None) -> None:
        self.by, self.actor = by, by.actor if by else "system"
        self.levels = Lexicon(queries.levels())
        self.areas = {(one.level_id, one.code): one for one in queries.all_areas()}
        self.seen: dict[int, int] = {}
        self.retiring: dict[int, int] = {}

    def take(self, row: Row, step: Step) -> None:
        row.need("level")
        level, code = row.find("level", self.levels), row.need("code")
        step.title = row.need("name_zh")
        known = self.areas.get((level.id, code))
        if known is None:
            words = _("There is no such area. New ones come with their borders, on the server.")
            raise Invalid("area.unknown", words, field="code")
        if known.id in self.seen:
            words = _("This stands in the file twice: also in row %(row)s.")
            raise Invalid("table.twice", words % {"row": self.seen[known.id]}, field="code")
        self.seen[known.id] = row.number
        self._describe(known, row, step)
        self._count(known, row, step)
        retired = row.flag("retired")
        if retired is False and not known.active:
            operations.restore_area(known.id, actor=self.actor)
            step.change("retired", yes(True), yes(False))
        if retired and known.active:
            self.retiring[row.number] = known.id

    def retire(self, row: Row, step: Step) -> None:
        area_id = self.retiring.get(row.number)
        if area_id is not None and self.by is not None:
            catalogue.retire_area(area_id, by=self.by)
            step.change("retired", yes(False), yes(True))

    def _describe(self, known: AreaSeen, row: Row, step: Step) -> None:
        told = {"name_zh": row["name_zh"], "name_en": known.name_en}
        if (name_en := row.given("name_en")) is not None:
            told["name_en"] = name_en
        differs = [name for name, text in told.items() if text != getattr(known, name)]
        for name in differs:
            step.change(name, getattr(known, name), told[name])
        if differs:
            operations.describe_area(known.id, **told, actor=self.actor)

    def _count(self, known: AreaSeen, row: Row, step: Step) -> None:
        told: dict[str, int | str | None] = {name: getattr(known, name) for name in _COUNTED}
        for name in _COUNTED:
            if (text := row.given(name)) is not None:
                told[name] = text if name == "population_source" else _number(row, name)
        if told["population"] is None:
            told.update(population_year=None, population_source="")
        differs = [name for name in _COUNTED if told[name] != getattr(known, name)]
        for name in differs:
            step.change(name, _plain(getattr(known, name)), _plain(told[name]))
        if differs:
            operations.count_people(
                known.id, population=told["population"], year=told["population_year"],  # type: ignore[arg-type]  # as _number gives them
                source=str(told["population_source"]), actor=self.actor,
            )  # fmt: skip


def _number(row: Row, name: str) -> int | None:
    return None if row[name] in CLEAR else row.whole(name)


def _plain(value: int | str | None) -> str:
    return "" if value is None else str(value)


def _allow(by: User | None) -> None:
    if by is not None:
        access.require(by, PLACES, unit_id=people.office().id)


def _called(area: AreaSeen) -> str:
    return f"{area.code} {name_of(area)}"


REGISTER = Register(
    code="places",
    label=gettext_lazy("Named places"),
    words=gettext_lazy("Parks, crossings, lanes: what people write when they say where."),
    sign="map-pins",
    verb=PLACES,
    list_view="setup:places",
    parts=(Part("地名", "Named places", COLUMNS),),
    content=content_of_places,
    choices=choices_of_places,
    take=take_places,
    rules=(gettext_lazy("A place that is not in the file stays; files add and change places, they remove none."),),
    at_once=1000,
    most=20_000,
    names={"name": "name_zh", "place": "name_zh"},
)  # fmt: skip
AREAS_REGISTER = Register(
    code="areas",
    label=gettext_lazy("Areas: names and population"),
    words=gettext_lazy("What district, streets, communities and grid cells are called, and how many people live there."),
    sign="map-2",
    verb=PLACES,
    list_view="setup:areas",
    parts=(Part("区域", "Areas", AREAS),),
    content=content_of_areas,
    choices=choices_of_areas,
    take=take_areas,
    rules=(gettext_lazy("Only areas that are there are named anew; an area that is not in the file stays as it is."),),
    names={"area": "code"},
)  # fmt: skip
