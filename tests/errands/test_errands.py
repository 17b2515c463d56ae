"""Long work: asked, run by the worker, shown while it runs, fetched by who asked for it."""

import threading
import time
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connections

from gulou.errands import jobs, operations, queries
from gulou.errands.files import files
from gulou.errands.models import Errand
from gulou.errands.states import State
from gulou.errands.table import Work
from gulou.kit import clock
from gulou.kit.errors import NotAllowed, NotFound, Refusal, TooMany
from gulou.outbox import deliver
from gulou.outbox.models import Delivery, Event
from gulou.outbox.table import SLOW
from gulou.people.models import Posting
from tests.conftest import Cast
from tests.errands.kinds import mood

pytestmark = pytest.mark.django_db


def facts() -> list[str]:
    return [e.name for e in Event.objects.filter(name__startswith="errand.").order_by("pk")]


def test_it_is_done_by_the_worker_and_fetched_by_who_asked(cast: Cast) -> None:
    errand = operations.ask("test.count", by=cast.lin, lines=3)
    assert errand.state == State.ASKED
    deliver.deliver_all()
    errand.refresh_from_db()
    assert (errand.state, errand.rows, errand.bytes) == (State.DONE, 3, 6)
    assert errand.expires_at is not None
    with operations.fetch(errand, by=cast.lin) as file:
        assert file.read() == b"1\n2\n3\n"
    assert facts() == ["errand.asked", "errand.done", "errand.fetched"]


def test_slow_work_waits_in_a_line_of_its_own(cast: Cast) -> None:
    operations.ask("test.count", by=cast.lin, lines=1)
    assert deliver.deliver_one() is False
    assert deliver.deliver_one(line=SLOW) is True


def test_it_refuses_who_holds_none_of_its_verbs(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        operations.ask("test.echo", by=cast.lin)
    assert not Errand.objects.exists()


def test_it_refuses_more_than_a_person_can_wait_for(cast: Cast) -> None:
    for _ in range(5):
        operations.ask("test.count", by=cast.lin, lines=1)
    with pytest.raises(TooMany):
        operations.ask("test.count", by=cast.lin, lines=1)
    operations.ask("test.count", by=cast.chen, lines=1)


def test_nobody_else_knows_of_it(cast: Cast) -> None:
    errand = operations.ask("test.count", by=cast.lin, lines=1)
    deliver.deliver_all()
    for call in (lambda: queries.errand_of(cast.guo, errand.uid),
                 lambda: operations.fetch(errand, by=cast.guo),
                 lambda: operations.cancel(errand, by=cast.guo)):  # fmt: skip
        with pytest.raises(NotFound):
            call()
    assert queries.errands_of(cast.guo) == []


def test_whose_posting_has_ended_gets_nothing(cast: Cast) -> None:
    errand = operations.ask("test.count", by=cast.wu, lines=1)
    deliver.deliver_all()
    errand.refresh_from_db()
    assert queries.may_fetch(cast.wu, errand)
    # Still posted, but to less than the file was made from.
    Posting.objects.filter(user=cast.wu).update(unit=cast.street)
    assert not queries.may_fetch(cast.wu, errand)
    with pytest.raises(NotAllowed):
        operations.fetch(errand, by=cast.wu)
    Posting.objects.filter(user=cast.wu).update(until=clock.now().date() - timedelta(days=2))
    with pytest.raises(NotAllowed):
        operations.fetch(errand, by=cast.wu)
    assert "errand.fetched" not in facts()


def test_work_of_somebody_who_has_left_is_not_done(cast: Cast) -> None:
    errand = operations.ask("test.count", by=cast.wu, lines=1)
    Posting.objects.filter(user=cast.wu).delete()
    deliver.deliver_all()
    errand.refresh_from_db()
    assert (errand.state, errand.error) == (State.FAILED, "errand.not_allowed")


def test_a_refusal_is_told_and_a_fault_is_not(cast: Cast) -> None:
    def refuse(work: Work) -> None:
        raise Refusal("test.full", "The street is full.")

    def break_down(work: Work) -> None:
        raise ValueError("13900000000")

    for act, code, words in ((refuse, "test.full", "The street is full."),
                             (break_down, "errand.broken", "It could not be finished.")):  # fmt: skip
        mood["line"] = act
        errand = operations.ask("test.count", by=cast.lin, lines=1)
        deliver.deliver_all()
        errand.refresh_from_db()
        assert (errand.state, errand.error, errand.result) == (State.FAILED, code, "")
        assert errand.error_words.startswith(words)
    assert list(files.listed()) == []


def test_it_reads_what_came_with_it(cast: Cast) -> None:
    errand = operations.ask("test.echo", by=cast.guo, given=BytesIO(b"12345"))
    deliver.deliver_all()
    errand.refresh_from_db()
    assert (errand.state, errand.rows, errand.result) == (State.DONE, 5, "")


def test_a_cancelled_one_is_never_begun(cast: Cast) -> None:
    errand = operations.ask("test.count", by=cast.lin, lines=1)
    operations.cancel(errand, by=cast.lin)
    deliver.deliver_all()
    errand.refresh_from_db()
    assert (errand.state, errand.attempts) == (State.CANCELLED, 0)
    with pytest.raises(Refusal):
        operations.cancel(errand, by=cast.lin)


def test_one_that_is_cancelled_at_the_last_moment_leaves_no_file(cast: Cast) -> None:
    errand = operations.ask("test.count", by=cast.lin, lines=2)
    mood["line"] = lambda work: (
        Errand.objects.get().state == State.RUNNING and (operations.cancel(errand, by=cast.lin))
    )
    deliver.deliver_all()
    errand.refresh_from_db()
    assert (errand.state, errand.result) == (State.CANCELLED, "")
    assert list(files.listed()) == []


def test_one_that_kills_its_worker_every_time_is_given_up(cast: Cast) -> None:
    errand = operations.ask("test.count", by=cast.lin, lines=1)
    Errand.objects.update(attempts=5, state=State.RUNNING)
    deliver.deliver_all()
    errand.refresh_from_db()
    assert (errand.state, errand.error) == (State.FAILED, "errand.died")


def test_files_and_what_was_asked_are_gone_after_their_time(cast: Cast, settings: Any) -> None:
    errand = operations.ask("test.count", by=cast.lin, lines=1)
    deliver.deliver_all()
    assert jobs.forget_expired() == 0
    with clock.at(clock.now() + timedelta(days=settings.ERRAND_DAYS, minutes=1)):
        assert jobs.forget_expired() == 1
    errand.refresh_from_db()
    assert (errand.result, errand.parameters, errand.state) == ("", {}, State.DONE)
    assert list(files.listed()) == []
    with pytest.raises(NotFound):
        operations.fetch(errand, by=cast.lin)


def test_what_a_crash_left_is_swept_when_it_is_old(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = operations.ask("test.echo", by=cast.guo, given=BytesIO(b"1"))
    default_storage.save("errands/0-result", BytesIO(b"lost"))
    jobs.forget_expired()
    assert len(list(files.listed())) == 2
    monkeypatch.setattr(jobs, "_YOUNG_SECONDS", -1)
    jobs.forget_expired()
    assert list(files.listed()) == [kept.given]


def _wait(check: Any) -> None:
    until = time.monotonic() + 20
    while not check():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.05)


@pytest.mark.django_db(transaction=True)
def test_it_is_seen_from_outside_while_it_works_and_keeps_its_lease(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And it stops soon after it was cancelled."""
    monkeypatch.setattr(jobs, "_BEAT_SECONDS", 0.02)
    monkeypatch.setattr(jobs, "_RENEW_SECONDS", 0.05)
    errand = operations.ask("test.count", by=cast.lin, lines=10_000)
    mood["line"] = lambda work: time.sleep(0.01)

    def worker() -> None:
        deliver.deliver_one(line=SLOW)
        connections.close_all()

    thread = threading.Thread(target=worker)
    thread.start()
    _wait(lambda: Errand.objects.get().done > 1)
    first = Delivery.objects.get(reaction__contains="errands").due_at
    _wait(lambda: Delivery.objects.get(reaction__contains="errands").due_at > first)
    assert Errand.objects.get().total == 10_000
    operations.cancel(errand, by=cast.lin)
    thread.join(20)
    assert not thread.is_alive()
    assert Errand.objects.get().result == ""
    assert list(files.listed()) == []


@pytest.mark.django_db(transaction=True)
def test_a_killed_one_is_done_again_from_the_start(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """The process is gone: nothing of ours may catch it."""

    def die(work: Work) -> None:
        raise Killed

    operations.ask("test.count", by=cast.lin, lines=2)
    mood["line"] = die
    with pytest.raises(Killed):
        deliver.deliver_one(line=SLOW)
    assert Errand.objects.get().state == State.RUNNING
    assert deliver.deliver_one(line=SLOW) is False
    mood.clear()
    with clock.at(clock.now() + deliver.LEASE + timedelta(seconds=1)):
        assert deliver.deliver_one(line=SLOW) is True
    errand = Errand.objects.get()
    assert (errand.state, errand.attempts, errand.bytes) == (State.DONE, 2, 4)
