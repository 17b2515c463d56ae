"""Following a report by its private link, and answering at the end."""

import pytest
from django.test import Client

from gulou.cases import operations
from gulou.cases.models import Answer, Case, CasePhoto, Report
from gulou.cases.operations import receive_report
from gulou.cases.states import State
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, a_snap, evidence, reason
from tests.factories.public import show_to_the_public
from tests.portal.conftest import text_of


def _told(case: Case) -> Report:
    return case.reports.order_by("pk")[0]


def _url(case: Case, tail: str = "") -> str:
    return f"/t/{_told(case).token}/{tail}"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.RECEIVED, "The office looks at it next"),
        (State.FILED, "choosing who takes care of it"),
        (State.DISPATCHED, "has been passed to Unit W"),
        (State.HANDLING, "Unit W is taking care of it"),
        (State.HANDLED, "now checks it on the spot"),
        (State.CLOSED, "Unit W has done it"),
        (State.DECLINED, "The office has not taken it up"),
        (State.REDIRECTED, "belongs to another channel"),
    ],
)
def test_each_state_is_told_in_plain_words(
    client: Client, cast: Cast, kinds: Kinds, state: State, words: str
) -> None:
    case = a_case(cast, kinds.rubbish, state=state)
    answer = client.get(_url(case))
    text = text_of(answer)
    assert answer.status_code == 200
    assert words in text
    receipt = _told(case).receipt
    assert receipt in text
    # The two serials may be alike, so the receipt itself is put aside first.
    assert case.number not in text.replace(receipt, "")


def test_it_is_told_in_chinese_to_who_reads_chinese(
    client: Client, cast: Cast, kinds: Kinds
) -> None:
    case = a_case(cast, kinds.rubbish)
    answer = client.get(_url(case), headers={"accept-language": "zh-CN"})
    assert "暴露垃圾" in text_of(answer)


def test_the_reason_of_a_refusal_is_told(client: Client, cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.DECLINED)
    assert "A public reason" in text_of(client.get(_url(case)))


def test_it_is_kept_from_caches_robots_and_other_sites(
    client: Client, cast: Cast, kinds: Kinds
) -> None:
    answer = client.get(_url(a_case(cast, kinds.rubbish)))
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "token", ["x", "a" * 43, "R2026-000001", "a'--", "%00", "..", "𠮷" * 30, "a" * 5000]
)
def test_a_link_that_leads_nowhere_says_so(client: Client, cast: Cast, token: str) -> None:
    answer = client.get(f"/t/{token}/")
    assert answer.status_code == 404


def test_a_receipt_number_opens_nothing(client: Client, cast: Cast, kinds: Kinds) -> None:
    receipt = _told(a_case(cast, kinds.rubbish)).receipt
    assert client.get(f"/t/{receipt}/").status_code == 404
    answer = client.post("/track/", {"link": receipt})
    assert answer.status_code == 422
    assert "numbers can be guessed" in text_of(answer)


@pytest.mark.parametrize("form", ["{}", "https://gulou.example/t/{}/", " /t/{}/receipt/ "])
def test_a_pasted_link_is_opened(client: Client, cast: Cast, kinds: Kinds, form: str) -> None:
    token = _told(a_case(cast, kinds.rubbish)).token
    answer = client.post("/track/", {"link": form.format(token)})
    assert answer.status_code == 302
    assert answer["Location"] == f"/t/{token}/"


def test_a_pasted_link_leads_to_no_other_site(client: Client, cast: Cast) -> None:
    answer = client.post("/track/", {"link": f"https://evil.example/t/{'a' * 43}/"})
    assert answer["Location"].startswith("/t/")


def test_the_receipt_has_number_link_and_what_comes_next(
    client: Client, cast: Cast, kinds: Kinds
) -> None:
    case = a_case(cast, kinds.rubbish)
    answer = client.get(_url(case, "receipt/"))
    page = answer.content.decode()
    assert _told(case).receipt in page
    assert f"http://testserver/t/{_told(case).token}/" in page
    assert 'data-draft-done="report"' in page
    assert answer["Cache-Control"] == "private, no-store"


def test_what_one_wrote_is_shown_as_words_and_not_as_a_page(
    client: Client, cast: Cast, kinds: Kinds
) -> None:
    case = a_case(
        cast, kinds.rubbish, words="<script>alert(1)</script>'; DROP TABLE x;-- 𠮷😀 \u202eمرحبا"
    )
    page = client.get(_url(case)).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "𠮷😀" in page
    assert "\u202e" not in page


def test_a_joined_report_tells_the_story_of_the_one_it_joined(
    client: Client, cast: Cast, kinds: Kinds
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    report = operations.receive_report(a_snap(kinds.rubbish, joins=case.uid))
    text = text_of(client.get(f"/t/{report.token}/"))
    assert "You joined a report" in text
    assert "Unit W is taking care of it" in text


def test_a_merged_case_tells_the_story_of_both(client: Client, cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.MERGED)
    assert "put together with another one" in text_of(client.get(_url(case)))


def _pictured(cast: Cast, kinds: Kinds) -> Case:
    before = evidence()
    case = a_case(
        cast, kinds.rubbish, state=State.CLOSED, photos=tuple(before.photos), draft=before.draft
    )
    case.refresh_from_db()
    return case


def test_pictures_are_shown_once_released_and_not_before(
    client: Client, cast: Cast, kinds: Kinds
) -> None:
    case = _pictured(cast, kinds)
    assert "/photos/" not in client.get(_url(case)).content.decode()
    uids = list(CasePhoto.objects.filter(case=case).values_list("photo__uid", flat=True))
    show_to_the_public()
    operations.release_photos(case, by=cast.guo, uids=uids)
    page = client.get(_url(case)).content.decode()
    assert 'data-controller="compare"' in page
    for uid in uids:
        assert f"/photos/{uid}/page" in page


# Answers


def test_a_rating_is_kept_with_its_words(client: Client, cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    answer = client.post(_url(case, "rating/"), {"rating": "4", "words": "很快"})
    assert answer.status_code == 302
    assert Answer.objects.get().rating == 4
    assert "You gave 4 of 5 stars" in text_of(client.get(_url(case)))


def test_a_second_rating_is_refused_in_words(client: Client, cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    client.post(_url(case, "rating/"), {"rating": "4"})
    answer = client.post(_url(case, "rating/"), {"rating": "1"})
    assert answer.status_code == 409
    assert Answer.objects.get().rating == 4


@pytest.mark.parametrize("rating", ["", "0", "6", "x", "4.5", "-1", "9" * 40, "四"])
def test_a_rating_is_one_to_five(client: Client, cast: Cast, kinds: Kinds, rating: str) -> None:
    case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    answer = client.post(_url(case, "rating/"), {"rating": rating, "words": "还留着"})
    assert answer.status_code == 422
    assert "Choose one to five stars" in text_of(answer)
    assert "还留着" in answer.content.decode()
    assert not Answer.objects.exists()


def test_an_open_case_cannot_be_rated(client: Client, cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    assert client.post(_url(case, "rating/"), {"rating": "4"}).status_code == 409
    assert "How was it handled" not in text_of(client.get(_url(case)))


def test_an_objection_asks_the_office_to_look_again(
    client: Client, cast: Cast, kinds: Kinds
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    answer = client.post(_url(case, "objection/"), {"words": "还在原处"})
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.objected_at is not None
    assert "Your objection has arrived" in text_of(client.get(_url(case)))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("", "Say what is still wrong"),
        ("  \x00 ", "Say what is still wrong"),
        ("长" * 2001, "2000"),
    ],
)
def test_an_objection_needs_words_of_some_length(
    client: Client, cast: Cast, kinds: Kinds, words: str, told: str
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    answer = client.post(_url(case, "objection/"), {"words": words})
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert not Answer.objects.exists()


def test_a_reopened_case_is_told_and_can_be_answered_again_at_its_end(
    client: Client, cast: Cast, kinds: Kinds
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    client.post(_url(case, "objection/"), {"words": "还在原处"})
    operations.reopen_case(case, by=cast.guo, reason_id=reason("reopen").pk)
    text = text_of(client.get(_url(case)))
    assert "Taken up again" in text
    assert "choosing who takes care of it" in text


@pytest.mark.parametrize("tail", ["rating/", "objection/"])
def test_an_answer_is_posted_and_not_fetched(
    client: Client, cast: Cast, kinds: Kinds, tail: str
) -> None:
    assert client.get(_url(a_case(cast, kinds.rubbish), tail)).status_code == 405


def test_it_shows_what_the_office_wrote_for_the_public(
    client: Client, cast: Cast, kinds: Kinds
) -> None:
    report = receive_report(a_snap(kinds.rubbish))
    operations.release_photos(report.case, by=cast.guo, uids=[], summary="路口垃圾桶\x07满溢 ")
    assert "路口垃圾桶满溢" in text_of(client.get(f"/t/{report.token}/"))


def test_a_declined_report_asks_for_no_stars_but_takes_an_objection(
    client: Client, cast: Cast, kinds: Kinds
) -> None:
    page = client.get(_url(a_case(cast, kinds.rubbish, state=State.DECLINED))).text
    assert 'name="rating"' not in page
    assert "I do not accept this answer" in page


def test_a_reopened_case_does_not_show_the_last_answer_as_the_present_one(
    client: Client, cast: Cast, kinds: Kinds
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    operations.rate_case(_told(case), rating=2, words="")
    operations.reopen_case(case, by=cast.guo, reason_id=reason("reopen").pk, words="")
    assert "You have the last word" not in text_of(client.get(_url(case)))
