"""What the public does not see of a picture: looked for, drawn, taken away, burnt in."""

import io
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from gulou.catalogue.states import MANAGE
from gulou.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from gulou.outbox.deliver import deliver_all
from gulou.outbox.models import Event
from gulou.people.models import User
from gulou.photos import covers, files, jobs, queries
from gulou.photos.covers import Drawn
from gulou.photos.models import CoverKind, Photo
from gulou.photos.operations import keep_photos, stage_photo, switch_covering
from gulou.photos.seeing import client
from gulou.photos.seeing.boxes import Box
from gulou.photos.seeing.told import Found
from tests.conftest import Cast
from tests.factories.people import PostingFactory, RoleFactory, UserFactory
from tests.factories.photos import draw, encode, make_jpeg
from tests.photos.crafted import stored

pytestmark = pytest.mark.django_db
LEFT = Drawn(CoverKind.PLATE, (0.1, 0.2, 0.2, 0.3))
RIGHT = Drawn(CoverKind.OTHER, (0.6, 0.2, 0.2, 0.3))


def keep(data: bytes) -> Photo:
    photo = stage_photo(io.BytesIO(data), draft="draft")
    keep_photos([photo.uid], draft="draft", actor="system")
    deliver_all()
    return Photo.objects.get(pk=photo.pk)


@pytest.fixture
def keeper(cast: Cast) -> User:
    """Who sets the office up."""
    user: User = UserFactory.create()
    role = RoleFactory.create(code="keeper", verbs=[MANAGE], reaches_below=True)
    PostingFactory.create(user=user, unit=cast.office, role=role)
    return user


def change(photo: Photo, cast: Cast, *drawn: Drawn, removed: list[int] | None = None) -> Photo:
    covers.change_covers(photo, by=cast.guo, drawn=drawn, removed=removed or [])
    deliver_all()
    return Photo.objects.get(pk=photo.pk)


def public(photo: Photo, size: str = "page") -> Image.Image:
    file, mime = queries.open_public_rendition(photo, size)
    assert mime == "image/jpeg"
    with file:
        return Image.open(io.BytesIO(file.read())).convert("RGB")


def busy(picture: Image.Image, box: Box) -> float:
    """How much there is to see inside of a box: the spread of its fine detail."""
    x, y, width, height = box
    area = (
        round(x * picture.width), round(y * picture.height),
        round((x + width) * picture.width), round((y + height) * picture.height),
    )  # fmt: skip
    part = picture.crop(area).convert("L")
    small = part.resize((3, 3), Image.Resampling.BOX).resize(part.size, Image.Resampling.BICUBIC)
    apart = [abs(a - b) for a, b in zip(part.tobytes(), small.tobytes(), strict=True)]
    return sum(apart) / len(apart)


@cache
def noisy() -> bytes:
    return encode(Image.effect_noise((800, 600), 90).convert("RGB"), "JPEG")


def test_nothing_is_public_before_somebody_looked() -> None:
    photo = stage_photo(io.BytesIO(make_jpeg()), draft="draft")
    (photo,) = keep_photos([photo.uid], draft="draft", actor="system")
    with pytest.raises(NotFound):
        queries.open_public_rendition(photo, "list")


def test_where_nothing_is_found_the_copy_itself_is_public() -> None:
    photo = keep(make_jpeg())
    assert photo.public_uid and photo.public_uid != photo.uid
    assert photo.public_digest == "" and photo.looked_at
    assert not [path for path in stored() if path.startswith("public/")]
    assert public(photo).size == (640, 480)
    (fact,) = Event.objects.filter(subject_uid=photo.uid, name="photo.looked_at")
    assert fact.payload == {"faces": 0, "plates": 0}


def test_looking_twice_changes_nothing() -> None:
    photo = keep(make_jpeg())
    jobs.look_at(photo)
    assert Photo.objects.get(pk=photo.pk).public_uid == photo.public_uid
    assert Event.objects.filter(subject_uid=photo.uid, name="photo.looked_at").count() == 1


def test_a_cover_is_burnt_into_every_public_copy_and_the_rest_stays(cast: Cast) -> None:
    photo = change(keep(noisy()), cast, LEFT)
    for size in files.SIZES:
        shown = public(photo, size)
        assert busy(shown, LEFT.box) < 2 < busy(shown, RIGHT.box)
    file, _ = queries.open_rendition(photo, "page")
    with file:
        assert busy(Image.open(io.BytesIO(file.read())), LEFT.box) > 2, "staff see all of it"
    original, _ = queries.open_original(photo)
    with original:
        assert original.read() == noisy(), "and nobody touches the original"


def test_each_change_gives_it_another_name_and_the_old_copies_go(
    cast: Cast, django_capture_on_commit_callbacks: object
) -> None:
    first = change(keep(noisy()), cast, LEFT)
    old = files.public_path(first.public_digest, "page")
    assert default_storage.exists(old)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        covers.change_covers(first, by=cast.guo, drawn=[RIGHT], removed=[])
    gone = Photo.objects.get(pk=first.pk)
    assert gone.public_uid is None, "what was fetched before is not there at once"
    assert not default_storage.exists(old)
    deliver_all()
    second = Photo.objects.get(pk=first.pk)
    assert second.public_uid not in (None, first.public_uid)
    assert busy(public(second), RIGHT.box) < 2


def test_a_cover_that_is_taken_away_stays_on_record(cast: Cast) -> None:
    photo = change(keep(noisy()), cast, LEFT, RIGHT)
    left, right = covers.standing(photo)
    photo = change(photo, cast, removed=[left.pk])
    assert covers.standing(photo) == [right]
    left.refresh_from_db()
    assert (left.ended_by, bool(left.ended_at)) == (cast.guo, True)
    fact = Event.objects.filter(subject_uid=photo.uid, name="photo.covers_changed").latest("pk")
    assert (fact.payload, fact.actor) == ({"added": [], "removed": [left.pk]}, cast.guo.actor)
    assert busy(public(photo), LEFT.box) > 2


def test_two_who_take_the_same_away_do_not_both_succeed(cast: Cast) -> None:
    photo = change(keep(noisy()), cast, LEFT)
    (left,) = covers.standing(photo)
    change(photo, cast, removed=[left.pk])
    with pytest.raises(Conflict):
        change(photo, cast, removed=[left.pk])


@pytest.mark.parametrize("box", [(-0.1, 0, 0.5, 0.5), (0.9, 0, 0.2, 0.2), (0, 0, 0, 0.5)])
def test_what_lies_outside_or_covers_nothing_is_refused(cast: Cast, box: Box) -> None:
    photo = keep(make_jpeg())
    with pytest.raises(Invalid):
        change(photo, cast, Drawn(CoverKind.FACE, box))


def test_the_same_bytes_are_looked_at_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(make_jpeg("twin"))
    monkeypatch.setattr(client, "find", None)
    assert keep(make_jpeg("twin")).public_uid


def test_what_a_person_found_bare_needs_no_look_in_another_of_the_same_bytes(
    cast: Cast, keeper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch_covering(by=keeper, on=False)
    first, second, covered = (keep(make_jpeg(one)) for one in ("twin", "twin", "other"))
    other = keep(make_jpeg("other"))
    change(first, cast)
    change(covered, cast, LEFT)
    switch_covering(by=keeper, on=True)
    monkeypatch.setattr(client, "find", None)
    covers.share()
    seen = Photo.objects.get(pk=second.pk)
    assert seen.looked_at and seen.public_uid == second.public_uid
    assert Event.objects.get(name="photo.looked_at", subject_uid=second.uid).payload["faces"] == 0
    assert Photo.objects.get(pk=other.pk).looked_at is None


def boxes(photo: Photo) -> list[Box]:
    return [(one.x, one.y, one.width, one.height) for one in covers.standing(photo)]


def test_what_a_person_covered_is_no_answer_of_the_detectors(
    cast: Cast, keeper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch_covering(by=keeper, on=False)
    change(keep(noisy()), cast, LEFT)
    switch_covering(by=keeper, on=True)
    monkeypatch.setattr(client, "find", lambda _: [Found("face", *RIGHT.box, 0.9)])
    assert set(boxes(keep(noisy()))) == {LEFT.box, RIGHT.box}


def test_what_a_person_covers_is_covered_in_every_photo_of_the_same_bytes(cast: Cast) -> None:
    first, second = keep(noisy()), keep(noisy())
    change(first, cast, LEFT)
    before, second = second.public_uid, Photo.objects.get(pk=second.pk)
    assert second.public_uid not in (None, before)
    assert busy(public(second), LEFT.box) < 2
    (cover,) = covers.standing(second)
    assert cover.by == cast.guo
    assert Event.objects.filter(name="photo.covers_changed", actor="system").count() == 1


def test_what_was_taken_away_in_one_photo_does_not_come_back_from_another(cast: Cast) -> None:
    first, second = keep(noisy()), keep(noisy())
    change(first, cast, LEFT)
    change(second, cast, removed=[covers.standing(second)[0].pk])
    change(first, cast, RIGHT)
    assert boxes(Photo.objects.get(pk=second.pk)) == [RIGHT.box]
    assert boxes(Photo.objects.get(pk=first.pk)) == [LEFT.box, RIGHT.box]


def test_however_many_are_found_all_are_covered(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = [Found("face", n / 100, 0.1, 0.005, 0.1, 0.9) for n in range(covers.MOST_COVERS + 5)]
    monkeypatch.setattr(client, "find", lambda _: crowd)
    photo = keep(noisy())
    assert len(covers.standing(photo)) == len(crowd)
    change(photo, cast, LEFT)
    with pytest.raises(Invalid):
        change(photo, cast, *[RIGHT] * covers.MOST_COVERS)


def test_an_office_may_do_without_and_what_came_meanwhile_is_looked_at_later(keeper: User) -> None:
    switch_covering(by=keeper, on=False)
    assert Event.objects.get(name="photo.covering_switched").payload == {"on": False}
    photo = keep(make_jpeg())
    assert photo.looked_at is None and photo.public_uid
    switch_covering(by=keeper, on=True)
    assert jobs.look_at_all() == 1
    assert Photo.objects.get(pk=photo.pk).looked_at


def test_only_the_office_switches_it(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        switch_covering(by=cast.chen, on=False)


def test_small_pictures_and_flat_ones_have_neither_face_nor_plate() -> None:
    for image in (draw(size=(8, 8)), Image.new("RGB", (1280, 960), "grey")):
        assert client.find(encode(image, "JPEG")) == []


@pytest.mark.shared
def test_faces_of_passers_by_are_covered(shared: Path, settings: Any) -> None:
    settings.LOOK_AT_PIXELS = {"face": 1_600_000, "plate": 20_000}
    photo = keep((shared / "photos/garbage/garbage_bin+overflow/045.jpg").read_bytes())
    found = covers.standing(photo)
    assert {CoverKind.FACE} <= {cover.kind for cover in found}
    face = next(cover for cover in found if cover.kind == CoverKind.FACE)
    area = (face.x, face.y, face.width, face.height)
    staff = Image.open(shared / "photos/garbage/garbage_bin+overflow/045.jpg")
    assert busy(public(photo, "full"), area) < 5 < busy(staff, area)


def test_the_helper_that_looks_is_not_there_when_nobody_asks() -> None:
    assert client.find(make_jpeg()) == []
    pids = [client._HELPER.pid]
    client._HELPER.stop_if_idle()
    pids.append(client._HELPER.pid)
    assert pids[0] and not pids[1]
