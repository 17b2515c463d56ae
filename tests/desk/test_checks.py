"""The pages of what is looked at again: who sees what, and what they say there."""

from typing import Any

import pytest

from gulou.cases import operations
from gulou.cases.models import Case, Revisit
from gulou.cases.states import State
from gulou.catalogue.current import CheckingRef
from gulou.catalogue.operations import set_checking
from gulou.kit.clock import at, now
from gulou.outbox.models import Event
from gulou.people.models import Role, User
from tests.cases.test_revisits import DAY, sample
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case
from tests.factories.people import PostingFactory, UserFactory

SignedIn = Any


@pytest.fixture
def ma(cast: Cast) -> User:
    role = Role.objects.get(code="rechecker")
    role.verbs = [*role.verbs, "case.look_back"]
    role.save()
    user = UserFactory.create(display_name="Ma")
    PostingFactory.create(user=user, role=role, unit=cast.team)
    return user


@pytest.fixture
def blind(cast: Cast, kinds: Kinds, ma: User) -> Revisit:
    set_checking(None, CheckingRef(blind_share=100), by="system")
    case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    sample(case)
    return Revisit.objects.get(case=case)


def test_the_third_person_finds_it_on_their_day_and_says_how_it_is(
    cast: Cast, blind: Revisit, ma: User, as_user: SignedIn
) -> None:
    client, page = as_user(ma), f"/desk/checks/{blind.uid}/"
    day = client.get("/desk/").text
    assert "Look-backs and blind rechecks" in day and page in day
    assert blind.case.number not in day
    shown = client.get(page).text
    assert "Judge by what you see alone" in shown and "He" not in shown.split("<main")[1].split()
    photo = blind.case.photos.order_by("pk")[0].photo
    assert client.get(f"/desk/photos/{photo.uid}/full").status_code == 200
    assert client.get(f"/desk/cases/{blind.case.number}/").status_code == 404
    assert client.post(page, {"verdict": "failed", "words": ""}).status_code == 422
    assert client.post(page, {"words": "还在"}).status_code == 422
    answer = client.post(page, {"verdict": "failed", "words": "还在"})
    assert answer.status_code == 302
    blind.case.refresh_from_db()
    assert blind.case.state == State.FILED
    assert "Not in order" in client.get("/desk/checks/?show=done").text
    assert (
        "other than at closing" in as_user(cast.guo).get(f"/desk/cases/{blind.case.number}/").text
    )


def test_nobody_else_opens_it(cast: Cast, blind: Revisit, as_user: SignedIn) -> None:
    for who in (cast.he, cast.lin, cast.zhao):
        assert as_user(who).get(f"/desk/checks/{blind.uid}/").status_code == 404
        assert str(blind.uid) not in as_user(who).get("/desk/checks/?show=beside").text
        assert as_user(who).post(f"/desk/checks/{blind.uid}/name/").status_code == 404


def test_the_office_names_somebody_and_who_was_drawn_hands_over(
    cast: Cast, blind: Revisit, ma: User, as_user: SignedIn
) -> None:
    page = f"/desk/checks/{blind.uid}/"
    assert as_user(ma).post(f"{page}hand-over/", {"words": ""}).status_code == 422
    assert as_user(ma).post(f"{page}hand-over/", {"words": "出差"}).status_code == 302
    blind.refresh_from_db()
    assert blind.person is None, "nobody else is left"
    guo = as_user(cast.guo)
    assert "nobody could be drawn" in guo.get("/desk/").text
    assert "Nobody drawn" in guo.get("/desk/checks/").text
    assert guo.post(f"{page}name/", {"person": str(cast.he.pk)}).status_code == 422
    assert guo.post(f"{page}name/", {"person": str(ma.pk)}).status_code == 302
    blind.refresh_from_db()
    assert blind.person == ma


def test_a_colleague_takes_a_recheck_over(
    cast: Cast, kinds: Kinds, ma: User, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLED)
    case = operations.name_rechecker(case, by=cast.guo, person=cast.he)
    client, page = as_user(ma), f"/desk/checks/rechecks/{case.number}/"
    assert page in client.get("/desk/checks/?show=beside").text
    assert as_user(cast.zhao).get(page).status_code == 404
    assert client.post(page, {"words": ""}).status_code == 422
    assert client.post(page, {"words": "何休假"}).status_code == 302
    assert client.get(f"/desk/cases/{case.number}/").status_code == 200


def test_the_record_explains_every_draw(
    cast: Cast, kinds: Kinds, ma: User, as_user: SignedIn
) -> None:
    set_checking(None, CheckingRef(blind_share=1, first_share=100), by="system")
    case = a_case(cast, kinds.rubbish, state=State.HANDLED)
    operations.assign_recheck(case, case.step_id or 0)
    case.refresh_from_db()
    shown = as_user(cast.guo).get(f"/desk/cases/{case.number}/").text
    assert "Drawn among 2 people" in shown and "just now: the same" in shown
    assert case.step_person is not None
    case = operations.close_case(case, by=case.step_person, words="好了")
    sample(case)
    with at(now() + 7 * DAY):
        operations.begin_look_backs()
        shown = as_user(cast.guo).get(f"/desk/cases/{case.number}/").text
    assert "Look-back after 7 days" in shown and "those below 100 are drawn" in shown


def test_who_closed_it_opens_it_again(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    case: Case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    client = as_user(cast.he)
    assert client.get(f"/desk/cases/{case.number}/").status_code == 200
    assert client.get(f"/desk/cases/{case.number}/note/").status_code == 403
    assert client.post(f"/desk/cases/{case.number}/note/", {"words": "再说一句"}).status_code == 403
    assert not Event.objects.filter(subject_uid=case.uid, name="case.noted").exists()
