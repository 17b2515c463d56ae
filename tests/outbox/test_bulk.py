"""Many rows at once keep their turn."""

import pytest
from django.db import connection

from gulou.cases.models import Note, Words
from gulou.kit import clock, rows
from gulou.outbox.bulk import copy_in, with_ids
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case

pytestmark = pytest.mark.django_db


def _note(case_id: int, words_id: int) -> Note:
    (note,) = with_ids([Note(case_id=case_id, words_id=words_id, move="note", at=clock.now())])
    return note


def test_what_is_held_back_is_written_before(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.smoking)
    with connection.cursor() as cursor:
        # So that the order shows at once, not at the end of the transaction.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with rows.together():
        rows.draw(Words)
        note = _note(case.pk, rows.new(Words))
        rows.add(Words(pk=note.words_id, text="先", salt="s"))
        copy_in([note])
    assert Note.objects.get(pk=note.pk).words.text == "先"
