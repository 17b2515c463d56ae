"""The page where staff decide what of a picture the public does not see; without any script."""

import pytest
from django.test import Client

from gulou.cases.models import CasePhoto
from gulou.cases.states import State
from gulou.outbox.models import Event
from gulou.photos import covers
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.factories.cases import a_case, evidence

pytestmark = pytest.mark.django_db
PLACE = {"kind_1": "face", "x_1": "10", "y_1": "20.5", "width_1": "30", "height_1": "40"}


@pytest.fixture
def shown(cast: Cast, kinds: Kinds) -> CasePhoto:
    sent = evidence()
    case = a_case(
        cast, kinds.rubbish, state=State.CLOSED, photos=tuple(sent.photos), draft=sent.draft
    )
    return case.photos.select_related("photo", "case").order_by("pk")[0]


def address(shown: CasePhoto) -> str:
    return f"/desk/cases/{shown.case.number}/photos/{shown.photo.uid}/"


def send(client: Client, shown: CasePhoto, **given: object) -> int:
    return client.post(address(shown), {**given}).status_code


def test_covers_are_typed_shown_and_taken_away(
    cast: Cast, shown: CasePhoto, as_user: SignedIn
) -> None:
    client = as_user(cast.guo)
    assert send(client, shown, **PLACE) == 302
    (cover,) = covers.standing(shown.photo)
    assert (cover.kind, cover.by, cover.y) == ("face", cast.guo, 0.205)
    page = client.get(address(shown)).content.decode()
    assert 'class="cover-standing" x="10.0" y="20.5" width="30.0" height="40.0"' in page
    assert send(client, shown, remove=[cover.pk]) == 302
    assert covers.standing(shown.photo) == []
    facts = Event.objects.filter(subject_uid=shown.case.uid, name="case.covers_decided")
    told = [(one.payload["added"], one.payload["removed"]) for one in facts.order_by("pk")]
    assert told == [(1, 0), (0, 1)]


@pytest.mark.parametrize(
    "given", [{}, {**PLACE, "height_1": ""}, {**PLACE, "x_1": "90"}, {**PLACE, "x_1": "far"}]
)
def test_what_covers_nothing_is_refused_and_kept(
    cast: Cast, shown: CasePhoto, as_user: SignedIn, given: dict[str, str]
) -> None:
    client = as_user(cast.guo)
    answer = client.post(address(shown), given)
    assert answer.status_code == 422
    assert not shown.photo.covers.exists()
    if "y_1" in given:
        assert 'value="20.5"' in answer.content.decode()


def test_who_may_not_release_may_not_cover(cast: Cast, shown: CasePhoto, as_user: SignedIn) -> None:
    assert send(as_user(cast.lin), shown, **PLACE) == 403
    assert send(as_user(cast.zhao), shown, **PLACE) == 404
    assert not shown.photo.covers.exists()


def test_a_picture_of_another_case_is_not_there(
    cast: Cast, kinds: Kinds, shown: CasePhoto, as_user: SignedIn
) -> None:
    other = a_case(cast, kinds.rubbish)
    url = f"/desk/cases/{other.number}/photos/{shown.photo.uid}/"
    assert as_user(cast.guo).get(url).status_code == 404
