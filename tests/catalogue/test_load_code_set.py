"""Bringing in an edition."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gulou.catalogue.models import Category, CodeSet, Condition, Rule
from gulou.catalogue.operations import load_code_set, make_current, retire_category, set_rule
from gulou.catalogue.queries import categories, category_coded, current_code_set
from gulou.kit.errors import Conflict, Invalid, NotAllowed
from gulou.outbox.models import Event
from gulou.people.models import User
from tests.catalogue.editions import category, condition, write_edition
from tests.conftest import Cast

Facts = Callable[..., list[tuple[str, str, Any]]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_edition(tmp_path / "one")


def test_it_brings_in_classes_subclasses_and_conditions(keeper: User, folder: Path) -> None:
    loaded = load_code_set(folder, by=keeper)
    assert loaded.created and loaded.code_set.current
    found = category_coded("event.01.01")
    assert (found.name_zh, found.code_set_id) == ("垃圾", loaded.code_set.pk)
    assert found.parent_id == category_coded("event.01").id
    assert Condition.objects.get().category_id == found.id


def test_it_records_it(keeper: User, folder: Path, facts_about: Facts) -> None:
    code_set = load_code_set(folder, by=keeper).code_set
    facts = facts_about(code_set)
    assert [name for name, _actor, _content in facts] == [
        "code_set.loaded", "code_set.made_current",
    ]  # fmt: skip
    _name, actor, content = facts[0]
    assert actor == keeper.actor
    assert (content["categories"], content["conditions"]) == (2, 1)
    assert content["digest"] == code_set.digest


def test_the_same_edition_twice_changes_nothing(keeper: User, folder: Path) -> None:
    first = load_code_set(folder, by=keeper).code_set
    before = list(Category.objects.order_by("pk").values()), Event.objects.count()
    again = load_code_set(folder, by=keeper)
    assert (again.code_set.pk, again.created) == (first.pk, False)
    assert (list(Category.objects.order_by("pk").values()), Event.objects.count()) == before


def test_line_endings_make_no_other_edition(keeper: User, folder: Path) -> None:
    load_code_set(folder, by=keeper)
    path = folder / "categories.csv"
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n"))
    assert not load_code_set(folder, by=keeper).created


def test_it_refuses_a_known_edition_with_other_content(keeper: User, folder: Path) -> None:
    load_code_set(folder, by=keeper)
    write_edition(folder, conditions=[condition("event.01.01", amount="9")])
    with pytest.raises(Conflict, match="edition_differs"):
        load_code_set(folder, by=keeper)
    assert Condition.objects.get().amount == 2


def test_a_new_edition_becomes_current_and_the_old_one_stays(
    keeper: User, folder: Path, tmp_path: Path
) -> None:
    old = load_code_set(folder, by=keeper).code_set
    new = load_code_set(write_edition(tmp_path / "two", edition="2"), by=keeper).code_set
    assert current_code_set().id == new.pk
    assert [c.code_set_id for c in categories()] == [new.pk]
    assert Category.objects.filter(code_set=old, active=True).count() == 2
    assert CodeSet.objects.get(current=True) == new


def test_an_edition_may_wait(keeper: User, folder: Path, tmp_path: Path) -> None:
    old = load_code_set(folder, by=keeper).code_set
    load_code_set(write_edition(tmp_path / "two", edition="2"), by=keeper, make_current=False)
    assert current_code_set().id == old.pk


def test_rules_are_carried_over_where_the_names_agree(
    keeper: User, cast: Cast, folder: Path, tmp_path: Path, facts_about: Facts
) -> None:
    write_edition(
        folder,
        categories=[category("event.01", "大类"), category("event.01.01", "垃圾"),
                    category("event.01.02", "突发")],
        conditions=[condition("event.01.01"), condition("event.01.02")],
    )  # fmt: skip
    load_code_set(folder, by=keeper)
    ids = {c.code: c.id for c in categories()}
    kept = set_rule(
        by=keeper, category_id=ids["event.01.01"],
        condition_id=Condition.objects.get(category=ids["event.01.01"]).pk,
        unit_id=cast.department.pk, assisting_ids=[cast.street.pk], certain=True, reason="三定",
    )  # fmt: skip
    renamed = set_rule(by=keeper, category_id=ids["event.01.02"], unit_id=cast.department.pk)
    everywhere = set_rule(by=keeper, lead="street")
    write_edition(
        tmp_path / "two", edition="2",
        categories=[category("event.01", "大类"), category("event.01.01", "垃圾"),
                    category("event.01.02", "积雪")],
        conditions=[condition("event.01.01"), condition("event.01.02")],
    )  # fmt: skip
    loaded = load_code_set(tmp_path / "two", by=keeper)
    assert (loaded.carried, loaded.left) == (1, (renamed.pk,))
    carried = Rule.objects.exclude(pk__in=[kept.pk, renamed.pk, everywhere.pk]).get()
    assert carried.category_id == category_coded("event.01.01").id
    assert carried.condition is not None and carried.condition.category == carried.category
    assert list(carried.assisting.all()) == [cast.street]
    assert (carried.certain, carried.reason, kept.until) == (True, "三定", None)
    [(name, actor, content)] = facts_about(carried)
    assert (name, actor, content["carried_from"]) == ("rule.set", keeper.actor, kept.pk)


@pytest.mark.parametrize("name", ["lin", "wu", "zhao"])
def test_it_refuses_who_may_not(cast: Cast, folder: Path, name: str) -> None:
    with pytest.raises(NotAllowed):
        load_code_set(folder, by=getattr(cast, name))
    assert not CodeSet.objects.exists()


def test_it_refuses_a_nameless_actor(db: None, folder: Path) -> None:
    with pytest.raises(ValueError, match="person or by the system"):
        load_code_set(folder, by="")


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("twice", {"categories": [category("event.01", "甲"), category("event.01", "乙")]}, "line 3"),
    ("no class", {"categories": [category("event.01.01", "甲")]}, "line 2, column code"),
    ("kind", {"categories": [category("event.01", "甲", kind="snow")]}, "component, event"),
    ("name", {"categories": [category("event.01", "")]}, "column name_zh"),
    ("long", {"categories": [category("event.01", "长" * 61)]}, "at most 60"),
    ("code", {"categories": [category("Event 01", "甲")]}, "small letters"),
    ("zero", {"conditions": [condition("event.01.01", amount="0")]}, "from 1 to"),
    ("word", {"conditions": [condition("event.01.01", amount="二")]}, "from 1 to"),
    ("unit", {"conditions": [condition("event.01.01", time_unit="moon")]}, "working_day"),
    ("unknown", {"conditions": [condition("event.09.09")]}, "no subclass"),
    ("none", {"conditions": [condition("event.01.01", default="0")]}, "no default condition"),
    ("two", {"conditions": [condition("event.01.01"), condition("event.01.01", code="b")]},
     "line 3, column default"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "files", "words"), WRONG, ids=[row[0] for row in WRONG])
def test_it_refuses_files_that_cannot_be_used_and_says_where(
    db: None, tmp_path: Path, what: str, files: dict[str, Any], words: str
) -> None:
    with pytest.raises(Invalid) as refused:
        load_code_set(write_edition(tmp_path / what, **files), by="system")
    assert words in str(refused.value.message)
    assert not CodeSet.objects.exists()


def test_it_refuses_a_folder_without_the_files(db: None, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"edition\.csv cannot be read"):
        load_code_set(tmp_path, by="system")


def test_it_refuses_a_file_in_another_encoding(db: None, folder: Path) -> None:
    (folder / "categories.csv").write_bytes("大类".encode("gb18030"))
    with pytest.raises(Invalid, match=r"categories\.csv cannot be read"):
        load_code_set(folder, by="system")


def test_it_refuses_a_file_without_a_column(db: None, folder: Path) -> None:
    (folder / "conditions.csv").write_text("category,code\nevent.01.01,a\n")
    with pytest.raises(Invalid, match="lacks the columns amount"):
        load_code_set(folder, by="system")


def test_a_retired_category_is_not_carried(
    keeper: User, cast: Cast, folder: Path, tmp_path: Path
) -> None:
    load_code_set(folder, by=keeper)
    rule = set_rule(
        by=keeper, category_id=category_coded("event.01.01").id, unit_id=cast.department.pk
    )
    second = write_edition(tmp_path / "two", edition="2")
    waiting = load_code_set(second, by=keeper, make_current=False).code_set
    retire_category(Category.objects.get(code_set=waiting, code="event.01.01").pk, by=keeper)
    assert make_current(waiting.pk, by=keeper).left == (rule.pk,)
