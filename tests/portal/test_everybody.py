"""What everybody may read, as soon as it is open: and nothing of anybody."""

import csv
import io
import json
import re
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from gulou.cases import operations
from gulou.cases.figures import Line
from gulou.cases.models import Case, Report
from gulou.cases.operations import ContactDetails, Evidence, compute_figures
from gulou.cases.queries import Named
from gulou.cases.states import State
from gulou.kit import clock
from gulou.openings import operations as openings
from gulou.openings.states import APPROVE, Part
from gulou.outbox.deliver import deliver_all
from gulou.people.models import User
from gulou.photos.models import Rendition
from gulou.photos.operations import stage_photo
from gulou.portal.views.figures import since_first
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.factories.cases import a_case, reason
from tests.factories.openings import open_parts, who_opens
from tests.factories.photos import make_jpeg
from tests.factories.public import show_to_the_public
from tests.portal.crawler import leaks, walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]
DEVICE = ("Zhenqu", "Camera-9731")
WAYS = ("/cases/", "/cases/feed.atom", "/map/", "/map/points.json", "/statistics/", "/data/",
        "/data/cases.csv", "/data/cases.jsonl")  # fmt: skip


def _photo(draft: str) -> Evidence:
    data = make_jpeg(text=draft, gps=(26.0712345, 119.2912345), taken=clock.now(), device=DEVICE)
    return Evidence(photos=(stage_photo(io.BytesIO(data), draft=draft).uid,), draft=draft)


@dataclass
class District:
    """A few people's reports, some of them released."""

    closed: Case
    going_on: Case
    hidden: Case
    declined: Case
    secrets: list[str]


def _released(cast: Cast, kinds: Kinds, n: int, state: State, **given: Any) -> Case:
    """A case whose pictures are public with the office's words."""
    before = _photo(f"draft{n}")
    found = a_case(
        cast, kinds.rubbish, state=state, photos=before.photos, draft=before.draft,
        lat=26.0712345, lon=119.2912345, **given,
    )  # fmt: skip
    uids = list(found.photos.values_list("photo__uid", flat=True))
    show_to_the_public()
    return operations.release_photos(found, by=cast.guo, uids=uids, summary=f"路口垃圾第{n}处")


@pytest.fixture
def district(cast: Cast, kinds: Kinds) -> District:
    secrets = [*DEVICE, "26.0712345", "119.2912345"]
    for user in User.objects.all():
        user.username, user.display_name = f"zhigong-{user.pk}-{user.username}", f"职员{user.pk}甲"
        user.save()
        secrets += [user.username, user.display_name, str(user.uid)]
    for person in (cast.lin, cast.guo, cast.he):
        person.refresh_from_db()

    def case(n: int, state: State, release: bool = True) -> Case:
        mine = [f"上报人{n}某某", f"1390000{n:04d}", f"reporter{n}@example.org",
                f"我家楼下{n}号门口有味道", f"长巷{n}弄{n}号二楼"]  # fmt: skip
        secrets.extend(mine)
        found = _released(
            cast, kinds, n, state, words=mine[3], address=mine[4],
            contact=ContactDetails(name=mine[0], phone=mine[1], email=mine[2]),
        )  # fmt: skip
        if not release:
            found = operations.release_photos(found, by=cast.guo, uids=[])
        return found

    closed, going_on = case(1, State.CLOSED), case(2, State.FILED)
    hidden, declined = case(3, State.CLOSED, release=False), case(4, State.FILED)
    operations.decline_case(
        declined, by=cast.guo, reason_id=reason("decline").pk, words="内部说明甲"
    )
    merged = case(5, State.FILED)
    operations.merge_case(merged, by=cast.guo, into=going_on, words="内部说明乙")
    operations.note_case(closed, by=cast.guo, words="内部说明丙")
    operations.rate_case(closed.reports.get(), rating=2, words="评价里的话")
    operations.object_to_case(closed.reports.get(), words="异议里的话")
    for report in Report.objects.all():
        secrets += [report.token, report.receipt, str(report.client_id), str(report.uid)]
    secrets += ["内部说明甲", "内部说明乙", "内部说明丙", "评价里的话", "异议里的话", "已核查",
                "路口垃圾第4处", hidden.number]  # fmt: skip
    deliver_all()
    compute_figures()
    return District(closed, going_on, hidden, declined, secrets)


# Nothing personal


def test_a_crawler_of_all_that_is_open_finds_nothing_of_anybody(
    client: Client, cast: Cast, district: District
) -> None:
    open_parts(cast.office)
    found = walk(client)
    assert leaks(found, district.secrets) == []
    read = set(found.read)
    assert set(WAYS) <= read
    assert f"/cases/{district.closed.number}/" in read
    assert f"/cases/{district.going_on.number}/" in read
    assert len(found.pictures) >= 6
    assert not any(url.startswith("/t/") for url in read)


def test_the_crawler_finds_what_is_planted(client: Client, cast: Cast, district: District) -> None:
    open_parts(cast.office)
    Case.objects.filter(pk=district.going_on.pk).update(summary="请联系 13900000002")
    found = leaks(walk(client), district.secrets)
    assert {"/cases/", f"/cases/{district.going_on.number}/", "/data/cases.csv"} <= {
        url for url, secret in found if secret == "13900000002"
    }


def test_the_crawler_looks_inside_of_pictures(
    client: Client, cast: Cast, district: District
) -> None:
    open_parts(cast.office)
    planted = make_jpeg(gps=(26.07, 119.29), device=DEVICE)
    for copy in Rendition.objects.all():
        default_storage.delete(copy.path)
        default_storage.save(copy.path, ContentFile(planted))
    assert {secret for _url, secret in leaks(walk(client), DEVICE)} == {*DEVICE, "EXIF"}


# Closed


def test_nothing_at_all_can_be_reached_while_it_is_closed(
    client: Client, cast: Cast, district: District
) -> None:
    day = timezone.localdate(clock.now()).isoformat()
    number = district.closed.number
    photo = district.closed.photos.values_list("photo__uid", flat=True)[0]
    for url in (
        *WAYS, f"/cases/{number}/", f"/statistics/{day}/", f"/statistics/{day}/figures.json",
        f"/photos/{photo}/page",
    ):  # fmt: skip
        answer = client.get(url)
        assert answer.status_code == 404, url
        assert "路口垃圾" not in answer.content.decode()
    found = walk(client)
    assert not any(
        url.startswith(("/cases", "/photos", "/data", "/statistics")) for url in found.read
    )
    assert "路口垃圾" not in "".join(found.texts.values())
    assert "Disallow: /photos/" in found.texts["/robots.txt"]


def test_the_page_of_a_closed_part_says_so_in_words(client: Client, cast: Cast) -> None:
    answer = client.get("/cases/")
    assert "has not opened this page" in answer.content.decode()


def test_each_part_opens_by_itself(client: Client, cast: Cast, opened: District) -> None:
    ways = {
        Part.LIST: ("/cases/", "/cases/feed.atom"), Part.MAP: ("/map/", "/map/points.json"),
        Part.STATISTICS: ("/statistics/",), Part.DATA: ("/data/", "/data/cases.csv"),
    }  # fmt: skip
    closes = who_opens(cast.office, APPROVE)
    for part in Part:
        openings.close_opening(part, by=closes)
    for part in Part:
        open_parts(cast.office, part)
        for other, urls in ways.items():
            assert {client.get(url).status_code for url in urls} == {200 if other == part else 404}
        case = client.get(f"/cases/{opened.closed.number}/").status_code
        assert case == (200 if part in (Part.LIST, Part.MAP) else 404)
        openings.close_opening(part, by=closes)


def test_who_may_approve_looks_before_and_nobody_else(as_user: SignedIn, cast: Cast) -> None:
    approver = as_user(who_opens(cast.office, APPROVE))
    answer = approver.get("/cases/")
    assert answer.status_code == 200
    assert "Preview: this page is closed." in answer.content.decode()
    assert answer["Cache-Control"] == "private, no-store"
    assert as_user(cast.lin).get("/cases/").status_code == 404


def test_closing_holds_at_once(client: Client, cast: Cast, opened: District) -> None:
    openings.close_opening(Part.LIST, by=who_opens(cast.office, APPROVE))
    assert client.get("/cases/").status_code == 404
    assert "/cases/feed" not in client.get("/").content.decode()


# Pages


@pytest.fixture
def opened(cast: Cast, kinds: Kinds) -> District:
    """Everything is open: a closed case, and one that is being worked on."""
    closed, going_on = (
        _released(cast, kinds, n, state) for n, state in ((1, State.CLOSED), (2, State.FILED))
    )
    compute_figures()
    open_parts(cast.office)
    return District(closed, going_on, closed, closed, [])


def test_the_list_is_narrowed_by_its_address(client: Client, opened: District) -> None:
    def shown(query: str) -> list[str]:
        return re.findall(
            r'<h3><a href="/cases/([\w-]+)/"', client.get(f"/cases/{query}").content.decode()
        )

    assert set(shown("")) == {opened.closed.number, opened.going_on.number}
    assert shown("?state=done") == [opened.closed.number]
    assert shown("?q=第2处") == [opened.going_on.number]
    assert shown("?street=E") == []
    assert len(shown("?street=W&kind=event.01")) == 2
    assert len(shown("?month=2000-13&kind=%00&at=x&page=zzz&state=?")) == 2
    assert "No case fits all of this." in client.get("/cases/?month=2020-01").content.decode()


def test_the_feed_is_atom(client: Client, opened: District) -> None:
    answer = client.get("/cases/feed.atom?state=done")
    atom = "{http://www.w3.org/2005/Atom}"
    entries = ElementTree.fromstring(answer.content).findall(f"{atom}entry")
    assert [one.findtext(f"{atom}title") for one in entries] == ["路口垃圾第1处"]


def test_a_case_has_a_card_for_others_and_data_for_machines(
    client: Client, opened: District
) -> None:
    page = client.get(f"/cases/{opened.closed.number}/").content.decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert found is not None
    told = json.loads(found[1])
    assert (told["@type"], told["headline"]) == ("Report", "路口垃圾第1处")
    assert f'<link rel="canonical" href="http://testserver/cases/{opened.closed.number}/">' in page
    assert 'property="og:image" content="http://testserver/photos/' in page


def test_words_cannot_break_out_of_the_data_for_machines(
    client: Client, cast: Cast, opened: District
) -> None:
    Case.objects.filter(pk=opened.closed.pk).update(summary="</script><script>alert(1)</script>")
    page = client.get(f"/cases/{opened.closed.number}/").content.decode()
    assert "<script>alert(1)" not in page


def test_the_number_of_a_merged_case_leads_to_the_one_that_answers(
    client: Client, cast: Cast, kinds: Kinds, opened: District
) -> None:
    merged = _released(cast, kinds, 3, State.FILED)
    operations.merge_case(merged, by=cast.guo, into=opened.going_on)
    answer = client.get(f"/cases/{merged.number}/")
    assert answer["Location"] == f"/cases/{opened.going_on.number}/"


def test_the_map_names_each_square_once(client: Client, opened: District) -> None:
    found = client.get("/map/points.json").json()["features"]
    assert [one["properties"]["n"] for one in found] == [2]
    assert found[0]["geometry"]["coordinates"] == [119.2915, 26.0715]
    assert found[0]["properties"]["url"] == "/cases/?at=26.0715%2C119.2915"


def test_the_figures_of_today_have_an_address_of_their_own(
    client: Client, opened: District
) -> None:
    day = timezone.localdate(clock.now()).isoformat()
    answer = client.get("/statistics/")
    page, first = answer.content.decode(), answer.context["months"][0][0].code
    assert f"http://testserver/statistics/{day}/" in page
    assert f"From {first}-01 on" in page, "as the heading and the chart say"
    figures = client.get(f"/statistics/{day}/figures.json").json()
    assert figures["total"]["received"] == 2
    assert figures["streets"][0]["received"] is None
    assert client.get("/statistics/2001-01-01/").status_code == 404
    assert client.get("/statistics/2001-13-01/").status_code == 404


def test_open_data_is_a_file_that_no_spreadsheet_computes(client: Client, opened: District) -> None:
    Case.objects.filter(pk=opened.closed.pk).update(summary="=HYPERLINK(1)")
    Case.objects.filter(pk=opened.going_on.pk).update(summary="＝1+1")
    text = client.get("/data/cases.csv").getvalue().decode("utf-8-sig")
    rows = {row["number"]: row for row in csv.DictReader(io.StringIO(text))}
    assert set(rows) == {opened.closed.number, opened.going_on.number}
    assert rows[opened.closed.number]["summary"] == "'=HYPERLINK(1)"
    assert rows[opened.going_on.number]["summary"] == "'＝1+1"
    lines = client.get("/data/cases.jsonl?language=en").getvalue().decode().splitlines()
    assert {json.loads(line)["category"] for line in lines} == {"Exposed rubbish"}


def test_what_has_not_changed_is_not_sent_again(client: Client, opened: District) -> None:
    for url in ("/cases/", "/statistics/", "/data/cases.csv", "/map/points.json"):
        first = client.get(url)
        assert first["Cache-Control"] == "public, no-cache", "gone at once where a part is closed"
        assert "csrftoken" not in first.cookies
        again = client.get(url, headers={"if-none-match": first["ETag"]})
        assert again.status_code == 304, url
        # With it, a page that is kept would be held to the nonce of another.
        assert "Content-Security-Policy" not in again.headers or url.startswith("/data")


def test_the_chart_begins_where_something_happened() -> None:
    quiet, busy = Line(), Line(received=7)
    months = [Named(f"2026-0{n}", "", line) for n, line in enumerate((quiet, busy, quiet, busy), 1)]
    assert [one.code for one in since_first(months)] == ["2026-02", "2026-03", "2026-04"]
    assert since_first(months[:1]) == []


def test_every_public_page_leads_to_what_is_open(client: Client, cast: Cast) -> None:
    assert 'href="/statistics/"' not in client.get("/report/").text
    open_parts(cast.office, Part.STATISTICS)
    page = client.get("/report/").text
    assert 'href="/statistics/"' in page
    assert 'href="/map/"' not in page


def test_the_front_door_shows_what_is_open(client: Client, opened: District) -> None:
    page = client.get("/").content.decode()
    assert f"/cases/{opened.closed.number}/" in page
    for way in ("/cases/", "/map/", "/statistics/", "/data/"):
        assert f'href="{way}"' in page
    where = client.get("/sitemap.xml").content.decode()
    assert f"<loc>http://testserver/cases/{opened.closed.number}/</loc>" in where
