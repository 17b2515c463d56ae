"""Forwarded pictures that wait to become reports."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gulou.kit.errors import NotAllowed, NotFound
from gulou.photos.models import Photo
from gulou.workbench import operations, queries
from tests.conftest import Cast
from tests.factories.photos import make_jpeg


def _files(*names: str) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(f"{name}.jpg", make_jpeg(text=name)) for name in names]


def test_each_picture_becomes_a_draft_of_its_own(cast: Cast) -> None:
    bad = SimpleUploadedFile("x.jpg", b"no picture")
    kept, refused = operations.take_pictures(
        [*_files("a", "b"), bad], by=cast.guo, words="群里转的"
    )
    seen = queries.drafts_of(cast.guo)
    assert len(kept) == len(seen) == 2 and len(refused) == 1
    assert {draft.words for draft in seen} == {"群里转的"} and seen[0].token != seen[1].token
    assert queries.drafts_of(cast.he) == []
    with pytest.raises(NotFound):
        queries.draft_of(cast.he, kept[0].uid)


def test_who_drops_one_drops_its_picture(cast: Cast) -> None:
    (draft,), _refused = operations.take_pictures(_files("a"), by=cast.guo)
    with pytest.raises(NotFound):
        operations.drop_draft(draft.uid, by=cast.he)
    operations.drop_draft(draft.uid, by=cast.guo)
    assert queries.drafts_of(cast.guo) == [] and not Photo.objects.exists()


def test_who_may_not_enter_is_refused(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        operations.take_pictures(_files("a"), by=cast.lin)
