"""A made-up past of any size, loaded by COPY: cases, reports, steps, words, notes and their facts.

It leaves the tables as the operations would have: heads and digests are right, so that the audit
holds, ids and numbers go on behind what was there. Photos are those of the demonstration, used
again. The deliveries of these facts are left out: they would all be done.

What differs from case to case is drawn for many cases at once, by column (numpy); the kinds of life
(lives.py) are then filled with it. Indexes are built at the end.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from django.db import connection, models, transaction
from django.utils import timezone

from gulou.cases import draws, search, tallies
from gulou.cases.models import Case, Findable
from gulou.cases.states import State
from gulou.kit import clock
from gulou.kit.facts import salted_digest
from gulou.kit.progress import Tell
from gulou.places import queries as places
from gulou.places.cells import cells_of
from gulou.places.models import Area

from .lives import TABLES, House, Life

BATCH = 5_000
DAYS = 730
SAID = (
    "路边堆了好几袋垃圾，苍蝇很多", "果皮箱满了，垃圾掉一地", "电动车乱停，盲道被占了",
    "人行道砖破了，老人容易绊倒", "路灯不亮了，小巷很暗", "墙上又有新的小广告",
)  # fmt: skip
DONE = ("已清运并冲洗地面", "已修补并恢复原状", "车辆已扶正入线")
# One road in each street of the district.
ROADS = (
    "榕楼路",
    "柳桥路",
    "兰溪巷",
    "石鼓街",
    "东湾路",
    "竹屿路",
    "云台巷",
    "鹤林街",
    "梅坞路",
    "沙堤街",
)
HOUSES = 998
_ADDRESSES = tuple(f"{road}{n}号" for road in ROADS for n in range(1, HOUSES + 1))
# How ended and open cases are divided, in a hundred.
_ENDED = {State.CLOSED: 88, State.DECLINED: 10, State.REDIRECTED: 2}
_OPEN = {
    State.RECEIVED: 25, State.FILED: 20, State.DISPATCHED: 20, State.HANDLING: 25, State.HANDLED: 10,
}  # fmt: skip
_STATES = (*_ENDED, *_OPEN)
_LIMITS = (4, 12, 48, 72, 168)
"""Hours that a step may take."""
_PICTURED = 0.6
_TURNED_AWAY = [State.DECLINED, State.REDIRECTED]
_MOVES = 5
"""The most moves that a life has, each some hours after the one before it."""
_SERIALS = {"number": ("gulou_case_serial", ""), "receipt": ("gulou_report_serial", "R")}

Ints: TypeAlias = npt.NDArray[np.int64]
Columns: TypeAlias = dict[str, Sequence[object]]


def open_of(count: int) -> int:
    """How many of so many cases are open: what an office has on its hands, not a share of all."""
    return min(count * 6 // 10, max(1500, count // 25))


@transaction.atomic
def load_past(count: int, *, progress: Tell, until: datetime | None = None) -> None:
    """Load so many cases into a founded district, more of them when called again. Needs the rights
    of the database's superuser, and the database for itself."""
    told = _Teller(count, until or clock.now())
    with connection.cursor() as cursor:
        # What is loaded refers rightly by its making; `dangling` proves it.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
    with _indexes_afterwards(progress), ThreadPoolExecutor(1) as beside:
        # The next cases are filled in while PostgreSQL takes in those before them.
        ready: Future[_Lines] | None = None
        for begin in range(0, count, BATCH):
            values, lives = told.draw(begin, min(begin + BATCH, count))
            following = beside.submit(told.fill, values, lives)
            if ready:
                _copy(told, ready.result())
            ready = following
            progress("过去 made-up cases", min(begin + BATCH, count), count)
        if ready:
            _copy(told, ready.result())
    told.close()
    tallies.rebuild()


def dangling() -> list[str]:
    """The foreign keys of the loaded tables that lead nowhere, as "table.column"."""
    found = []
    with connection.cursor() as cursor:
        for model in TABLES:
            for key in (f for f in model._meta.local_fields if isinstance(f, models.ForeignKey)):
                target = key.related_model._meta.db_table
                cursor.execute(
                    f'SELECT EXISTS (SELECT FROM "{model._meta.db_table}" a WHERE a."{key.column}" '  # noqa: S608  names are the models'
                    f'IS NOT NULL AND NOT EXISTS (SELECT FROM "{target}" b '
                    f'WHERE b."{key.target_field.column}" = a."{key.column}"))'
                )
                if cursor.fetchone()[0]:
                    found.append(f"{model._meta.db_table}.{key.column}")
    return found


_Lines: TypeAlias = dict[type[models.Model], list[str]]


@contextmanager
def _indexes_afterwards(progress: Tell) -> Iterator[None]:
    """No index of the loaded tables is kept up meanwhile; all are built anew at the end, where a
    unique one finds what is twice. An error rolls all of it back."""
    names = [model._meta.db_table for model in TABLES]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pg_index SET indisready = false WHERE indrelid = ANY(%s::regclass[])", [names]
        )
        yield
        for done, name in enumerate(names):
            progress("索引 indexes of tables", done, len(names))
            cursor.execute(f'REINDEX TABLE "{name}"')
        progress("索引 indexes of tables", len(names), len(names))


def _copy(told: "_Teller", lines: _Lines) -> None:
    with connection.cursor() as cursor:
        for model, rows in lines.items():
            columns = ", ".join(f'"{name}"' for name in told.columns[model])
            with cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as copy:
                copy.write("".join(rows))


class _Teller:
    """Draws what happened to many cases at once, and writes it down."""

    def __init__(self, count: int, until: datetime) -> None:
        self.house, self.count = House(), count
        self.until = int(until.timestamp())
        self.next = {model: _next_id(model) for model in TABLES}
        # Another past on top of an earlier one has ids of its own.
        self.rng = np.random.default_rng([1, self.next[Case]])
        self.serials = {name: _drawn(sequence) for name, (sequence, _) in _SERIALS.items()}
        self.middles = np.array(
            Area.objects.filter(level__code="community").values_list("centre_lon", "centre_lat")
        )
        self.lives = [
            Life(self.house, state, pictured=pictured and bool(self.house.pictures))
            for state in _STATES for pictured in (False, True)
        ]  # fmt: skip
        self.columns = {
            model: list(life.rows[model][0])
            for life in self.lives for model in TABLES if life.rows[model]
        }  # fmt: skip
        self.rows_of = {
            model: np.array([len(life.rows[model]) for life in self.lives]) for model in TABLES
        }
        streets = Area.objects.filter(level__code="street").order_by("code")
        self.roads: dict[object, int] = {
            pk: n % len(ROADS) for n, pk in enumerate(streets.values_list("pk", flat=True))
        }
        self.forms: list[Any] = []
        self.found_by = [_terms(SAID), _terms(_ADDRESSES), _terms(DONE)]
        self.states = self._states()

    def draw(self, begin: int, end: int) -> tuple[Columns, Ints]:
        """The values of the cases from `begin` to `end`, in the order of time; the life of each."""
        states = self.states[begin:end]
        count = end - begin
        pictured = (self.rng.random(count) < _PICTURED) & bool(self.house.pictures)
        lives = states * 2 + pictured
        at = self._opened(np.arange(begin, end))
        values = self._ids(lives) | self._times(states, at) | self._places(count)
        values |= self._category_and_unit(count, values["community"])
        values |= self._words(count, values["street"])
        values |= self._names(count, at, values)
        return values, lives

    def fill(self, values: Columns, lives: Ints) -> _Lines:
        """The lines to copy. Asks no database: it runs beside what does."""
        if not self.forms:
            at = {name: n for n, name in enumerate(values)}
            self.forms = [life.compiled(at) for life in self.lives]
        lines: _Lines = defaultdict(list)
        for row, life in zip(zip(*values.values(), strict=True), lives.tolist(), strict=True):
            hashed, copied = self.forms[life]
            case = list(row)
            for one in hashed:
                case.append(hashlib.sha256(one.filled(case).encode()).hexdigest())
            for model, form in copied:
                lines[model].append(form.filled(case))
        return lines

    def close(self) -> None:
        """Let ids and numbers go on behind all of these."""
        with connection.cursor() as cursor:
            for model, pk in self.next.items():
                if model is not Findable:
                    cursor.execute(
                        "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s, false)",
                        [model._meta.db_table, pk],
                    )
            for name, (sequence, _) in _SERIALS.items():
                cursor.execute("SELECT setval(%s, %s)", [sequence, self.serials[name]])

    def _states(self) -> Ints:
        """In the order of time: what ended, and after it what is open."""
        still = open_of(self.count)
        drawn = [
            self.rng.choice(len(shares), size=size, p=np.array(list(shares.values())) / 100)
            for shares, size in ((_ENDED, self.count - still), (_OPEN, still))
        ]
        return np.concatenate([drawn[0], drawn[1] + len(_ENDED)])

    def _opened(self, places: Ints) -> Ints:
        """When each came in, in seconds of 1970: the ended ones over two years, the open ones in
        the last ten days."""
        still = open_of(self.count)
        ended = self.count - still
        far, near, hour = (int(timedelta(days=n).total_seconds()) for n in (DAYS, 10, 1 / 24))
        early = self.until - far + (far - near) * places // max(ended, 1)
        late = self.until - near + (near - hour) * (places - ended) // max(still, 1)
        return np.where(places < ended, early, late)

    def _ids(self, lives: Ints) -> Columns:
        """Ids without a gap for the rows of each life: `step0`, `step1`, …"""
        values: Columns = {}
        for model, each in self.rows_of.items():
            if model is Findable:
                continue
            counts = each[lives]
            first = self.next[model] + np.cumsum(counts) - counts
            self.next[model] += int(counts.sum())
            for n in range(each.max()):
                values[f"{model._meta.model_name}{n}"] = (first + n).tolist()
        return values

    def _times(self, states: Ints, at: Ints) -> Columns:
        """`at0` and the times of up to five moves after it, never after now; when each step after
        them is due."""
        values: Columns = {}
        turned_away = np.isin(states, [_STATES.index(one) for one in _TURNED_AWAY])
        most = np.where(turned_away, 3, 8)
        for n in range(_MOVES + 1):
            limits = self.rng.choice(_LIMITS, len(at))
            values[f"at{n}"], values[f"due{n}"] = _moments(at), _moments(at + 3600 * limits)
            values[f"limit{n}"] = limits.tolist()
            left = (self.until - at) / 3600
            hours = np.where(left > most * 6, self.rng.uniform(0.2, most), left / 6)
            at = at + np.floor(hours * 3600).astype(np.int64)
        return values

    def _places(self, count: int) -> Columns:
        """Places around the middles of communities, all inside the district."""
        points = np.empty((0, 2))
        while len(points) < count:
            chosen = self.middles[self.rng.integers(0, len(self.middles), count + 100)]
            more = chosen + self.rng.normal(0, 0.0025, chosen.shape)
            inside = places.locate_many(more, level="district") >= 0
            points = np.vstack([points, more[inside]])
        points = points[:count].round(6)
        values: Columns = {
            "lon": points[:, 0].tolist(), "lat": points[:, 1].tolist(),
            "cell": cells_of(points[:, 1], points[:, 0]).tolist(),
        }  # fmt: skip
        for level in ("street", "community", "grid"):
            ids = places.locate_many(points, level=level).tolist()
            values[level] = [pk if pk >= 0 else _NULL for pk in ids]
        return values

    def _category_and_unit(self, count: int, communities: Sequence[object]) -> Columns:
        """What it is, who handles it, and who checks that it was done."""
        house, rng = self.house, self.rng
        chosen = [house.categories[n] for n in rng.integers(0, len(house.categories), count)]
        conditions = [pk for _, pk in chosen]
        far = [house.departments[one.id % len(house.departments)] for one, _ in chosen]
        near = (rng.random(count) < 0.5).tolist()
        units = [
            house.unit_of.get(area, distant) if close and isinstance(area, int) else distant
            for area, distant, close in zip(communities, far, near, strict=True)
        ]
        teams = [house.teams[n] for n in rng.integers(0, len(house.teams), count)]
        checkers = [house.worker[unit][1].removeprefix("user:") for unit in teams]
        return {
            "category": [one.id for one, _ in chosen],
            "code_set": [one.code_set_id for one, _ in chosen],
            "condition": [_NULL if pk is None else pk for pk in conditions],
            "condition_or_null": ["null" if pk is None else pk for pk in conditions],
            "unit": units, "team": teams,
            "worker": [house.worker[unit][0] for unit in units],
            "worker_actor": [house.worker[unit][1] for unit in units],
            "checker": [house.worker[unit][0] for unit in teams],
            "checker_uid": checkers, "checker_digest": [draws.digest_of([uid]) for uid in checkers],
            "checker_actor": [house.worker[unit][1] for unit in teams],
        }  # fmt: skip

    def _words(self, count: int, streets: Sequence[object]) -> Columns:
        """What was said where, with salts and digests; the terms by which it is found."""
        roads = np.array([self.roads.get(street, 0) for street in streets]) * HOUSES
        drawn = [
            self.rng.integers(0, len(SAID), count), roads + self.rng.integers(0, HOUSES, count),
            self.rng.integers(0, len(DONE), count),
        ]  # fmt: skip
        said, address, done = (
            [texts[n] for n in which]
            for texts, which in zip((SAID, _ADDRESSES, DONE), drawn, strict=True)
        )
        found = [
            [terms[n] for n in which] for terms, which in zip(self.found_by, drawn, strict=True)
        ]
        values: Columns = {"said": said, "address": address, "done": done, "done_terms": found[2]}
        for name, texts in (("said", said), ("done", done), ("nothing", [""] * count)):
            salts = self._hex(count, 32)
            values[f"{name}_salt"] = salts
            values[f"{name}_digest"] = list(map(salted_digest, salts, texts))
        values["terms"] = [" ".join(pair) for pair in zip(found[0], found[1], strict=True)]
        return values

    def _names(self, count: int, at: Ints, drawn: Columns) -> Columns:
        """Numbers as the operations give them, uids and secrets; the terms with them and the ids."""
        values: Columns = {
            "case_uid": self._uids(count), "report_uid": self._uids(count),
            "client": self._uids(count), "token": self._hex(count, 43),
            "payload_digest": self._hex(count, 64), "lot": self._hex(count, 64),
        }  # fmt: skip
        years = _years(at)
        for name, (_, prefix) in _SERIALS.items():
            first = self.serials[name] + 1
            self.serials[name] += count
            values[name] = [f"{prefix}{year}-{n:06d}" for n, year in enumerate(years, first)]
        if self.house.pictures:
            which = self.rng.integers(0, len(self.house.pictures), count)
            values["picture"] = [self.house.pictures[n][0] for n in which]
            values["picture_uid"] = [self.house.pictures[n][1] for n in which]
        named = zip(
            *(drawn[name] for name in ("terms", "street", "community", "grid", "category")),
            values["number"], values["receipt"], strict=True,
        )  # fmt: skip
        values["terms"] = [
            f"{terms} {_ids(street, community, grid)} '#c{category}' {_number_terms(number, receipt)}"
            for terms, street, community, grid, category, number, receipt in named
        ]
        return values

    def _hex(self, count: int, length: int) -> list[str]:
        digits = self.rng.bytes(count * (length + 1) // 2 + 1).hex()
        return [digits[n * length : (n + 1) * length] for n in range(count)]

    def _uids(self, count: int) -> list[str]:
        """Version 4."""
        return [
            f"{one[:8]}-{one[8:12]}-4{one[13:16]}-a{one[17:20]}-{one[20:]}"
            for one in self._hex(count, 32)
        ]


_NULL = "\\N"


def _next_id(model: type[models.Model]) -> int:
    return int(model._default_manager.aggregate(m=models.Max("pk"))["m"] or 0) + 1


def _drawn(sequence: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [sequence])
        return int(cursor.fetchone()[0])


def _moments(at: Ints) -> list[str]:
    """Seconds of 1970 as 2026-11-23T01:00:00 in UTC."""
    return list(np.datetime_as_string(at.astype("datetime64[s]")))


def _years(at: Ints) -> list[int]:
    """The year of each on the office's calendar."""
    zone, first = timezone.get_current_timezone(), datetime.fromtimestamp(int(at.min()), UTC).year
    begins = [datetime(year, 1, 1, tzinfo=zone).timestamp() for year in range(first, first + 9)]
    return list(first - 1 + np.searchsorted(begins, at, side="right"))


def _terms(texts: Sequence[str]) -> list[str]:
    return [_quoted(search.terms_of(text)) for text in texts]


def _quoted(terms: set[str]) -> str:
    return " ".join(f"'{term}'" for term in sorted(terms))


def _ids(*areas: object) -> str:
    return " ".join(f"'#a{pk}'" for pk in areas if pk != _NULL)


def _number_terms(number: str, receipt: str) -> str:
    """As `search.terms_of` finds them: for millions, it would take most of the time."""
    year, serial = number.split("-")
    other = receipt[6:]
    return (
        f"'{number}' '{receipt.lower()}' '{year}' '{receipt[:5].lower()}' "
        f"'{serial}' '{serial.lstrip('0') or '0'}' '{other}' '{other.lstrip('0') or '0'}'"
    )
