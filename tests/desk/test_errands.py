"""The pages of long work."""

from collections.abc import Iterator
from typing import Any

import pytest

from gulou.errands import operations, table
from gulou.errands.models import Errand
from gulou.outbox.deliver import deliver_all
from tests.conftest import Cast
from tests.desk.conftest import SignedIn

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kinds(settings: Any) -> Iterator[None]:
    settings.ERRANDS = "tests.errands.kinds.KINDS"
    table.table.cache_clear()
    yield
    table.table.cache_clear()


def test_it_shows_how_far_it_is_until_there_is_a_file(cast: Cast, as_user: SignedIn) -> None:
    client = as_user(cast.lin)
    assert "No files yet" in client.get("/desk/errands/").text
    errand = operations.ask("test.count", by=cast.lin, lines=4)
    url = f"/desk/errands/{errand.uid}/"
    Errand.objects.update(done=1, total=4)
    waiting = client.get(url).text
    assert 'hx-trigger="every 1s"' in waiting
    assert 'value="25"' in waiting
    assert "25 %" in client.get("/desk/errands/").text
    deliver_all()
    ready = client.get(url).text
    assert "hx-trigger" not in ready.split('id="errand"')[1].split("</section>")[0]
    assert "Count" in client.get("/desk/errands/").text
    answer = client.get(f"{url}file")
    assert b"".join(answer.streaming_content) == b"1\n2\n3\n4\n"  # type: ignore[attr-defined]  # it streams
    assert "%E8%A1%8C%E6%95%B0" in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "private, no-store"


def test_it_is_cancelled(cast: Cast, as_user: SignedIn) -> None:
    errand = operations.ask("test.count", by=cast.lin, lines=4)
    url = f"/desk/errands/{errand.uid}/"
    assert as_user(cast.guo).post(f"{url}cancel/").status_code == 404
    assert as_user(cast.lin).get(f"{url}cancel/").status_code == 405
    answer = as_user(cast.lin).post(f"{url}cancel/", follow=True)
    assert "nothing of it was kept" in answer.text


def test_nobody_else_opens_it(cast: Cast, as_user: SignedIn) -> None:
    errand = operations.ask("test.count", by=cast.lin, lines=1)
    deliver_all()
    for url in (f"/desk/errands/{errand.uid}/", f"/desk/errands/{errand.uid}/file"):
        assert as_user(cast.guo).get(url).status_code == 404
