"""keep_photos: staged photos become evidence, once, in order, and only their own."""

import io
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from gulou.kit import clock
from gulou.kit.errors import Conflict, Invalid
from gulou.outbox.models import Delivery, Event
from gulou.photos import queries
from gulou.photos.models import Photo, PhotoState
from gulou.photos.operations import discard_photo, keep_photos, stage_photo
from tests.factories.photos import make_jpeg

pytestmark = pytest.mark.django_db


def stage(text: str, draft: str = "draft") -> Photo:
    return stage_photo(io.BytesIO(make_jpeg(text, size=(64, 48))), draft=draft)


def test_it_keeps_them_in_the_order_given() -> None:
    first, second = stage("one"), stage("two")
    with clock.at(datetime(2026, 11, 23, 2, 0, tzinfo=UTC)):
        kept = keep_photos([second.uid, first.uid], draft="draft", actor="system")
    assert [photo.uid for photo in kept] == [second.uid, first.uid]
    first.refresh_from_db()
    assert (first.state, first.draft) == (PhotoState.KEPT, "")
    assert first.kept_at == datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    assert queries.staged_photos("draft") == []
    assert queries.kept_photo(first.uid) == first


def test_it_records_each_with_its_digest_and_owes_its_copies() -> None:
    photo = stage("one")
    keep_photos([photo.uid], draft="draft", actor="report:1")
    event = Event.objects.get(subject_uid=photo.uid)
    assert (event.name, event.actor) == ("photo.kept", "report:1")
    assert event.payload == {"sha256": photo.sha256, "bytes": photo.bytes}
    owed = Delivery.objects.filter(event=event).values_list("reaction", flat=True)
    assert set(owed) == {"gulou.photos.jobs.make_renditions", "gulou.photos.jobs.look"}


def test_keeping_none_is_fine() -> None:
    assert keep_photos([], draft="", actor="system") == []


def test_the_same_one_named_twice_is_kept_once() -> None:
    photo = stage("one")
    assert len(keep_photos([photo.uid, photo.uid], draft="draft", actor="system")) == 1
    assert Event.objects.filter(subject_uid=photo.uid).count() == 1


def test_it_refuses_to_keep_twice_and_says_why() -> None:
    photo = stage("one")
    keep_photos([photo.uid], draft="draft", actor="system")
    for draft in ("draft", ""):
        with pytest.raises(Conflict) as refused:
            keep_photos([photo.uid], draft=draft, actor="system")
        assert refused.value.code == "photo.gone"
        assert "sent already" in str(refused.value.message)


def test_it_refuses_what_is_staged_under_another_draft() -> None:
    mine, theirs = stage("one"), stage("two", draft="theirs")
    with pytest.raises(Conflict):
        keep_photos([mine.uid, theirs.uid], draft="draft", actor="system")
    assert queries.staged_photos("draft") == [mine], "and keeps none of the others"
    assert queries.staged_photos("theirs") == [theirs]


def test_it_refuses_what_never_was() -> None:
    with pytest.raises(Conflict):
        keep_photos([uuid4()], draft="draft", actor="system")


def test_it_refuses_more_than_nine() -> None:
    with pytest.raises(Invalid) as refused:
        keep_photos([uuid4() for _ in range(10)], draft="draft", actor="system")
    assert refused.value.code == "photo.too_many"


def test_what_is_kept_cannot_be_discarded() -> None:
    photo = stage("one")
    keep_photos([photo.uid], draft="draft", actor="system")
    for draft in ("draft", ""):
        discard_photo(photo.uid, draft=draft)
    assert queries.kept_photo(photo.uid) == photo
