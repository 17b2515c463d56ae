"""What is kept at hand: right for its own thread, its own process, and all others."""

import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from gulou.outbox import kept
from gulou.outbox.kept import Kept
from gulou.outbox.models import Revision
from gulou.people.models import Role
from tests.factories.people import RoleFactory

T = TypeVar("T")
Codes = Kept[tuple[str, ...]]


def codes() -> tuple[str, ...]:
    return tuple(Role.objects.order_by("code").values_list("code", flat=True))


@pytest.fixture
def ours() -> Codes:
    """This process."""
    return Kept("test.roles", codes)


@pytest.fixture
def theirs() -> Codes:
    """Another process: the same name, the same database, a memory of its own."""
    return Kept("test.roles", codes)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody waits some seconds before looking again."""
    monkeypatch.setattr(kept, "CHECK_SECONDS", 0)
    yield


def add(kept_roles: Codes, code: str) -> None:
    with transaction.atomic(), kept_roles.changing():
        RoleFactory.create(code=code)


def elsewhere(ask: Callable[[], T]) -> T:
    """The answer that another thread gets, with a connection of its own."""

    def call() -> T:
        try:
            return ask()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result(timeout=20)


@pytest.mark.django_db(transaction=True)
class TestSeen:
    def test_looking_again_costs_nothing(self, ours: Codes) -> None:
        add(ours, "a")
        assert ours.now() == ("a",)
        with CaptureQueriesContext(connection) as asked:
            assert ours.now() == ("a",)
            assert elsewhere(ours.now) == ("a",)
        assert len(asked) == 0

    def test_own_process_sees_a_change_once_it_is_committed(self, ours: Codes) -> None:
        assert elsewhere(ours.now) == ours.now() == ()
        token = ours.token()
        add(ours, "a")
        assert elsewhere(ours.now) == ours.now() == ("a",)
        assert ours.token() != token
        assert elsewhere(ours.token) == ours.token()

    def test_another_process_sees_it_after_some_seconds(
        self, ours: Codes, theirs: Codes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert theirs.now() == ()
        add(ours, "a")
        assert theirs.now() == ()
        monkeypatch.setattr(kept, "CHECK_SECONDS", 0)
        assert theirs.now() == ("a",)

    def test_another_process_sees_it_at_once_if_it_asks_anew(
        self, ours: Codes, theirs: Codes
    ) -> None:
        assert theirs.now() == ()
        add(ours, "a")
        assert theirs.anew() == ("a",)
        assert theirs.now() == ("a",)

    def test_asking_anew_reads_nothing_where_nothing_changed(self, ours: Codes) -> None:
        add(ours, "a")
        before = ours.now()
        with CaptureQueriesContext(connection) as asked:
            assert ours.anew() is before
        assert len(asked) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("at_once")
class TestNotCommitted:
    def test_only_its_thread_sees_it(self, ours: Codes, theirs: Codes) -> None:
        add(ours, "a")
        with transaction.atomic():
            add(ours, "b")
            assert ours.now() == ("a", "b")
            assert elsewhere(ours.now) == elsewhere(theirs.now) == ("a",)
            assert elsewhere(ours.token) == elsewhere(theirs.token) != ours.token()
        assert elsewhere(ours.now) == elsewhere(theirs.now) == ("a", "b")

    def test_what_is_taken_back_is_not_kept(self, ours: Codes) -> None:
        add(ours, "a")
        token = ours.token()
        with transaction.atomic():
            add(ours, "b")
            assert ours.now() == ("a", "b")
            transaction.set_rollback(True)
        assert ours.now() == elsewhere(ours.now) == ("a",)
        assert ours.token() == token

    def test_nor_is_it_in_the_transaction_that_follows(self, ours: Codes) -> None:
        with transaction.atomic():
            add(ours, "a")
            assert ours.now() == ("a",)
            transaction.set_rollback(True)
        with transaction.atomic():
            assert ours.now() == ()

    def test_a_part_that_is_taken_back_is_not_kept(self, ours: Codes) -> None:
        with transaction.atomic():
            add(ours, "a")
            with transaction.atomic():
                add(ours, "b")
                assert ours.now() == ("a", "b")
                transaction.set_rollback(True)
            assert ours.now() == ("a",)
        assert ours.now() == ("a",)

    def test_what_an_operation_read_on_its_way_is_not_taken_for_its_end(self, ours: Codes) -> None:
        with transaction.atomic():
            with ours.changing():
                assert ours.now() == ()
                RoleFactory.create(code="a")
            assert ours.now() == ("a",)

    def test_where_all_is_settled_it_is_asked_once(self, ours: Codes) -> None:
        with transaction.atomic():
            add(ours, "one")
            with kept.settled():
                assert "one" in ours.now()
                with CaptureQueriesContext(connection) as asked:
                    ours.now()
                assert not asked.captured_queries
                add(ours, "two")
                assert "two" in ours.now()

    def test_it_is_changed_in_a_transaction_only(self, ours: Codes) -> None:
        with pytest.raises(RuntimeError, match=r"test\.roles"):
            ours.touch()
        assert not Revision.objects.filter(name="test.roles").exists()


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    def test_what_one_thread_has_not_committed_is_not_at_hand_for_the_others(
        self, ours: Codes
    ) -> None:
        add(ours, "a")
        with transaction.atomic():
            add(ours, "b")
            assert ours.now() == ("a", "b")
            assert elsewhere(ours.now) == ("a",)
            assert ours.now() == ("a", "b")
            transaction.set_rollback(True)
        assert ours.now() == elsewhere(ours.now) == ("a",)

    def test_what_began_to_be_read_before_a_change_is_not_kept_after_it(self) -> None:
        reading, go_on = threading.Event(), threading.Event()

        def slowly() -> tuple[str, ...]:
            found = codes()
            if threading.current_thread() is not threading.main_thread():
                reading.set()
                assert go_on.wait(20)
            return found

        ours = Kept("test.roles", slowly)

        def read() -> tuple[str, ...]:
            try:
                return ours.now()
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            late = pool.submit(read)
            assert reading.wait(20)
            add(ours, "a")
            go_on.set()
            assert late.result(timeout=20) == ()
        assert ours.now() == ("a",)

    def test_changes_come_one_after_the_other(self, ours: Codes, theirs: Codes) -> None:
        waiting = threading.Event()

        def change() -> None:
            waiting.set()
            with transaction.atomic(), theirs.changing():
                RoleFactory.create(code=f"after-{len(codes())}")
            connection.close()

        with ThreadPoolExecutor(1) as pool, transaction.atomic(), ours.changing():
            other = pool.submit(change)
            assert waiting.wait(20)
            RoleFactory.create(code="a")
            transaction.on_commit(lambda: other.result(timeout=20))
        assert ours.anew() == ("a", "after-1")

    def test_many_threads_read_it_once(self) -> None:
        reads: list[int] = []

        def counted() -> tuple[str, ...]:
            reads.append(1)
            return codes()

        ours = Kept("test.roles", counted)
        start = threading.Barrier(8)

        def ask(_number: int) -> tuple[str, ...]:
            start.wait(20)
            try:
                return ours.now()
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(ask, range(8))) == {()}
        assert len(reads) == 1

    def test_nobody_goes_back_in_time_under_load(self, ours: Codes, theirs: Codes) -> None:
        """Five threads read while two change: who changed sees it, nobody sees less than before."""
        stop = threading.Event()

        def change(name: str) -> list[str]:
            try:
                for number in range(15):
                    code = f"{name}{number:02}"
                    add(ours, code)
                    if code not in ours.now():
                        return [f"{code} was committed and not seen"]
                return []
            finally:
                connection.close()

        def watch(which: Codes) -> list[str]:
            seen: set[str] = set()
            try:
                while not stop.is_set():
                    found = set(which.anew())
                    if not seen <= found:
                        return [f"{seen - found} went away"]
                    seen = found
                return []
            finally:
                connection.close()

        with ThreadPoolExecutor(7) as pool:
            watchers = [pool.submit(watch, which) for which in (ours, ours, ours, theirs, theirs)]
            changers = [pool.submit(change, name) for name in "ab"]
            wrong: list[Any] = [line for one in changers for line in one.result(timeout=60)]
            stop.set()
            wrong += [line for one in watchers for line in one.result(timeout=20)]
        assert wrong == []
        assert len(ours.now()) == len(theirs.anew()) == 30


def test_everything_kept_can_be_forgotten(db: None, ours: Codes, theirs: Codes) -> None:
    assert ours.now() == theirs.now() == ()
    Role.objects.create(code="behind-our-back", name_zh="x", name_en="x")
    Revision.objects.create(name="another", token=uuid.uuid4())
    assert ours.now() == theirs.now() == ()
    kept.forget_all()
    assert ours.now() == theirs.now() == ("behind-our-back",)
