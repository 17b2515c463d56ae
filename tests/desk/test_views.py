"""The queue as one likes it: views, columns, order, layouts, and walking from record to record."""

import pytest

from gulou.desk import acts
from gulou.desk.columns import COLUMNS
from gulou.workbench.models import SavedView
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.factories.cases import a_case

pytestmark = pytest.mark.django_db


def test_a_list_is_saved_and_opens_the_queue(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    a_case(cast, kinds.rubbish)
    client = as_user(cast.guo)
    asked = {"state": "received", "sort": "due", "cols": "number,due", "at": "x", "name": "早上",
             "first": "1"}  # fmt: skip
    shown = client.post("/desk/views/save/", asked, follow=True)
    view = SavedView.objects.get()
    assert view.query == "state=received&sort=due&cols=number%2Cdue"
    assert "早上" in shown.text and shown.context["view"].id == view.pk
    opened = client.get("/desk/cases/", follow=True)
    assert opened.context["view"].id == view.pk
    assert client.get("/desk/cases/?view=0").context["view"] is None


def test_a_shared_view_shows_only_what_its_reader_sees(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.rubbish)
    as_user(cast.guo).post("/desk/views/save/", {"all": "1", "name": "全部", "share": "all"})
    view = SavedView.objects.get()
    page = as_user(cast.zhao).get(f"/desk/cases/?{view.query}&view={view.pk}")
    assert "全部" in page.text and case.number not in page.text


def test_views_are_renamed_shared_and_deleted(cast: Cast, as_user: SignedIn) -> None:
    client = as_user(cast.guo)
    client.post("/desk/views/save/", {"name": "一"})
    view = SavedView.objects.get()
    url = f"/desk/views/{view.pk}/"
    client.post(url, {"name": "二", "share": str(cast.street.pk), "do": "save"})
    view.refresh_from_db()
    assert (view.name, view.unit_id) == ("二", cast.street.pk)
    assert "二" in as_user(cast.lin).get("/desk/views/").text
    assert as_user(cast.lin).post(url, {"do": "delete"}).status_code == 403
    client.post(url, {"do": "delete"})
    assert not SavedView.objects.exists()


def test_columns_are_chosen_and_kept(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    case, client = a_case(cast, kinds.rubbish), as_user(cast.guo)
    every = [column.name for column in COLUMNS]
    page = client.post("/desk/columns/", {"column": every, "layout": "list"}, follow=True)
    assert [one.name for one, on in page.context["columns"] if on] == every
    assert f'<td class="mono">{case.number}</td>' in page.text
    shipped = client.post("/desk/columns/", {"do": "ship"}, follow=True)
    assert [one.name for one, on in shipped.context["columns"] if on] == [
        "state", "case", "unit", "due"]  # fmt: skip


def test_a_heading_sorts_and_turns_round(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    a_case(cast, kinds.rubbish)
    page = as_user(cast.guo).get("/desk/cases/?sort=due,street&state=received")
    assert 'aria-sort="ascending"' in page.text
    assert "sort=-due%2Cstreet" in page.text
    assert "sort=unit%2Cdue%2Cstreet" in page.text


def test_from_a_record_one_walks_on_in_the_list_one_came_from(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    first, middle, last = (a_case(cast, kinds.rubbish) for _ in range(3))
    client = as_user(cast.guo)
    tail = "?from=sort%3D-opened"
    page = client.get(f"/desk/cases/{middle.number}/{tail}")
    walk = page.context["walk"]
    assert walk.before_url == f"/desk/cases/{last.number}/{tail}"
    assert walk.after_url == f"/desk/cases/{first.number}/{tail}"
    assert f"at={middle.number}" in walk.list_url
    moved = client.post(f"/desk/cases/{middle.number}/note/{tail}", {"words": "记"})
    assert moved["Location"].endswith("&from=sort%3D-opened")
    assert client.get(f"/desk/cases/{middle.number}/").context["walk"] is None
    for nasty in ("%00", "x" * 5000, "sort%3D%00", "key%3Dx", "%F0%A0%AE%B7"):
        assert client.get(f"/desk/cases/{middle.number}/?from={nasty}").status_code == 200


def test_every_move_has_a_key_of_its_own_and_none_of_the_list_s() -> None:
    keys = [key for key, _name, _label in acts.letters()]
    assert len(keys) == len(set(keys))
    assert set(keys).isdisjoint("jkxumng/?")
