"""Working on a case with others: notes, mentions, following, templates, both cases of a merge."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gulou.cases import operations
from gulou.cases.models import Assignment, Case, Letter, Note, Report
from gulou.cases.states import State
from gulou.catalogue.operations import describe_channel
from gulou.outbox.models import Event
from gulou.people.queries import today
from gulou.workbench import queries
from gulou.workbench.models import AnswerTemplate
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.factories.cases import IN_WEST, a_case, a_snap, evidence, reason
from tests.factories.photos import make_jpeg

pytestmark = pytest.mark.django_db


def test_a_note_asks_a_colleague_who_finds_it(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    guo, lin = as_user(cast.guo), as_user(cast.lin)
    form = guo.get(f"/desk/cases/{case.number}/note/").text
    assert f'<option value="{cast.lin.pk}">Lin</option>' in form
    assert f'<option value="{cast.chen.pk}">' not in form, "who does not see it is not offered"
    sent = guo.post(
        f"/desk/cases/{case.number}/note/", {"words": "请补照片", "mention": [cast.lin.pk]}
    )
    assert sent.status_code == 302
    assert "请补照片" in lin.get("/desk/following/").text
    assert "Note for staff" in lin.get(f"/desk/cases/{case.number}/").text
    (asked,) = queries.mentions_of(cast.lin)
    assert asked.read
    assert as_user(cast.he).post(f"/desk/mentions/{asked.id}/settle/").status_code == 404
    assert lin.post(f"/desk/mentions/{asked.id}/settle/").status_code == 302
    assert queries.mentions_of(cast.lin) == []


def test_a_name_that_may_not_see_it_is_refused_and_what_was_typed_stays(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    page = as_user(cast.guo).post(f"/desk/cases/{case.number}/note/", {"words": "@Zhao 请看"})
    assert page.status_code == 422 and "may not see this case" in page.text
    assert "@Zhao 请看" in page.text


def test_only_who_may_write_to_reporters_is_offered_to(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    url = f"/desk/cases/{case.number}/note/"
    assert 'name="audience"' not in as_user(cast.lin).get(url).text
    as_user(cast.guo).post(url, {"words": "后天清运", "audience": "public"})
    assert Note.objects.get(public=True).words.text == "后天清运"
    token = case.reports.get().token
    assert "后天清运" in as_user(cast.wu).get(f"/t/{token}/").text


def test_a_template_is_put_under_what_was_typed_and_filled(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    lin = as_user(cast.lin)
    given = {"title": "办结", "text": "{number} 已由 {unit} 办结", "language": "en", "move": "note"}
    wrong = lin.post("/desk/templates/", {**given, "text": "{phone}"})
    assert wrong.status_code == 422 and "{phone}" in wrong.text
    assert lin.post("/desk/templates/", given).status_code == 302
    template = AnswerTemplate.objects.get()
    url = f"/desk/cases/{case.number}/note/"
    assert "办结" not in as_user(cast.guo).get(url).text
    page = lin.post(url, {"words": "你好", "insert": "1", "template": template.uid}).text
    assert f"你好\n{case.number} 已由 {cast.street.name_en} 办结" in page
    assert not Event.objects.filter(name="case.noted").exists()
    lin.post(f"/desk/templates/{template.uid}/", {**given, "text": "改过"})
    assert lin.post(f"/desk/templates/{template.uid}/retire/").status_code == 302
    assert queries.templates_for(cast.lin) == []


def test_following_by_the_button_and_back(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    wu, url = as_user(cast.wu), f"/desk/cases/{case.number}/follow/"
    wu.post(url, {"on": "1"})
    operations.note_case(case, by=cast.guo, words="新情况")
    assert "One change" in wu.get("/desk/following/").text
    assert 'aria-pressed="true"' in wu.get(f"/desk/cases/{case.number}/").text
    assert "One change" not in wu.get("/desk/following/").text
    wu.post(url, {"on": "0"})
    assert f"/desk/cases/{case.number}/" not in wu.get("/desk/following/").text
    assert as_user(cast.zhao).post(url, {"on": "1"}).status_code == 404


def test_both_cases_are_shown_before_a_merge(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    case = a_case(cast, kinds.rubbish)
    other = a_case(cast, kinds.smoking, lat=IN_WEST[0] + 0.008, words="另一处")
    guo, url = as_user(cast.guo), f"/desk/cases/{case.number}/merge/"
    page = guo.post(url, {"number": other.number})
    assert page.status_code == 200 and Case.objects.get(pk=case.pk).state == State.RECEIVED
    for said in ("m apart", "more than 500 m", "different categories", "2 reports", "另一处"):
        assert said in page.text, said
    assert f'name="compared" value="{other.number}"' in page.text
    guo.post(url, {"number": other.number, "compared": other.number})
    assert Case.objects.get(pk=case.pk).merged_into == other
    split = guo.get(f"/desk/cases/{case.number}/split/").text
    assert f"1 report leaves {other.number}" in split
    assert case.reports.get().receipt in split


def test_a_merge_compared_with_another_case_is_shown_again(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case, first, second = (a_case(cast, kinds.rubbish) for _n in range(3))
    url = f"/desk/cases/{case.number}/merge/"
    as_user(cast.guo).post(url, {"number": second.number, "compared": first.number})
    assert Case.objects.get(pk=case.pk).state == State.RECEIVED


@pytest.mark.parametrize("shown", [True, False])
def test_once_decided_pictures_are_no_next_move(
    cast: Cast, kinds: Kinds, as_user: SignedIn, shown: bool
) -> None:
    sent = evidence()
    case = a_case(
        cast, kinds.rubbish, state=State.CLOSED, photos=tuple(sent.photos), draft=sent.draft
    )
    if shown:
        operations.release_photos(case, by=cast.guo, uids=[])
    page = as_user(cast.guo).get(f"/desk/cases/{case.number}/").text
    assert ("button-primary" in page) is not shown


def _entry(kinds: Kinds, **given: object) -> dict[str, object]:
    lat, lon = IN_WEST
    return {
        "client_id": "7d1c2a52-3a54-4b1e-8b1c-0f8f5d7e1a11", "source": "hotline",
        "category": kinds.rubbish.pk, "words": "来电反映", "lat": lat, "lon": lon, **given,
    }  # fmt: skip


def test_what_was_assigned_is_entered_listed_and_replied_to(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    guo = as_user(cast.guo)
    entry = _entry(kinds, source="assigned")
    refused = guo.post("/desk/enter/", entry)
    assert refused.status_code == 422 and "this is needed" in refused.text
    assert "来电反映" in refused.text, "nothing typed is lost"
    above = {
        "from_whom": "市文明办", "their_number": "12 号", "received_on": str(today()),
        "reply_due": f"{today() + timedelta(days=3)}T17:00", "reply_form": "written",
    }  # fmt: skip
    assert guo.post("/desk/enter/", {**entry, **above}).status_code == 302
    case = Assignment.objects.get().case
    assert "12 号" in guo.get(f"/desk/cases/{case.number}/").text
    assert case.number in guo.get("/desk/assigned/").text
    Case.objects.filter(pk=case.pk).update(state=State.RECEIVED)

    operations.decline_case(case, by=cast.guo, reason_id=reason("decline").pk)
    url = f"/desk/cases/{case.number}/reply/"
    assert guo.post(url, {"words": "已核查", "how": "written"}).status_code == 302
    assert f"/desk/cases/{case.number}/" not in guo.get("/desk/assigned/").text
    assert case.number in guo.get("/desk/assigned/?replied=1").text
    assert "已核查" in guo.get(f"/desk/cases/print?number={case.number}").text


def test_a_letter_and_one_more_report_of_an_open_case(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case, guo = a_case(cast, kinds.rubbish, state=State.HANDLING), as_user(cast.guo)
    looked = guo.post("/desk/enter/", _entry(kinds, look="near"))
    assert looked.status_code == 200 and f'name="joins" value="{case.number}"' in looked.text
    assert Report.objects.count() == 1, "looking enters nothing"
    guo.post("/desk/enter/", _entry(
        kinds, joins=case.number, letter_number="信 9", letter_date="2026-01-05"
    ))  # fmt: skip
    assert Letter.objects.get().report.case == case and Report.objects.count() == 2


def test_a_caller_who_called_before_is_known(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    caller = operations.ContactDetails(phone="13812345678")
    report = operations.receive_report(a_snap(kinds.rubbish, contact=caller))
    page = as_user(cast.guo).post(
        "/desk/enter/", _entry(kinds, look="caller", phone="138 1234 5678")
    )
    assert report.receipt in page.text and "来电反映" in page.text
    assert Event.objects.filter(name="report.contact_seen").count() == 1


def test_the_words_bring_their_categories_to_the_top(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    page = as_user(cast.guo).post("/desk/enter/", _entry(kinds, look="words", words="有人吸烟"))
    assert "The words point to" in page.text


def test_forwarded_pictures_become_drafts_and_drafts_reports(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    guo = as_user(cast.guo)
    files = [SimpleUploadedFile(f"{n}.jpg", make_jpeg(text=n)) for n in "ab"]
    assert guo.post("/desk/enter/pictures/", {}).status_code == 422
    guo.post("/desk/enter/pictures/", {"photos": files, "words": "群里说这里有垃圾"})
    first, second = queries.drafts_of(cast.guo)
    form = guo.get(f"/desk/enter/?picture={first.uid}").text
    assert "群里说这里有垃圾" in form and str(first.photo) in form
    sent = guo.post("/desk/enter/", _entry(
        kinds, picture=first.uid, draft=first.token, photo=first.photo, source="resident"
    ))  # fmt: skip
    assert sent.status_code == 302 and sent["Location"] == "/desk/enter/pictures/?sent=enter"
    report = Report.objects.get()
    assert report.channel == "forwarded" and report.photos.get().photo.uid == first.photo
    guo.post(f"/desk/enter/pictures/{second.uid}/drop/")
    assert queries.drafts_of(cast.guo) == []
    assert as_user(cast.lin).get("/desk/enter/pictures/").status_code == 403


def test_no_forwarded_picture_is_entered_while_the_desk_takes_nothing(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    guo = as_user(cast.guo)
    guo.post("/desk/enter/pictures/", {"photos": [SimpleUploadedFile("a.jpg", make_jpeg())]})
    (begun,) = queries.drafts_of(cast.guo)
    describe_channel("desk", {"is_open": False, "closed_en": "Back on Monday."}, by="system")
    sent = guo.post("/desk/enter/", _entry(
        kinds, picture=begun.uid, draft=begun.token, photo=begun.photo, source="resident"
    ))  # fmt: skip
    assert sent.status_code == 409
    assert not Report.objects.exists()
    assert queries.drafts_of(cast.guo) == [begun]


def test_cases_are_printed_one_after_the_other(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    cases = [a_case(cast, kinds.rubbish, state=state) for state in (State.CLOSED, State.FILED)]
    asked = "&".join(f"number={case.number}" for case in cases)
    page = as_user(cast.guo).get(f"/desk/cases/print?{asked}").text
    assert page.count('class="sheet"') == 2 and page.count('class="qr"') == 2
    assert as_user(cast.zhao).get(f"/desk/cases/print?{asked}").status_code == 404
    many = "&".join(f"number=2026-{n:06d}" for n in range(51))
    assert as_user(cast.guo).get(f"/desk/cases/print?{many}").status_code == 422
    assert "No case chosen" in as_user(cast.guo).get("/desk/cases/print").text


def test_what_may_be_the_same_is_named_at_triage_with_reasons(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    first, second = a_case(cast, kinds.rubbish), a_case(cast, kinds.rubbish)
    page = as_user(cast.guo).get(f"/desk/cases/{second.number}/").text
    assert "Perhaps the same problem" in page
    assert "0 m away · same category · reported within a day" in page
    assert "Perhaps the same" not in as_user(cast.wu).get(f"/desk/cases/{first.number}/").text


def test_one_press_on_a_suspect_shows_both_and_the_next_merges(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    first, second = a_case(cast, kinds.rubbish), a_case(cast, kinds.rubbish)
    guo = as_user(cast.guo)
    url = f"/desk/cases/{second.number}/merge/"
    page = guo.get(f"{url}?into={first.number}").content.decode()
    assert f'name="compared" value="{first.number}"' in page
    assert f"{first.number} answers for {second.number}" in page
    guo.post(url, {"into": first.number, "compared": first.number, "seen": second.version})
    second.refresh_from_db()
    assert second.merged_into_id == first.pk
    assert "compared" in guo.get(f"/desk/cases/{first.number}/merge/?into=2026-9").text


def test_entering_says_which_case_is_perhaps_the_same(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    a_case(cast, kinds.rubbish, state=State.FILED)
    looked = as_user(cast.guo).post("/desk/enter/", _entry(kinds, look="near"))
    assert "perhaps the same" in looked.text
