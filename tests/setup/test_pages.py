"""The setup pages: who opens which, what they change, their history, and taking back."""

import re
from typing import Any

import pytest
from django.urls import reverse

from gulou.cases import operations as cases
from gulou.cases.states import State
from gulou.outbox.models import Event
from gulou.people import operations
from gulou.people.models import Leadership, Posting, Role, StreetLeader, Unit, User
from gulou.people.queries import today
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.factories.cases import a_case

pytestmark = pytest.mark.django_db

LISTS = ("home", "units", "people", "postings", "leaders", "streets", "units_history", "new_unit",
         "enrol", "new_posting", "attach")  # fmt: skip
OF_ROLES = ("roles", "new_role", "roles_history")


def pages_of(user: User, unit: Unit) -> list[str]:
    of_unit = ("unit", "rename_unit", "describe_unit", "move_unit", "dissolve_unit", "hand_over",
               "unit_history", "new_leader")  # fmt: skip
    of_person = ("person", "describe_person", "reset_password", "remove_second", "deactivate",
                 "person_history")  # fmt: skip
    posting = user.postings.get()
    return [
        *(reverse(f"setup:{name}", args=[unit.pk]) for name in of_unit),
        *(reverse(f"setup:{name}", args=[user.uid]) for name in of_person),
        reverse("setup:posting", args=[posting.pk]),
    ]


def test_every_page_opens_for_who_manages_the_district(
    cast: Cast, boss: User, as_user: SignedIn
) -> None:
    client = as_user(boss)
    pages = [reverse(f"setup:{name}") for name in (*LISTS, *OF_ROLES)]
    pages += pages_of(cast.lin, cast.street)
    pages += [
        reverse(f"setup:{n}", args=["handler"]) for n in ("role", "edit_role", "role_history")
    ]
    pages.append(reverse("setup:new_posting") + f"?person={cast.lin.uid}")
    for page in pages:
        assert client.get(page).status_code == 200, page


def test_of_who_left_for_another_street_the_old_one_reads_no_contacts(
    cast: Cast, clerk: User, boss: User, as_user: SignedIn
) -> None:
    operations.set_details(cast.lin, by=None, phone="13812345678")
    post = cast.lin.postings.get()
    page = reverse("setup:person", args=[cast.lin.uid])
    inner = [
        reverse(f"setup:{n}", args=[cast.lin.uid]) for n in ("person_history", "describe_person")
    ]
    assert "13812345678" in as_user(clerk).get(page).text
    operations.post_person(cast.lin, role=post.role, unit=cast.other_street, by=None)
    client = as_user(clerk)
    said = client.get(page).text
    assert "Unit E" in said
    assert "13812345678" not in said and "127.0.0.1" not in said
    assert [client.get(one).status_code for one in inner] == [403, 403]
    assert "13812345678" in as_user(boss).get(page).text
    assert [as_user(boss).get(one).status_code for one in inner] == [200, 200]


def test_a_street_manages_its_own_and_does_not_see_another(
    cast: Cast, clerk: User, as_user: SignedIn
) -> None:
    client = as_user(clerk)
    for page in (*(reverse(f"setup:{name}") for name in LISTS), *pages_of(cast.lin, cast.street)):
        assert client.get(page).status_code == 200, page
    for page in pages_of(cast.zhao, cast.other_street):
        assert client.get(page).status_code == 404, page
    listed = client.get(reverse("setup:units")).text
    assert "Unit W1" in listed
    assert "Unit E" not in listed
    assert "zhao" not in client.get(reverse("setup:people")).text
    for name in OF_ROLES:
        assert client.get(reverse(f"setup:{name}")).status_code == 403


def test_who_manages_nothing_opens_nothing(cast: Cast, as_user: SignedIn) -> None:
    client = as_user(cast.lin)
    for page in (*(reverse(f"setup:{name}") for name in LISTS), *pages_of(cast.lin, cast.street)):
        assert client.get(page).status_code == 403, page
    assert "Setup" not in client.get("/desk/").text


def test_a_street_changes_nothing_of_another(cast: Cast, clerk: User, as_user: SignedIn) -> None:
    client = as_user(clerk)
    before = Event.objects.count()
    other, zhao = cast.other_street.pk, cast.zhao
    attempts: list[tuple[str, list[Any], dict[str, Any]]] = [
        ("rename_unit", [other], {"name_zh": "别", "name_en": "Other"}),
        ("move_unit", [other], {"parent": cast.street.pk, "confirmed": "1"}),
        ("dissolve_unit", [other], {}),
        ("describe_person", [zhao.uid], {"display_name": "X"}),
        ("reset_password", [zhao.uid], {}),
        ("deactivate", [zhao.uid], {}),
        ("posting", [zhao.postings.get().pk], {"when": "now", "confirmed": "1"}),
    ]
    for name, args, given in attempts:
        answer = client.post(reverse(f"setup:{name}", args=args), given)
        assert answer.status_code == 404, name
    assert Event.objects.count() == before


def test_a_unit_hangs_below_the_topmost_and_what_is_at_the_top_stays_in_reach(
    cast: Cast, boss: User, as_user: SignedIn
) -> None:
    client = as_user(boss)
    form = client.get(reverse("setup:new_unit")).context["form"]
    assert form["parent"].value() == cast.root.pk
    given = {"name_zh": "文明委", "name_en": "Committee", "code": "C", "kind": "committee"}
    answer = client.post(reverse("setup:new_unit"), given, follow=True)
    assert answer.status_code == 200 and Unit.objects.get(code="C").parent is None


def test_no_unit_is_offered_a_place_below_itself(cast: Cast, boss: User, as_user: SignedIn) -> None:
    page = as_user(boss).get(reverse("setup:move_unit", args=[cast.street.pk]))
    assert f'<option value="{cast.street.pk}"' not in page.text
    assert f'<option value="{cast.department.pk}"' in page.text


def test_a_unit_is_created_renamed_moved_and_dissolved(
    cast: Cast, boss: User, as_user: SignedIn
) -> None:
    client = as_user(boss)
    given = {"name_zh": "绿化队", "name_en": "Green team", "code": "GREEN", "kind": "department",
             "parent": cast.street.pk}  # fmt: skip
    client.post(reverse("setup:new_unit"), given)
    unit = Unit.objects.get(code="GREEN")
    client.post(reverse("setup:rename_unit", args=[unit.pk]), {"name_zh": "园林队", "name_en": "Park team"})  # fmt: skip
    move = reverse("setup:move_unit", args=[unit.pk])
    asked = client.post(move, {"parent": cast.department.pk})
    assert "Unit DEPT" in asked.text
    unit.refresh_from_db()
    assert unit.parent == cast.street
    client.post(move, {"parent": cast.department.pk, "confirmed": "1"})
    client.post(reverse("setup:dissolve_unit", args=[unit.pk]))
    unit.refresh_from_db()
    assert (unit.name_zh, unit.parent, unit.active) == ("园林队", cast.department, False)
    said = client.get(reverse("setup:unit_history", args=[unit.pk])).text
    for words in ("绿化队", "园林队", "Unit W", "Unit DEPT", "Unit dissolved", "Boss"):
        assert words in said


def test_a_move_under_its_own_child_is_refused_in_words(
    cast: Cast, boss: User, as_user: SignedIn
) -> None:
    answer = as_user(boss).post(
        reverse("setup:move_unit", args=[cast.street.pk]), {"parent": cast.community.pk}
    )
    assert answer.status_code == 409
    assert "to a unit below it" in answer.text


def test_dissolving_what_is_in_use_says_where_and_what_to_do(
    cast: Cast, boss: User, as_user: SignedIn
) -> None:
    url = reverse("setup:dissolve_unit", args=[cast.street.pk])
    said = as_user(boss).get(url).text
    assert "Unit W1" in said
    assert "Lin" in said
    assert as_user(boss).post(url).status_code == 409


def test_every_history_takes_its_last_change_back(
    cast: Cast, boss: User, as_user: SignedIn
) -> None:
    client = as_user(boss)
    url = reverse("setup:rename_unit", args=[cast.street.pk])
    client.post(url, {"name_zh": "新街", "name_en": "New Street"})
    client.post(url, {"name_zh": "更新街", "name_en": "Newer Street"})
    first, second = Event.objects.filter(name="unit.renamed").order_by("id")
    page = reverse("setup:unit_history", args=[cast.street.pk])
    assert re.findall(r"/setup/undo/people/(\d+)/", client.get(page).text) == [str(second.pk)]
    refused = client.post(reverse("setup:undo", args=["people", first.pk]), {"next": page}, follow=True)  # fmt: skip
    assert "changed again since" in refused.text
    client.post(reverse("setup:undo", args=["people", second.pk]), {"next": page})
    cast.street.refresh_from_db()
    assert cast.street.name_zh == "新街"
    assert Event.objects.filter(name="unit.renamed").count() == 3


def test_who_may_not_make_a_change_does_not_take_it_back(
    cast: Cast, boss: User, clerk: User, as_user: SignedIn
) -> None:
    operations.rename_unit(cast.other_street, name_zh="新", name_en="New", by=boss)
    event = Event.objects.get(name="unit.renamed")
    answer = as_user(clerk).post(reverse("setup:undo", args=["people", event.pk]))
    assert answer.status_code == 403
    cast.other_street.refresh_from_db()
    assert cast.other_street.name_zh == "新"


def test_taking_back_never_leads_off_the_site(cast: Cast, boss: User, as_user: SignedIn) -> None:
    operations.rename_unit(cast.street, name_zh="新", name_en="New", by=boss)
    url = reverse("setup:undo", args=["people", Event.objects.get(name="unit.renamed").pk])
    assert as_user(boss).post(url, {"next": "https://evil.example/"})["Location"] == "/setup/"


def test_somebody_is_enrolled_with_a_password_that_is_shown_once(
    cast: Cast, clerk: User, as_user: SignedIn, roles: dict[str, Role]
) -> None:
    given = {"username": "fang", "display_name": "方同志", "role": "reader", "unit": cast.street.pk}
    answer = as_user(clerk).post(reverse("setup:enrol"), given)
    password = re.search(r'class="receipt">([^<]+)<', answer.text)
    assert password
    assert answer["Cache-Control"] == "private, no-store"
    fang = User.objects.get(username="fang")
    assert fang.check_password(password[1])
    assert fang.must_change_password
    assert fang.postings.get().unit == cast.street
    assert (
        "no-store" in as_user(clerk).get(reverse("setup:person", args=[fang.uid]))["Cache-Control"]
    )


def test_nobody_is_enrolled_into_more_than_one_may_do_oneself(
    cast: Cast, clerk: User, as_user: SignedIn
) -> None:
    given = {"username": "fang", "display_name": "方", "role": "dispatcher", "unit": cast.street.pk}
    assert as_user(clerk).post(reverse("setup:enrol"), given).status_code == 403
    assert not User.objects.filter(username="fang").exists()


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    cast: Cast, boss: User, as_user: SignedIn
) -> None:
    given = {"username": "lin", "display_name": "另一位", "role": "reader", "unit": cast.street.pk}
    answer = as_user(boss).post(reverse("setup:enrol"), given)
    assert answer.status_code == 409
    assert "另一位" in answer.text
    assert "Somebody signs in with this name." in answer.text


def test_a_posting_ends_with_a_day_or_at_once_and_runs_on_again(
    cast: Cast, boss: User, as_user: SignedIn
) -> None:
    client, posting = as_user(boss), cast.lin.postings.get()
    url = reverse("setup:posting", args=[posting.pk])
    asked = client.post(url, {"when": "now"})
    assert "last posting" in asked.text
    client.post(url, {"when": "now", "confirmed": "1"})
    assert Posting.objects.get(pk=posting.pk).until is not None
    assert not cast.lin.postings.filter(until__gte=today()).exists()
    event = Event.objects.get(name="posting.ended")
    client.post(reverse("setup:undo", args=["people", event.pk]))
    assert Posting.objects.get(pk=posting.pk).until is None


def test_a_leader_is_named_and_a_street_looked_after(
    cast: Cast, boss: User, as_user: SignedIn
) -> None:
    client = as_user(boss)
    client.post(
        reverse("setup:new_leader", args=[cast.street.pk]), {"duty": "head", "name": "叶主任"}
    )
    assert Leadership.objects.get().name == "叶主任"
    assert "叶主任" in client.get(reverse("setup:leaders")).text
    client.post(reverse("setup:attach"), {"person": cast.wu.uid, "unit": cast.street.pk})
    assert StreetLeader.objects.get().user == cast.wu
    assert "Wu" in client.get(reverse("setup:streets")).text


def test_the_matrix_marks_what_no_role_may_do_yet(
    cast: Cast, boss: User, as_user: SignedIn
) -> None:
    said = as_user(boss).get(reverse("setup:roles")).text
    assert "new, not in any role yet" in said
    assert "dispatch a case to a unit" in said


def test_a_role_is_widened_after_a_look_at_what_follows(
    cast: Cast, boss: User, as_user: SignedIn, roles: dict[str, Role]
) -> None:
    client, url = as_user(boss), reverse("setup:edit_role", args=["reader"])
    given = {"name_zh": "查阅", "name_en": "Reader", "verbs": ["case.read", "case.note"],
             "reaches_below": "on"}  # fmt: skip
    asked = client.post(url, given)
    assert "1 people may from now on: write notes on a case." in asked.text
    assert Role.objects.get(code="reader").verbs == ["case.read"]
    client.post(url, given | {"confirmed": "1"})
    assert Role.objects.get(code="reader").verbs == ["case.note", "case.read"]
    said = client.get(reverse("setup:role", args=["reader"])).text
    assert "Who holds it may not" in said


def test_what_waits_with_a_dissolved_unit_goes_to_the_one_above_in_one_press(
    cast: Cast, kinds: Kinds, boss: User, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    case = cases.dispatch_case(case, by=cast.guo, unit_id=cast.community.pk)
    url = reverse("setup:dissolve_unit", args=[cast.community.pk])
    said = as_user(boss).get(url).text
    assert "This goes to Unit W, on record" in said and "1 open cases" in said
    as_user(boss).post(url)
    cast.community.refresh_from_db()
    case.refresh_from_db()
    assert not cast.community.active
    assert (case.unit, case.step_unit) == (cast.street, cast.street)
    assert Event.objects.get(name="case.handed_over").payload["unit"] == cast.street.pk


def test_units_to_choose_from_stand_by_street_and_kind(
    cast: Cast, boss: User, as_user: SignedIn
) -> None:
    page = as_user(boss).get(reverse("setup:new_unit")).text
    street = page.split(f'<optgroup label="{cast.street.name_en}">')[1].split("</optgroup>")[0]
    assert f'value="{cast.street.pk}"' in street and f'value="{cast.community.pk}"' in street
    assert f'value="{cast.department.pk}"' not in street
