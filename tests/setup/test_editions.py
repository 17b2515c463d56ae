"""Editions of the categories: brought in by the command line, made current on a page."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from gulou.catalogue import operations
from gulou.catalogue import queries as catalogue
from gulou.catalogue.models import CodeSet, Rule
from gulou.catalogue.operations import Foreign, load_code_set, take_categories
from gulou.config.cli import main
from gulou.kit.errors import Refusal
from gulou.outbox.models import Event
from tests.catalogue.editions import category, condition, write_edition
from tests.conftest import Cast

PAGE = "/setup/categories/editions/"


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def two(cast: Cast, tmp_path: Path) -> tuple[CodeSet, CodeSet]:
    """Two editions, the first current: rubbish is in both, smoke only in the first."""
    whole = [
        category("event.01", "大类"),
        category("event.01.01", "垃圾"),
        category("event.01.02", "烟"),
    ]
    first = load_code_set(
        write_edition(tmp_path / "1", categories=whole,
                      conditions=[condition("event.01.01"), condition("event.01.02")]), by="system",
    ).code_set  # fmt: skip
    for code in ("event.01.01", "event.01.02"):
        operations.set_rule(
            category_id=catalogue.category_coded(code).id, unit_id=cast.department.pk, by="system"
        )
    folder = write_edition(tmp_path / "2", edition="2")
    return first, load_code_set(folder, by="system", make_current=False).code_set


def test_the_pages_are_for_who_keeps_the_catalogue(
    cast: Cast, keeper: Client, as_user: Any, two: tuple[CodeSet, CodeSet]
) -> None:
    lin, (_first, second) = as_user(cast.lin), two
    for address in (PAGE, f"{PAGE}history/", f"{PAGE}{second.pk}/"):
        assert keeper.get(address).status_code == 200
        assert lin.get(address).status_code == 403
    assert lin.post(f"{PAGE}{second.pk}/", {"confirmed": "1"}).status_code == 403
    assert keeper.get(f"{PAGE}0/").status_code == 404


def test_another_is_made_current_after_a_look_and_taken_back(
    keeper: Client, two: tuple[CodeSet, CodeSet]
) -> None:
    first, second = two
    rules, events = Rule.objects.count(), Event.objects.count()
    for answer in (keeper.get(f"{PAGE}{second.pk}/"), keeper.post(f"{PAGE}{second.pk}/")):
        assert "1 rule is set for it too" in text(answer)
        stays = Rule.objects.get(category__code="event.01.02")
        assert f"/setup/rules/{stays.pk}/" in text(answer) and "stays behind" in text(answer)
    assert (Rule.objects.count(), Event.objects.count()) == (rules, events), "it was a look"
    assert catalogue.current_code_set().id == first.pk
    keeper.post(f"{PAGE}{second.pk}/", {"confirmed": "1"})
    assert catalogue.current_code_set().id == second.pk
    assert Rule.objects.count() == rules + 1
    made = Event.objects.filter(name="code_set.made_current").latest("id")
    assert f"/setup/undo/catalogue/{made.pk}/" in text(keeper.get(f"{PAGE}history/"))
    keeper.post(f"/setup/undo/catalogue/{made.pk}/")
    assert catalogue.current_code_set().id == first.pk
    assert Rule.objects.count() == rules + 1, "what is there is not set twice"


def test_nothing_is_filed_under_a_list_of_another_system(
    keeper: Client, two: tuple[CodeSet, CodeSet]
) -> None:
    foreign = Foreign("moon", "1", "别的系统", "Another system")
    take_categories(foreign, [("a", "b")], by="system")
    theirs = CodeSet.objects.get(code="moon")
    assert f"{PAGE}{theirs.pk}/" not in text(keeper.get(PAGE))
    with pytest.raises(Refusal, match="foreign_list"):
        operations.make_current(theirs.pk, by="system")


def test_the_command_line_brings_an_edition_in_after_a_dry_run(
    two: tuple[CodeSet, CodeSet], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(write_edition(tmp_path / "3", edition="3"))
    assert main(["import", "catalogue", folder, "--current", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "test 3" in said and ("dry run" in said or "试运行" in said)
    assert not CodeSet.objects.filter(edition="3").exists()
    assert main(["import", "catalogue", folder]) == 0
    assert not CodeSet.objects.get(edition="3").current
    events = Event.objects.count()
    assert main(["import", "catalogue", folder, "--current"]) == 0, "the same again"
    assert Event.objects.count() == events
    (Path(folder) / "categories.csv").write_text("code\n", "utf-8")
    assert main(["import", "catalogue", folder]) == 1
