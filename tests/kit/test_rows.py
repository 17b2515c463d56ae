"""Rows of one operation are written together, and nothing else about them changes."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from gulou.cases.models import Words
from gulou.kit import clock, rows
from gulou.outbox.models import Delivery, Revision

pytestmark = pytest.mark.django_db


class Refused(Exception):
    pass


def words(text: str) -> Words:
    return Words(pk=rows.new(Words), text=text, salt="s")


def texts() -> list[str]:
    return list(Words.objects.order_by("pk").values_list("text", flat=True))


def writes(captured: CaptureQueriesContext) -> list[str]:
    return [q["sql"] for q in captured.captured_queries if "INSERT" in q["sql"] or "UPDATE" in q["sql"]]  # fmt: skip


def test_many_rows_go_in_one_round_trip_in_order() -> None:
    with CaptureQueriesContext(connection) as captured, rows.together():
        rows.draw(Words, Words)
        first, second = words("一"), words("100% of 'it'")
        rows.add(first, second)
        rows.update(Words.objects.filter(pk=first.pk), salt="t")
    assert texts() == ["一", "100% of 'it'"]
    assert Words.objects.get(pk=first.pk).salt == "t"
    assert len(writes(captured)) == 1


def test_a_new_row_that_changes_is_inserted_as_it_is_then() -> None:
    with CaptureQueriesContext(connection) as captured, rows.together():
        row = words("before")
        rows.add(row)
        row.text = "after"
        rows.change(row, "text")
    assert texts() == ["after"]
    assert "UPDATE" not in writes(captured)[0]


def test_two_changes_of_a_row_are_one() -> None:
    row = Words.objects.create(text="a", salt="b")
    with CaptureQueriesContext(connection) as captured, rows.together():
        row.text = "c"
        rows.change(row, "text")
        row.salt = "d"
        rows.change(row, "salt")
    row.refresh_from_db()
    assert (row.text, row.salt) == ("c", "d")
    assert writes(captured)[0].count("UPDATE") == 1


def test_only_the_named_fields_of_a_row_are_saved() -> None:
    row = Words.objects.create(text="a", salt="b")
    row.text, row.salt = "c", "d"
    with rows.together():
        rows.change(row, "text")
    row.refresh_from_db()
    assert (row.text, row.salt) == ("c", "b")


def test_who_reads_inside_sees_what_is_held_back() -> None:
    with rows.together():
        rows.add(words("here"))
        assert texts() == ["here"]
        rows.add(words("too"))
        assert texts() == ["here", "too"]


def test_a_refusal_takes_all_of_it_back() -> None:
    with pytest.raises(Refused), rows.together():
        rows.add(words("written before the reading"))
        assert texts()
        rows.add(words("held back"))
        raise Refused
    assert texts() == []


def test_a_savepoint_that_is_given_up_takes_back_its_own_rows_only() -> None:
    with rows.together():
        rows.add(words("outside"))
        with pytest.raises(Refused), transaction.atomic():
            rows.add(words("inside"))
            raise Refused
        rows.add(words("afterwards"))
    assert texts() == ["outside", "afterwards"]


def test_a_savepoint_that_is_kept_keeps_its_rows() -> None:
    with rows.together():
        with transaction.atomic():
            rows.add(words("inside"))
        rows.add(words("afterwards"))
    assert texts() == ["inside", "afterwards"]


def test_one_inside_another_is_part_of_it() -> None:
    with CaptureQueriesContext(connection) as captured, rows.together():
        rows.draw(Words, Words)
        rows.add(words("outer"))
        with rows.together():
            rows.add(words("inner"))
    assert texts() == ["outer", "inner"]
    assert len(writes(captured)) == 1


def test_an_inner_refusal_that_is_swallowed_leaves_nothing_half_done() -> None:
    with pytest.raises(TransactionManagementError), rows.together():
        rows.add(words("outer"))
        with pytest.raises(Refused), rows.together():
            rows.add(words("inner"))
            raise Refused
    assert texts() == []


def test_a_constraint_refuses_inside_the_transaction() -> None:
    twin = Words.objects.create(text="first", salt="s")
    with pytest.raises(IntegrityError), rows.together():
        rows.add(Words(pk=twin.pk, text="second", salt="s"))
    assert texts() == ["first"]


def test_outside_it_is_written_at_once() -> None:
    row = words("at once")
    rows.add(row)
    assert texts() == ["at once"]
    row.text = "changed at once"
    rows.change(row, "text")
    assert texts() == ["changed at once"]


def test_no_id_comes_twice() -> None:
    with rows.together():
        rows.draw(Words)
        ids = [rows.new(Words) for _ in range(3)]
        rows.draw(Words, Words)
        ids += [rows.new(Words) for _ in range(3)]
    ids.append(Words.objects.create(text="x", salt="y").pk)
    assert ids == sorted(set(ids))


def test_where_the_server_binds_values_each_statement_goes_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "server_side_binding", True)
    with CaptureQueriesContext(connection) as captured, rows.together():
        rows.add(words("一"), words("二"))
    assert texts() == ["一", "二"]
    assert len(writes(captured)) == 2


def test_a_row_whose_key_is_not_drawn_takes_the_one_it_brings() -> None:
    token = "6f1c1f8e-6a0e-4b43-9df0-0d5a3a9f6c1e"
    with rows.together():
        rows.add(Revision(name="a thing", token=token))
    assert str(Revision.objects.get(name="a thing").token) == token


def test_a_row_takes_the_place_of_the_one_before() -> None:
    old, new = "6f1c1f8e-6a0e-4b43-9df0-0d5a3a9f6c1e", "0c9d1b3a-52a7-4d7e-9c39-7d1c6a1d2b4f"
    for token in (old, new):
        rows.put(Revision(name="a thing", token=token), "name")
    assert [str(row.token) for row in Revision.objects.filter(name="a thing")] == [new]


def test_ids_drawn_ahead_serve_many_operations() -> None:
    stock = rows.Stock(ahead=5)
    with CaptureQueriesContext(connection) as captured:
        for text in "abcde":
            with transaction.atomic(), rows.held_back(stock):
                rows.draw(Words)
                rows.add(words(text))
    assert texts() == ["a", "b", "c", "d", "e"]
    assert len([one for one in captured.captured_queries if "nextval" in one["sql"]]) == 1


def test_a_row_is_added_only_if_the_condition_holds() -> None:
    lock = ("SELECT pg_advisory_xact_lock(%s)", [1])
    with rows.together():
        first, second = Words(text="一", salt="%s"), Words(text="二", salt="s")
        assert rows.add_if(first, "%s > 1", [2], after=[lock])
        assert not rows.add_if(second, "%s > 1", [1], after=[lock])
    assert first.pk == Words.objects.get().pk
    assert not second.pk
    assert Words.objects.get().salt == "%s"


def test_very_many_ids_are_drawn_together() -> None:
    with rows.together():
        rows.draw(*[Words] * 2000)
        drawn = {rows.new(Words) for _ in range(2000)}
    assert len(drawn) == 2000


def sent(captured: CaptureQueriesContext) -> list[str]:
    return [q["sql"].split()[0] for q in captured.captured_queries]


@pytest.mark.django_db(transaction=True)
def test_rows_alone_are_one_transaction_in_one_round_trip() -> None:
    after: list[list[str]] = []
    with CaptureQueriesContext(connection) as captured, rows.together():
        row = words("一")
        rows.add(row, Revision(name="x", token=uuid4()))
        transaction.on_commit(lambda: after.append(texts()))
    assert after == [["一"]]
    # Django says BEGIN and COMMIT; neither went to the server.
    assert sent(captured)[:3] == ["BEGIN", "SELECT", "INSERT"]
    assert "COMMIT" not in writes(captured)[0]


@pytest.mark.django_db(transaction=True)
def test_rows_alone_are_all_there_or_none() -> None:
    Revision.objects.create(name="x", token=uuid4())
    with pytest.raises(IntegrityError), rows.together():
        rows.add(words("一"), Revision(name="x", token=uuid4()))
    assert texts() == []
    with rows.together():
        rows.add(words("二"))
    assert texts() == ["二"]


@pytest.mark.django_db(transaction=True)
def test_the_commit_goes_with_the_rows_where_a_transaction_has_begun() -> None:
    after: list[list[str]] = []
    with CaptureQueriesContext(connection) as captured, rows.together():
        assert texts() == []
        rows.add(words("一"))
        transaction.on_commit(lambda: after.append(texts()))
    assert after == [["一"]]
    assert writes(captured)[0].rstrip().endswith("COMMIT")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("reads_first", [False, True])
def test_a_key_that_leads_nowhere_is_found_with_the_commit(*, reads_first: bool) -> None:
    with pytest.raises(IntegrityError), rows.together():
        if reads_first:
            texts()
        rows.add(words("一"), Delivery(event_id=10**9, reaction="x", due_at=clock.now()))
    assert texts() == []
    with rows.together():
        rows.add(words("二"))
    assert texts() == ["二"]


def test_nothing_is_drawn_where_the_question_finds_something() -> None:
    Words.objects.create(text="there", salt="s")
    question = "SELECT FROM cases_words WHERE text = %s"
    with rows.together():
        before = rows.new("gulou_case_serial")
        assert not rows.draw_unless(question, ["there"], "gulou_case_serial")
        assert rows.draw_unless(question, ["else"], "gulou_case_serial")
        assert rows.new("gulou_case_serial") == before + 1
        assert rows.draw_unless(question, ["else"])


@pytest.mark.django_db(transaction=True)
def test_drawing_an_id_does_not_commit_what_is_held_back() -> None:
    with pytest.raises(Refused), rows.together():
        rows.add(words("一"))
        rows.new("gulou_case_serial")
        raise Refused
    assert texts() == []
