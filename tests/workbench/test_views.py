"""Saved views: whose they are, who sees them, and who may share them with whom."""

import pytest

from gulou.kit.errors import Invalid, NotAllowed, NotFound, Refusal
from gulou.workbench.models import SavedView
from gulou.workbench.operations import saving
from gulou.workbench.queries.saved import liking_of, views_seen_by
from tests.conftest import Cast


def test_a_view_is_its_owner_s_alone(cast: Cast) -> None:
    saving.save_view(by=cast.guo, name=" 迟了的 ", query="late=1")
    assert [(v.name, v.query, v.own) for v in views_seen_by(cast.guo)] == [
        ("迟了的", "late=1", True)
    ]
    assert views_seen_by(cast.lin) == []


def test_the_same_name_keeps_it_anew(cast: Cast) -> None:
    saving.save_view(by=cast.guo, name="我的", query="late=1")
    saving.save_view(by=cast.guo, name="我的", query="state=filed")
    assert SavedView.objects.get().query == "state=filed"


def test_a_unit_and_below_see_what_is_shared_with_it(cast: Cast) -> None:
    saving.save_view(by=cast.guo, name="西街", query="", unit_id=cast.street.pk)
    assert [v.name for v in views_seen_by(cast.lin)] == ["西街"]
    assert views_seen_by(cast.zhao) == []
    saving.save_view(by=cast.guo, name="西街", query="", everybody=True)
    assert [v.own for v in views_seen_by(cast.zhao)] == [False]


def test_nobody_shares_with_whom_they_do_not_reach(cast: Cast) -> None:
    for given in ({"unit_id": cast.other_street.pk}, {"everybody": True}):
        with pytest.raises(NotAllowed):
            saving.save_view(by=cast.lin, name="x", query="", **given)
    assert not SavedView.objects.exists()


def test_only_its_owner_changes_or_deletes_a_view(cast: Cast) -> None:
    view = saving.save_view(by=cast.guo, name="共用", query="", everybody=True)
    with pytest.raises(NotAllowed):
        saving.change_view(view.pk, by=cast.lin, name="改名")
    with pytest.raises(NotAllowed):
        saving.delete_view(view.pk, by=cast.lin)
    saving.change_view(view.pk, by=cast.guo, name="改名", unit_id=cast.street.pk)
    (seen,) = views_seen_by(cast.lin)
    assert (seen.name, seen.everybody, seen.unit_id) == ("改名", False, cast.street.pk)
    with pytest.raises(NotFound):
        saving.delete_view(10**9, by=cast.guo)


def test_a_name_is_needed_and_is_one_s_own(cast: Cast) -> None:
    one = saving.save_view(by=cast.guo, name="一", query="")
    saving.save_view(by=cast.guo, name="二", query="")
    for name in ("", "\u200e", "二"):
        with pytest.raises(Invalid):
            saving.change_view(one.pk, by=cast.guo, name=name)
    with pytest.raises(Invalid):
        saving.save_view(by=cast.guo, name=" ", query="")


def test_there_is_an_end_to_views(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "MOST_VIEWS", 1)
    saving.save_view(by=cast.guo, name="一", query="")
    with pytest.raises(Refusal):
        saving.save_view(by=cast.guo, name="二", query="")


def test_the_queue_opens_with_the_first_view_until_that_is_gone(cast: Cast) -> None:
    view = saving.save_view(by=cast.guo, name="共用", query="", everybody=True)
    saving.open_with(view.pk, by=cast.lin, seen=[view.pk])
    assert liking_of(cast.lin).view_id == view.pk
    assert views_seen_by(cast.lin, first=view.pk)[0].first
    with pytest.raises(NotFound):
        saving.open_with(view.pk, by=cast.zhao, seen=[])
    saving.delete_view(view.pk, by=cast.guo)
    assert liking_of(cast.lin).view_id is None


def test_columns_are_kept_in_their_order(cast: Cast) -> None:
    saving.choose_columns(["due", "unit", "due"], by=cast.guo)
    assert liking_of(cast.guo).columns == ("due", "unit")
    saving.choose_columns([], by=cast.guo)
    assert liking_of(cast.guo).columns == ()
