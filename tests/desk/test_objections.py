"""Objections on the desk: read where they are answered, upheld, and erased line by line."""

import pytest

from gulou.cases import operations
from gulou.cases.models import Case
from gulou.cases.states import State
from gulou.outbox.models import Event
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.factories.cases import a_case, evidence

pytestmark = pytest.mark.django_db


def _objected(cast: Cast, kinds: Kinds) -> Case:
    """A closed case to which the reporter of a merged one objects."""
    merged = a_case(cast, kinds.rubbish)
    top = a_case(cast, kinds.rubbish, state=State.HANDLED)
    operations.merge_case(merged, by=cast.guo, into=top)
    operations.close_case(top, by=cast.he)
    operations.object_to_case(merged.reports.get(), words="墙角还有一袋")
    top.refresh_from_db()
    return top


def test_my_day_and_every_order_lead_to_the_closed_case(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case, client = _objected(cast, kinds), as_user(cast.guo)
    day = client.get("/desk/").context
    urls = [tile.url for tile in day["tiles"] if tile.words in ("Wait for me", "Came back")]
    for url in [*urls, *(group.all_url for group in day["groups"]), "/desk/cases/?all=1&sort=due"]:
        assert case.number in [row.number for row in client.get(url).context["rows"]], url


@pytest.mark.parametrize("move", ["reopen", "uphold"])
def test_the_form_that_answers_shows_the_objection(
    cast: Cast, kinds: Kinds, as_user: SignedIn, move: str
) -> None:
    case = _objected(cast, kinds)
    page = as_user(cast.guo).get(f"/desk/cases/{case.number}/{move}/").text
    assert page.count("墙角还有一袋") == 3, "in the head, in the form and in the story"


def test_it_upholds_and_the_reporter_reads_why(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    case = _objected(cast, kinds)
    client = as_user(cast.guo)
    given = {"words": "那一袋属于施工围挡，已另行立案", "seen": case.version}
    answer = client.post(f"/desk/cases/{case.number}/uphold/", given)
    assert answer.status_code == 302
    case.refresh_from_db()
    assert (case.state, case.objected_at) == (State.CLOSED, None)
    page = client.get(f"/desk/cases/{case.number}/").text
    assert "Upheld against the objection" in page
    assert f"/desk/cases/{case.number}/uphold/" not in page, "nothing is left to uphold"
    token = Case.objects.get(merged_into=case).reports.get().token
    assert "那一袋属于施工围挡" in client.get(f"/t/{token}/").text


def test_another_reporter_does_not_read_that_their_objection_arrived(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = _objected(cast, kinds)
    page = as_user(cast.guo).get(f"/t/{case.reports.get().token}/").text
    assert "Your objection has arrived" not in page
    assert "Send my objection" in page


def test_each_line_of_the_story_offers_to_erase_its_words(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = _objected(cast, kinds)
    words_id = Event.objects.get(name="case.objected").payload["words"]
    link = f"/desk/cases/{case.number}/erase/?words={words_id}"
    assert link in as_user(cast.guo).get(f"/desk/cases/{case.number}/").text
    assert link not in as_user(cast.he).get(f"/desk/cases/{case.number}/").text
    answer = as_user(cast.guo).post(f"/desk/cases/{case.number}/erase/", {"words": words_id})
    assert answer.status_code == 302
    page = as_user(cast.guo).get(f"/desk/cases/{case.number}/").text
    assert "墙角还有一袋" not in page and "Erased on request" in page


def test_pictures_of_a_merged_case_can_be_released(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    sent = evidence()
    merged = a_case(cast, kinds.rubbish, photos=tuple(sent.photos), draft=sent.draft)
    top = a_case(cast, kinds.rubbish)
    operations.merge_case(merged, by=cast.guo, into=top)
    top.refresh_from_db()
    client, picture = as_user(cast.guo), str(sent.photos[0])
    page = client.get(f"/desk/cases/{top.number}/release/").text
    assert f'name="public" value="{picture}"' in page
    client.post(
        f"/desk/cases/{top.number}/release/", {"public": [picture], "seen": top.version}
    )  # fmt: skip
    assert merged.photos.get().released_at is not None
