"""The worker lives through what goes wrong, and stops between two deliveries."""

import threading
from datetime import timedelta

import pytest
from django.db.utils import OperationalError

from gulou.config.jobs import Job
from gulou.config.runtime.worker import Worker

pytestmark = pytest.mark.django_db


def test_it_goes_on_at_once_while_something_is_owed_and_rests_when_nothing_is() -> None:
    owed = iter([True, True, False])
    worker = Worker(lambda: next(owed), ())
    assert [worker.step(), worker.step()] == [0, 0]
    assert worker.step() > 0


def test_it_waits_ever_longer_for_a_database_that_is_gone_and_then_goes_on() -> None:
    gone = iter([True, True, False])

    def deliver() -> bool:
        if next(gone):
            raise OperationalError("gone")
        return True

    worker = Worker(deliver, ())
    first, second = worker.step(), worker.step()
    assert 0 < first < second
    assert worker.step() == 0


def test_it_lives_through_a_delivery_that_fails_in_any_way() -> None:
    wrong = iter([True, False])

    def deliver() -> bool:
        if next(wrong):
            raise ValueError
        return True

    worker = Worker(deliver, ())
    assert worker.step() > 0
    assert worker.step() == 0


def test_a_job_is_done_at_once_and_then_by_the_clock() -> None:
    done: list[int] = []
    worker = Worker(lambda: False, [Job(lambda: done.append(1), timedelta(hours=1))])
    worker.step()
    worker.step()
    assert done == [1]


def test_a_job_that_fails_stops_neither_the_others_nor_the_deliveries() -> None:
    done: list[str] = []

    def fail() -> None:
        raise ZeroDivisionError

    jobs = [
        Job(fail, timedelta(hours=1)),
        Job(lambda: done.append("job"), timedelta(hours=1)),
    ]

    def deliver() -> bool:
        done.append("delivery")
        return False

    worker = Worker(deliver, jobs)
    worker.step()
    worker.step()
    assert done == ["delivery", "job", "delivery"]


def test_a_job_that_the_database_interrupted_is_done_again() -> None:
    tries: list[int] = []

    def once_gone() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError("gone")

    worker = Worker(lambda: False, [Job(once_gone, timedelta(hours=1))])
    assert worker.step() > 0
    worker.step()
    assert len(tries) == 2


def test_it_finishes_its_delivery_when_told_to_stop() -> None:
    stop = threading.Event()
    finished: list[bool] = []

    def deliver() -> bool:
        stop.set()
        finished.append(True)
        return True

    Worker(deliver, ()).work_until(stop)
    assert finished == [True]
