"""Merging, splitting and answering at the same time: some are refused, none wait for ever."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from gulou.cases import operations
from gulou.cases.family import locked_chain
from gulou.cases.models import Case, Report
from gulou.cases.states import State
from gulou.kit.errors import Refusal
from gulou.outbox.audit import audit
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 25


def _together(*acts: Callable[[], object]) -> list[Exception]:
    """Do each again and again in a thread of its own; whatever was no refusal."""
    start = Barrier(len(acts))

    def keep_doing(act: Callable[[], object]) -> list[Exception]:
        faults: list[Exception] = []
        with connection.cursor() as cursor:
            cursor.execute("SET deadlock_timeout = '50ms'")
        start.wait()
        for _round in range(ROUNDS):
            try:
                act()
            except Refusal:
                pass
            except Exception as fault:  # noqa: BLE001  told at the end, in the test's own thread
                faults.append(fault)
        connection.close()
        return faults

    with ThreadPoolExecutor(len(acts)) as pool:
        return [fault for faults in pool.map(keep_doing, acts) for fault in faults]


def test_merging_splitting_answering_and_erasing_never_deadlock(cast: Cast, kinds: Kinds) -> None:
    low, middle, high = (a_case(cast, kinds.rubbish) for _ in range(3))
    closed = a_case(cast, kinds.rubbish, state=State.HANDLED)
    merged = a_case(cast, kinds.rubbish)
    operations.merge_case(merged, by=cast.guo, into=closed)
    operations.close_case(closed, by=cast.he)
    report = Report.objects.get(case=merged)
    faults = _together(
        lambda: operations.merge_case(high, by=cast.guo, into=low),
        lambda: operations.merge_case(high, by=cast.guo, into=middle),
        lambda: operations.merge_case(low, by=cast.guo, into=middle),
        lambda: operations.split_case(high, by=cast.guo),
        lambda: operations.split_case(low, by=cast.guo),
        lambda: operations.rate_case(Report.objects.get(case=high), rating=5),
        lambda: operations.object_to_case(report, words="还在"),
        lambda: operations.erase_words(closed, by=cast.guo, words_id=report.words_id),
    )
    assert faults == []
    counts = dict(Case.objects.values_list("pk", "reports_count"))
    assert all(counts[case.pk] >= 1 for case in (low, middle, high))
    assert list(audit()) == []


def test_a_chain_that_grows_while_one_waits_is_read_anew(cast: Cast, kinds: Kinds) -> None:
    child, top = a_case(cast, kinds.rubbish), a_case(cast, kinds.rubbish)
    held = Barrier(2)

    def merge() -> None:
        with transaction.atomic():
            operations.merge_case(child, by=cast.guo, into=top)
            held.wait()
            _until_somebody_waits()
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        merging = pool.submit(merge)
        held.wait()
        with transaction.atomic():
            chain = locked_chain(child.pk)
        merging.result()
    assert [case.pk for case in chain] == [child.pk, top.pk]


def _until_somebody_waits() -> None:
    for _try in range(1000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.005)")
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waited")
