"""The fixed cast, and the small district they work in."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from gulou.cases import states
from gulou.catalogue.models import Category, CodeSet, Condition, Reason, StepLimit
from gulou.catalogue.states import ReasonKind
from gulou.outbox import kept
from gulou.people.models import Role, Unit, UnitKind, User
from gulou.places.models import Area, Level
from tests.factories.people import PostingFactory, RoleFactory, UnitFactory, UserFactory

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
            "OPTIONS": {"location": str(tmp_path / "photos")},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.LANGUAGE_CODE = "en"


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
    levels = {
        code: Level.objects.create(code=code, rank=rank, name_zh=zh, name_en=code.title())
        for rank, (code, zh) in enumerate(
            [("district", "区"), ("street", "街镇"), ("community", "社区"), ("grid", "网格")]
        )
    }

    def area(level: str, code: str, parent: Area | None, *box: float) -> Area:
        return Area.objects.create(
            level=levels[level], code=code, parent=parent, border=_square(*box),
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
    code_set = CodeSet.objects.create(
        code="test", edition="1", name_zh="测试", name_en="Test", current=True
    )

    def category(code: str, zh: str, en: str, **given: Any) -> Category:
        return Category.objects.create(
            code_set=code_set, kind="event", code=code, name_zh=zh, name_en=en, **given
        )

    a_class = category("event.01", "市容环境", "Cleanliness")
    rubbish = category("event.01.01", "暴露垃圾", "Exposed rubbish", parent=a_class, public_rank=1)
    smoking = category("event.01.02", "吸烟", "Smoking", parent=a_class, evidence="words")
    retired = category("event.01.03", "积雪", "Snow", parent=a_class, active=False)
    for one in (rubbish, smoking):
        Condition.objects.create(
            category=one, code="1", name_zh="一般", name_en="Ordinary", amount=4,
            time_unit="working_hour", is_default=True,
        )  # fmt: skip
    danger = Condition.objects.create(
        category=rubbish, code="2", name_zh="影响安全", name_en="A danger", amount=2,
        time_unit="urgent_hour",
    )  # fmt: skip
    for kind, amount in (("intake", 15), ("dispatch", 15), ("recheck", 30)):
        StepLimit.objects.create(step_kind=kind, amount=amount, time_unit="minute")
    for kind in ReasonKind.values:
        Reason.objects.create(
            kind=kind, code="other", name_zh="其他", name_en="Other", public_zh="公开的理由",
            public_en="A public reason",
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
    "dispatcher": (states.VERBS, True),
    "handler": (
        (states.READ, *(m.verb for m in (states.ACCEPT, states.RETURN, states.HANDLE)),
         states.NOTE.verb, states.VERIFY.verb), True,
    ),
    "rechecker": (
        (states.READ, states.CLOSE.verb, states.REWORK.verb, states.NOTE.verb), True,
    ),
    "reader": ((states.READ,), True),
}  # fmt: skip


@pytest.fixture
def roles(db: None) -> dict[str, Role]:
    return {
        code: RoleFactory.create(code=code, verbs=list(verbs), reaches_below=below)
        for code, (verbs, below) in ROLES.items()
    }


@pytest.fixture
def cast(roles: dict[str, Role], land: District) -> Cast:
    root = UnitFactory.create(code="ROOT", kind=UnitKind.COMMITTEE)
    office = UnitFactory.create(
        code="OFFICE", kind=UnitKind.CIVILITY_OFFICE, parent=root, is_office=True
    )
    team = UnitFactory.create(code="TEAM", kind=UnitKind.SUPERVISION_TEAM, parent=root)
    street = UnitFactory.create(code="W", kind=UnitKind.STREET, parent=root, area=land.west)
    community = UnitFactory.create(
        code="W1", kind=UnitKind.COMMUNITY, parent=street, area=land.communities[0]
    )
    other_street = UnitFactory.create(code="E", kind=UnitKind.STREET, parent=root, area=land.east)
    department = UnitFactory.create(code="DEPT", parent=root)

    def person(name: str, role: str, unit: Unit) -> User:
        user = UserFactory.create(username=name)
        PostingFactory.create(user=user, role=roles[role], unit=unit)
        return user

    return Cast(
        lin=person("lin", "handler", street),
        chen=person("chen", "handler", department),
        wu=person("wu", "reader", root),
        zhao=person("zhao", "handler", other_street),
        guo=person("guo", "dispatcher", root),
        he=person("he", "rechecker", team),
        root=root, office=office, team=team, street=street, community=community,
        other_street=other_street, department=department, land=land,
    )  # fmt: skip
