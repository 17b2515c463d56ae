"""What Gulou ships is complete, fits together, and loads."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from gulou.cases.states import StepKind
from gulou.catalogue import queries
from gulou.catalogue.files import SHIPPED, Edition, class_code, read_edition
from gulou.catalogue.models import Category, CodeSet, Elsewhere, Reason, StepLimit
from gulou.catalogue.operations import load_shipped, set_step_limit
from gulou.catalogue.operations.shipped import EDITION
from gulou.catalogue.states import ReasonKind, TimeUnit
from gulou.kit.env import ROOT
from gulou.kit.errors import NotAllowed
from gulou.kit.worktime import Limit
from gulou.outbox.models import Event
from tests.conftest import Cast
from tests.factories.catalogue import CodeSetFactory

HEATING_SNOW_AND_LOCAL = {
    "component.01.10", "component.01.92", "component.01.97", "event.05.04", "event.05.07",
}  # fmt: skip


@pytest.fixture(scope="module")
def edition() -> Edition:
    return read_edition(SHIPPED / EDITION)


@pytest.fixture(scope="module")
def subclasses(edition: Edition) -> list[Category]:
    return [category for category in edition.categories if class_code(category.code)]


def test_it_holds_every_code_but_heating_snow_and_one_local_name(
    edition: Edition, shared: Path
) -> None:
    with (shared / "gbt30428-codes.csv").open(encoding="utf-8") as file:
        listed = {
            f"{row['kind']}.{row['class_code']}.{row['code']}": row["name"]
            for row in csv.DictReader(file)
        }
    ours = {c.code: c.name_zh for c in edition.categories if c.code in listed}
    assert listed.keys() - ours.keys() == HEATING_SNOW_AND_LOCAL
    assert ours.items() <= listed.items()


def test_it_adds_topics_of_civility(subclasses: list[Category]) -> None:
    topics = [category for category in subclasses if category.kind == "civility"]
    assert len(topics) >= 20
    assert all(category.code.startswith("civility.") for category in topics)


def test_everything_has_its_words_in_both_languages(edition: Edition) -> None:
    for category in edition.categories:
        assert category.name_zh and category.name_en, category.code
        assert category.hint_zh and category.hint_en, category.code
        assert category.name_en.isascii() or "ç" in category.name_en, category.code


def test_every_subclass_says_when_it_may_be_closed(subclasses: list[Category]) -> None:
    assert [c.code for c in subclasses if not (c.closing_zh and c.closing_en)] == []


def test_no_two_categories_share_an_english_name(edition: Edition) -> None:
    names = Counter(category.name_en for category in edition.categories)
    assert [name for name, count in names.items() if count > 1] == []


def test_every_icon_can_be_drawn(edition: Edition) -> None:
    drawn = json.loads((ROOT / "gulou" / "ui" / "icons.json").read_text())
    assert {category.icon for category in edition.categories} - drawn.keys() == set()


def test_residents_are_offered_a_handful_with_ranks_of_their_own(
    subclasses: list[Category],
) -> None:
    ranks = sorted(category.public_rank for category in subclasses if category.public_rank)
    assert ranks == list(range(1, len(ranks) + 1))
    assert 12 <= len(ranks) <= 20


def test_what_cannot_be_photographed_asks_for_words(subclasses: list[Category]) -> None:
    evidence = {category.code: category.evidence for category in subclasses}
    assert evidence["event.03.01"] == evidence["civility.05"] == "words"
    assert evidence["event.01.10"] == evidence["component.01.23"] == "photo"


def test_limits_are_those_of_the_source(edition: Edition) -> None:
    limits: dict[str, list[tuple[str, int, str, bool]]] = {}
    for code, row in edition.conditions:
        limits.setdefault(code, []).append(
            (row.code, row.amount, str(row.time_unit), row.is_default)
        )
    assert limits["component.01.01"] == [
        ("missing", 2, "urgent_hour", False), ("loose", 4, "working_hour", False),
        ("broken", 2, "working_day", True), ("surround", 5, "working_day", False),
    ]  # fmt: skip
    assert limits["event.04.05"] == [("ordinary", 2, "urgent_hour", True)]
    assert limits["event.01.01"][0][:3] == ("stop", 2, "urgent_day")


def test_an_emergency_is_urgent_unless_somebody_says_otherwise(edition: Edition) -> None:
    defaults = {code: row for code, row in edition.conditions if row.is_default}
    urgent = [row for code, row in defaults.items() if code.startswith("event.05.")]
    assert all(str(row.time_unit).endswith("_hour") and row.amount <= 2 for row in urgent)


@pytest.mark.django_db
def test_it_loads_and_a_second_time_changes_nothing() -> None:
    code_set = load_shipped(by="system")
    assert queries.current_code_set().id == code_set.pk
    models = (Category, StepLimit, Reason, Elsewhere, Event)
    before = [model.objects.count() for model in models]
    load_shipped(by="system")
    assert [model.objects.count() for model in models] == before


@pytest.mark.django_db
def test_it_leaves_what_the_office_changed() -> None:
    load_shipped(by="system")
    set_step_limit("intake", amount=30, time_unit="minute", by="system")
    Reason.objects.filter(kind="return", code="not_found").update(active=False)
    load_shipped(by="system")
    assert queries.step_limit("intake") == Limit(30, TimeUnit.MINUTE)
    assert "not_found" not in {reason.code for reason in queries.reasons("return")}


@pytest.mark.django_db
def test_it_leaves_the_edition_that_the_office_chose() -> None:
    own = CodeSetFactory.create()
    load_shipped(by="system")
    assert queries.current_code_set().id == own.pk
    assert CodeSet.objects.count() == 2


def test_it_refuses_who_may_not(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        load_shipped(by=cast.lin)


@pytest.mark.django_db
def test_every_step_of_a_case_has_a_limit() -> None:
    load_shipped(by="system")
    # A part that is handed down has a share of the time of the unit above.
    assert [kind for kind in StepKind if queries.step_limit(kind) is None] == [StepKind.PART]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", list(ReasonKind))
def test_every_reasoned_move_has_a_list(kind: ReasonKind) -> None:
    load_shipped(by="system")
    reasons = queries.reasons(kind)
    assert 5 <= len(reasons) <= 8
    told = kind in {ReasonKind.DECLINE, ReasonKind.REDIRECT}
    assert all(bool(r.public_zh and r.public_en) is told for r in reasons)


@pytest.mark.django_db
def test_every_other_channel_can_be_redirected_to() -> None:
    load_shipped(by="system")
    codes = {reason.code for reason in queries.reasons("redirect")}
    assert {channel.code for channel in queries.elsewhere()} == codes


WORDS = [
    ("井盖", "component.01.23"),
    ("井盖没了", "component.01.23"),
    ("路灯坏了不亮", "component.01.37"),
    ("共享单车乱停", "event.04.93"),
    ("垃圾桶满了", "component.03.05"),
    ("楼道里堆满杂物", "civility.18"),
    ("有人抽烟 吸烟", "civility.05"),
    ("street lamp is dark", "component.01.37"),
    ("pothole in the road", "event.01.13"),
    ("狗", "civility.03"),
    ("摆摊", "event.04.06"),
    ("门口又摆摊了", "event.04.06"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "code"), WORDS, ids=[text for text, _code in WORDS])
def test_what_people_type_finds_its_category(text: str, code: str) -> None:
    load_shipped(by="system")
    assert code in [category.code for category in queries.suggest_categories(text)]


@pytest.mark.django_db
def test_nothing_in_common_suggests_nothing() -> None:
    load_shipped(by="system")
    assert queries.suggest_categories("") == queries.suggest_categories("𠮷<script>%_\\") == []


@pytest.mark.django_db
def test_residents_are_suggested_only_what_they_are_offered() -> None:
    load_shipped(by="system")
    found = queries.suggest_categories("井盖", public_only=True, limit=20)
    assert [category.code for category in found] == ["component.01.23"]


CALLS = [
    ("楼下着火了", "fire"),
    ("闻到煤气味，可能燃气泄漏", "fire"),
    ("smell of gas in the hall", "fire"),
    ("有人打架", "police"),
    ("老人摔倒受伤", "medical"),
    ("这里发生车祸", "traffic"),
    ("我要举报街道干部", "officials"),
    ("工地拖欠工资", "labour"),
    ("我要信访", "petition"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "code"), CALLS, ids=[text for text, _code in CALLS])
def test_danger_and_complaints_find_their_number(text: str, code: str) -> None:
    load_shipped(by="system")
    assert code in [channel.code for channel in queries.elsewhere_for(text)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["垃圾没人清理", "路灯不亮", "井盖松动", "bin is full", "宣传栏破损"]
)
def test_an_ordinary_problem_is_not_sent_away(text: str) -> None:
    load_shipped(by="system")
    assert queries.elsewhere_for(text) == []
