"""Photos on their way in, and released ones on their way out."""

import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from gulou.cases import operations
from gulou.cases.models import CasePhoto
from gulou.cases.states import State
from gulou.openings import operations as openings
from gulou.openings.states import APPROVE, Part
from gulou.outbox.deliver import deliver_all
from gulou.photos.models import Photo
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.factories.cases import a_case, evidence
from tests.factories.openings import open_parts, who_opens
from tests.factories.photos import make_jpeg
from tests.portal.conftest import staged_under

URL = "/report/photos/"
DRAFT = "d" * 43
Stage = Callable[..., uuid.UUID]


def _post(client: Client, **body: Any) -> Any:
    answer = client.post(URL, body, headers={"accept": "application/json"})
    return answer


def _file(content: bytes, name: str = "p.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


@pytest.mark.django_db
def test_it_answers_with_what_the_photo_says_of_itself(client: Client) -> None:
    answer = _post(client, draft=DRAFT, file=_file(make_jpeg(gps=(26.07, 119.29), accuracy_m=8)))
    said = answer.json()
    assert answer.status_code == 201
    assert said["lat"] == pytest.approx(26.07, abs=1e-4)
    assert said["accuracy"] == pytest.approx(8, abs=0.1)
    assert said["url"] == f"{URL}{said['uid']}/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "photo.none"), (b"%PDF-1.4", "photo.kind"), (make_jpeg()[:400], "photo.damaged")],
)
def test_a_photo_that_cannot_be_used_is_refused_in_words(
    client: Client, content: bytes, code: str
) -> None:
    answer = _post(client, draft=DRAFT, file=_file(content))
    said = answer.json()
    assert answer.status_code == 422
    assert said["code"] in {code, "photo.empty"}
    assert said["message"]
    assert not Photo.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("draft", ["", "short", "d" * 44, "ü" * 43, "d" * 42 + "/", "\x00" * 43])
def test_a_draft_that_is_none_of_ours_stages_nothing(client: Client, draft: str) -> None:
    answer = _post(client, draft=draft, file=_file(make_jpeg()))
    assert answer.status_code == 422
    assert not Photo.objects.exists()


@pytest.mark.django_db
def test_a_photo_is_taken_back(client: Client, stage: Stage) -> None:
    uid = stage()
    answer = _post(client, draft=DRAFT, uid=str(uid), discard="1")
    assert answer.status_code == 200
    assert staged_under() == []


@pytest.mark.django_db
@pytest.mark.parametrize("uid", ["", "x", "\x00", "5d1b8a0e-7c1f-4d55-9a86-3c3f5c0d3a11"])
def test_taking_back_what_is_not_there_harms_nobody(client: Client, stage: Stage, uid: str) -> None:
    stage()
    assert _post(client, draft=DRAFT, uid=uid, discard="1").status_code == 200
    assert len(staged_under()) == 1


@pytest.mark.django_db
def test_another_draft_takes_nothing_back(client: Client, stage: Stage) -> None:
    uid = stage()
    _post(client, draft="e" * 43, uid=str(uid), discard="1")
    assert staged_under() == [uid]


@pytest.mark.django_db
def test_a_preview_is_seen_by_the_holder_of_the_draft_only(client: Client, stage: Stage) -> None:
    url = f"{URL}{stage()}/"
    mine = client.get(url)
    assert mine.status_code == 200
    assert mine["Cache-Control"] == "private, no-store"
    Image.open(io.BytesIO(mine.getvalue())).verify()
    assert Client().get(url).status_code == 404
    other = Client()
    other.cookies["report_draft"] = "e" * 43
    assert other.get(url).status_code == 404


@pytest.mark.django_db
def test_so_many_photos_may_come_from_a_network_in_an_hour(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gulou.portal import limits

    monkeypatch.setattr(limits.Limit, "most", 1)
    assert _post(client, draft=DRAFT, file=_file(make_jpeg(text="a"))).status_code == 201
    assert _post(client, draft=DRAFT, file=_file(make_jpeg(text="b"))).status_code == 429


@pytest.mark.django_db
def test_it_is_posted_and_not_fetched(client: Client) -> None:
    assert client.get(URL).status_code == 405


def test_a_form_of_another_site_stages_nothing(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post(
        URL,
        {"draft": DRAFT, "file": _file(make_jpeg())},
        headers={"origin": "https://evil.example"},
    )
    assert answer.status_code == 403
    assert not Photo.objects.exists()


# Released ones


@pytest.fixture
def picture(cast: Cast, kinds: Kinds) -> CasePhoto:
    """A resident's photo with its place, on a filed case, not released."""
    before = evidence()
    case = a_case(
        cast, kinds.rubbish, state=State.FILED, photos=tuple(before.photos), draft=before.draft
    )
    deliver_all()
    return CasePhoto.objects.get(case=case)


def _release(cast: Cast, picture: CasePhoto) -> str:
    """Release it with the office's words, for everybody."""
    operations.release_photos(
        picture.case, by=cast.guo, uids=[picture.photo.uid], summary="路口垃圾"
    )
    open_parts(cast.office, Part.LIST)
    return f"/photos/{picture.photo.public_uid}"


def test_a_picture_that_nobody_released_is_not_there(client: Client, picture: CasePhoto) -> None:
    for size in ("list", "page", "full"):
        assert client.get(f"/photos/{picture.photo.public_uid}/{size}").status_code == 404
        assert client.get(f"/photos/{picture.photo.uid}/{size}").status_code == 404


@pytest.mark.parametrize("size", ["list", "page", "full"])
def test_a_released_picture_is_seen_without_its_exif(
    client: Client, cast: Cast, picture: CasePhoto, size: str
) -> None:
    answer = client.get(f"{_release(cast, picture)}/{size}")
    image = Image.open(io.BytesIO(answer.getvalue()))
    assert answer.status_code == 200
    assert not image.getexif()
    assert answer["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize("size", ["original", "LIST", "..", "%00", "x" * 300])
def test_there_are_three_sizes_and_never_the_original(
    client: Client, cast: Cast, picture: CasePhoto, size: str
) -> None:
    assert client.get(f"{_release(cast, picture)}/{size}").status_code == 404


def test_a_released_picture_is_for_its_reporters_alone_while_the_list_is_closed(
    client: Client, cast: Cast, picture: CasePhoto
) -> None:
    url = _release(cast, picture)
    openings.close_opening(Part.LIST, by=who_opens(cast.office, APPROVE))
    token = picture.case.reports.get().token
    assert client.get(f"{url}/list").status_code == 404
    answer = client.get(f"/t/{token}{url}/list")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert client.get(f"/t/{'x' * 43}{url}/list").status_code == 404


def test_who_may_approve_sees_it_before_and_no_cache_keeps_it(
    as_user: SignedIn, cast: Cast, picture: CasePhoto
) -> None:
    url = _release(cast, picture)
    approver = who_opens(cast.office, APPROVE)
    openings.close_opening(Part.LIST, by=approver)
    answer = as_user(approver).get(f"{url}/list")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    assert as_user(cast.lin).get(f"{url}/list").status_code == 404
