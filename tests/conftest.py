"""The fixed cast, and the small district they work in."""

import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import Model

from gulou.cases import states
from gulou.catalogue.models import Category, CodeSet, Condition, Reason, StepLimit
from gulou.catalogue.states import ReasonKind
from gulou.kit import rows
from gulou.orders import states as order_states
from gulou.outbox import kept
from gulou.outbox.models import Revision
from gulou.people.models import Posting, Role, Unit, UnitKind, User
from gulou.places.models import Area, Level
from tests.factories.calendars import know_years
from tests.factories.people import LONG_AGO

# `make soak`: where a test is as long as one likes, as long as it can be.
SOAK = bool(os.environ.get("SOAK"))
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Lets the tests that commit empty their tables afterwards; test_record proves the trigger."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER IF EXISTS event_no_truncate ON outbox_event")


@pytest.fixture(autouse=True)
def _plain_settings(settings: Any, tmp_path: Path) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        "default": {
            "BACKEND": "gulou.photos.storage.WholeFileStorage",
            "OPTIONS": {"location": str(tmp_path / "photos"), "durable": False},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.LANGUAGE_CODE = "en"
    # A glance is enough for what has neither faces nor plates.
    settings.LOOK_AT_PIXELS = {"face": 20_000, "plate": 20_000}


@pytest.fixture
def clean_cache(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def shared() -> Path:
    """The folder of real material; the test skips where it is missing."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not here: real material is not part of the project")
    return SHARED


M = TypeVar("M", bound=Model)


@contextmanager
def written_together(sizes: Mapping[type[Model], int]) -> Iterator[None]:
    """Draws so many ids in one round trip, and writes what is made with `new` in another."""
    with rows.together():
        rows.draw(*(model for model, n in sizes.items() for _ in range(n)))
        yield


def new(model: type[M], **given: Any) -> M:
    """A new row, written together with others."""
    made = model(**{"pk": rows.new(model), **given})
    rows.add(made)
    return made


@dataclass
class District:
    """A square district of two streets with two communities each, around 三坊七巷."""

    district: Area
    east: Area
    west: Area
    communities: tuple[Area, Area, Area, Area]


def _square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "MultiPolygon", "coordinates": [[ring]]}


@pytest.fixture
def land(db: None) -> District:
    know_years()
    with written_together({Level: 4, Area: 7}):
        ranks = [("district", "区"), ("street", "街镇"), ("community", "社区"), ("grid", "网格")]
        levels = {
            code: new(Level, code=code, rank=rank, name_zh=zh, name_en=code.title())
            for rank, (code, zh) in enumerate(ranks)
        }

        def area(level: str, code: str, parent: Area | None, *box: float) -> Area:
            return new(
                Area, level=levels[level], code=code, parent=parent, border=_square(*box),
                name_zh=f"{code}区域", name_en=f"Area {code}", synthetic=True,
                centre_lon=(box[0] + box[2]) / 2, centre_lat=(box[1] + box[3]) / 2,
            )  # fmt: skip

        district = area("district", "D", None, 119.28, 26.06, 119.32, 26.10)
        west = area("street", "W", district, 119.28, 26.06, 119.30, 26.10)
        east = area("street", "E", district, 119.30, 26.06, 119.32, 26.10)
        communities = (
            area("community", "W1", west, 119.28, 26.06, 119.30, 26.08),
            area("community", "W2", west, 119.28, 26.08, 119.30, 26.10),
            area("community", "E1", east, 119.30, 26.06, 119.32, 26.08),
            area("community", "E2", east, 119.30, 26.08, 119.32, 26.10),
        )
    kept.forget_all()
    return District(district, east, west, communities)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """What the last test rolled back is not at hand any more."""
    kept.forget_all()


@dataclass
class Kinds:
    """A small list of categories: rubbish is shown by a photo, smoking by words."""

    rubbish: Category
    smoking: Category
    retired: Category
    a_class: Category
    danger: Condition


@pytest.fixture
def kinds(db: None) -> Kinds:
    know_years()
    sizes = {CodeSet: 1, Category: 4, Condition: 3, StepLimit: 3, Reason: len(ReasonKind)}
    with written_together(sizes):
        code_set = new(
            CodeSet, code="test", edition="1", name_zh="测试", name_en="Test", current=True
        )

        def category(code: str, zh: str, en: str, **given: Any) -> Category:
            return new(
                Category, code_set=code_set, kind="event", code=code, name_zh=zh, name_en=en, **given
            )  # fmt: skip

        a_class = category("event.01", "市容环境", "Cleanliness")
        rubbish = category(
            "event.01.01", "暴露垃圾", "Exposed rubbish", parent=a_class, public_rank=1
        )
        smoking = category("event.01.02", "吸烟", "Smoking", parent=a_class, evidence="words")
        retired = category("event.01.03", "积雪", "Snow", parent=a_class, active=False)
        for one in (rubbish, smoking):
            new(
                Condition, category=one, code="1", name_zh="一般", name_en="Ordinary", amount=4,
                time_unit="working_hour", is_default=True,
            )  # fmt: skip
        danger = new(
            Condition, category=rubbish, code="2", name_zh="影响安全", name_en="A danger", amount=2,
            time_unit="urgent_hour",
        )  # fmt: skip
        for kind, amount in (("intake", 15), ("dispatch", 15), ("recheck", 30)):
            new(StepLimit, step_kind=kind, amount=amount, time_unit="minute")
        for kind in ReasonKind.values:
            new(
                Reason, kind=kind, code="other", name_zh="其他", name_en="Other",
                public_zh="公开的理由", public_en="A public reason",
            )  # fmt: skip
    kept.forget_all()
    return Kinds(rubbish, smoking, retired, a_class, danger)


@dataclass
class Cast:
    """lin works in the street, chen handles in a department, wu only reads, zhao belongs
    elsewhere, guo is the district's dispatcher, he rechecks in the supervision team."""

    lin: User
    chen: User
    wu: User
    zhao: User
    guo: User
    he: User
    root: Unit
    office: Unit
    team: Unit
    street: Unit
    community: Unit
    other_street: Unit
    department: Unit
    land: District


ROLES = {
    "dispatcher": ((*states.VERBS, *order_states.VERBS), True),
    "handler": (
        (states.READ, *(m.verb for m in (states.ACCEPT, states.RETURN, states.HANDLE)),
         states.NOTE.verb, states.VERIFY.verb, states.EXTEND.verb, states.SUSPEND.verb,
         states.APPEAL.verb, states.DELEGATE.verb, states.REPORT_UP.verb, states.SEND_DOWN.verb,
         states.TAKE_BACK.verb), True,
    ),
    "rechecker": (
        (states.READ, states.CLOSE.verb, states.REWORK.verb, states.NOTE.verb), True,
    ),
    "reader": ((states.READ,), True),
}  # fmt: skip


@pytest.fixture
def roles(db: None) -> dict[str, Role]:
    with written_together({Role: len(ROLES)}):
        return {
            code: new(
                Role, code=code, name_zh=f"角色{code}", name_en=f"Role {code}",
                verbs=list(verbs), reaches_below=below,
            )
            for code, (verbs, below) in ROLES.items()
        }  # fmt: skip


@pytest.fixture
def cast(roles: dict[str, Role], land: District) -> Cast:
    with written_together({Unit: 7, User: 6, Posting: 6}):
        rows.put(Revision(name="people.units", token=uuid.uuid4()), "name")
        root = _unit("ROOT", UnitKind.COMMITTEE, None)
        office = _unit("OFFICE", UnitKind.CIVILITY_OFFICE, root, is_office=True)
        team = _unit("TEAM", UnitKind.SUPERVISION_TEAM, root)
        street = _unit("W", UnitKind.STREET, root, area=land.west)
        community = _unit("W1", UnitKind.COMMUNITY, street, area=land.communities[0])
        other_street = _unit("E", UnitKind.STREET, root, area=land.east)
        department = _unit("DEPT", UnitKind.DEPARTMENT, root)

        def person(name: str, role: str, unit: Unit) -> User:
            user = new(User, username=name, display_name=name.title())
            new(Posting, user=user, role=roles[role], unit=unit, since=LONG_AGO)
            return user

        cast = Cast(
            lin=person("lin", "handler", street),
            chen=person("chen", "handler", department),
            wu=person("wu", "reader", root),
            zhao=person("zhao", "handler", other_street),
            guo=person("guo", "dispatcher", root),
            he=person("he", "rechecker", team),
            root=root, office=office, team=team, street=street, community=community,
            other_street=other_street, department=department, land=land,
        )  # fmt: skip
    kept.forget_all()
    return cast


def _unit(code: str, kind: UnitKind, parent: Unit | None, **given: Any) -> Unit:
    pk = rows.new(Unit)
    return new(
        Unit, pk=pk, code=code, kind=kind, parent=parent, name_zh=f"单位{code}",
        name_en=f"Unit {code}", path=f"{parent.path if parent else ''}{pk}.", **given,
    )  # fmt: skip
