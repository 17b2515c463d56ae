"""Public pages are read from a streaming replica while it keeps up, and from the primary else."""

import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from gulou.cases.operations import release_photos
from gulou.cases.states import State
from gulou.openings.states import Part
from tests.conftest import Cast, Kinds
from tests.e2e.stack import Stack, a_stack
from tests.factories.cases import a_case, evidence
from tests.factories.openings import open_parts

pytestmark = pytest.mark.django_db(transaction=True)
OLD, NEW = "路口的垃圾清走了", "这句话复制库还没有"


def test_pages_come_from_the_replica_while_it_keeps_up(
    cast: Cast, kinds: Kinds, tmp_path: Path
) -> None:
    sent = evidence()
    case = a_case(cast, kinds.rubbish, state=State.FILED, photos=sent.photos, draft=sent.draft)
    release_photos(case, by=cast.guo, uids=sent.photos, summary=OLD)
    open_parts(cast.office, Part.LIST)
    with a_stack(tmp_path) as stack:
        stack.follow()
        web = stack.web(
            0, GULOU_REPLICA_URLS=stack.replica.place.url, GULOU_REPLICA_LAG_SECONDS="5"
        )
        stack.wait_for(0)
        _until(lambda: _figure(stack, 'gulou_replica_up{replica="replica1"}') == 1)

        # The replica stands still for a moment: who reads there sees what was before.
        _on_replica(stack, "SELECT pg_wal_replay_pause()")
        stack.rows("UPDATE cases_case SET summary = %s WHERE id = %s", NEW, case.pk)
        assert _shows(stack, OLD)
        # Who has just written does not.
        assert _shows(stack, NEW, cookie="gulou_wrote=1")
        # Too far behind: nobody does.
        _until(lambda: _shows(stack, NEW))
        assert _figure(stack, 'gulou_replica_up{replica="replica1"}') == 0

        # It catches up, and is read from again.
        _on_replica(stack, "SELECT pg_wal_replay_resume()")
        _until(lambda: _figure(stack, 'gulou_replica_up{replica="replica1"}') == 1)
        before = _figure(stack, 'gulou_pages_read_total{where="replica"}')
        assert _shows(stack, NEW)
        assert _figure(stack, 'gulou_pages_read_total{where="replica"}') == before + 1

        # It dies: the page that was to come from it comes from the primary.
        stack.replica.stop()
        assert all(_shows(stack, NEW) for _ in range(5))
        assert _figure(stack, 'gulou_replica_up{replica="replica1"}') == 0
        assert _figure(stack, 'gulou_pages_read_total{where="primary"}') > 0
        assert web.stop() == 0


def _on_replica(stack: Stack, sql: str) -> None:
    with psycopg.connect(stack.replica.place.url) as one:
        one.execute(sql)


def _shows(stack: Stack, words: str, **headers: str) -> bool:
    status, page = stack.ask(0, "/cases/", None, **headers)
    assert status == 200, page
    return words in page.decode()


def _figure(stack: Stack, name: str) -> float:
    status, text = stack.ask(0, "/metrics")
    assert status == 200
    lines = [line.rpartition(" ") for line in text.decode().splitlines()]
    return next((float(value) for said, _, value in lines if said == name), 0.0)


def _until(done: Callable[[], bool], patience: float = 30) -> None:
    until = time.monotonic() + patience
    while not done():
        assert time.monotonic() < until
        time.sleep(0.3)
