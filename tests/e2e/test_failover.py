"""Two web servers and two workers; one of each is killed under load: nothing is lost or doubled."""

import json
import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bucket import WEED, WHY_NOT, keys
from tests.conftest import SOAK, Cast, Kinds
from tests.e2e.stack import Stack, a_stack
from tests.factories.cases import IN_WEST
from tests.factories.photos import make_jpeg

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(WEED is None, reason=WHY_NOT),
]
# So many phones that send so many reports each, and a photo with each of so many.
SENDERS, EACH, WITH_PHOTO = (4, 60, 5) if SOAK else (4, 8, 4)


@pytest.fixture
def stack(cast: Cast, kinds: Kinds, tmp_path: Path) -> Iterator[Stack]:
    with a_stack(tmp_path, bucket=True) as found:
        yield found


class Sender(threading.Thread):
    """A phone: sends each report, with the same id, to whichever server answers, until one does."""

    def __init__(self, stack: Stack, number: int, category: int) -> None:
        super().__init__(name=f"sender {number}")
        self.stack, self.number, self.category = stack, number, category
        self.receipts: dict[str, str] = {}
        self.again = 0

    def run(self) -> None:
        for n in range(EACH):
            sent: dict[str, Any] = {
                "client_id": str(uuid.uuid4()), "category": self.category, "lat": IN_WEST[0],
                "lon": IN_WEST[1], "words": f"有人吸烟 {self.number}-{n}",
                "email": f"reporter{self.number}-{n}@example.org",
            }  # fmt: skip
            if n % WITH_PHOTO == 0:
                draft, picture = uuid.uuid4().hex, make_jpeg(text=sent["client_id"])
                staged = self._send("photos", {"draft": draft, "file": picture}, first=n)
                sent |= {"draft": draft, "photos": [staged["uid"]]}
            self.receipts[sent["client_id"]] = self._send("reports", sent, first=n)["receipt"]

    def _send(self, what: str, sent: dict[str, Any], *, first: int) -> dict[str, Any]:
        for attempt in range(200):
            status, answer = self.stack.ask((first + attempt) % 2, f"/api/v1/{what}", sent)
            if status in {200, 201}:
                found: dict[str, Any] = json.loads(answer)
                return found
            assert status in {0, 500, 502, 503}, (status, answer)
            self.again += 1
            time.sleep(0.05)
        raise AssertionError("no server took it")


def test_one_of_each_is_killed_under_load_and_nothing_is_lost_or_doubled(
    stack: Stack, kinds: Kinds
) -> None:
    webs = [stack.web(0), stack.web(1)]
    workers = [stack.worker(), stack.worker()]
    stack.wait_for(0, 1)
    _wait_until(lambda: stack.rows("SELECT count(*) FROM outbox_heartbeat")[0][0] == 2)
    senders = [Sender(stack, n, kinds.smoking.pk) for n in range(SENDERS)]
    for sender in senders:
        sender.start()
    _wait_until(lambda: sum(len(one.receipts) for one in senders) > SENDERS * EACH // 4)
    webs[0].kill()
    workers[0].kill()
    for sender in senders:
        sender.join(60)

    # Every phone has a receipt for each of its reports, and the database one report for each.
    receipts = {client: receipt for one in senders for client, receipt in one.receipts.items()}
    assert len(receipts) == len(set(receipts.values())) == SENDERS * EACH
    kept = stack.rows("SELECT client_id::text, receipt FROM cases_report")
    assert len(kept) == len(receipts) and dict(kept) == receipts
    assert sum(one.again for one in senders) > 0
    # The lease of the worker that was killed runs out; here it need not take two minutes.
    stack.rows("UPDATE outbox_delivery SET due_at = now() WHERE lease IS NOT NULL")
    _wait_until(lambda: not stack.rows("SELECT 1 FROM outbox_delivery WHERE done_at IS NULL"))

    # What is owed was done: a mail for each report, and no second one but perhaps where the
    # worker was killed between the mail and the mark that it went; that one names itself alike.
    assert stack.rows("SELECT count(*) FROM outbox_delivery WHERE set_aside_at IS NOT NULL") == [
        (0,)
    ]
    mails = "\n".join(one.read_text() for one in (stack.folder / "mails").iterdir())
    names = Counter(re.findall(r"^Message-ID: (.+)$", mails, re.MULTILINE))
    told = set(re.findall(r"^To: (.+)$", mails, re.MULTILINE))
    assert len(told) == len(names) == SENDERS * EACH
    assert names.total() - len(names) <= 1
    doctor = stack.command("doctor", "--audit")
    assert "Every chain is whole" in doctor.stdout, doctor.stdout + doctor.stderr
    assert "Every count that is kept is right" in doctor.stdout

    # Each photo is in the bucket with its copies.
    photos = SENDERS * EACH // WITH_PHOTO
    assert stack.rows("SELECT count(*) FROM cases_casephoto") == [(photos,)]
    assert stack.rows("SELECT count(*) FROM photos_rendition") == [(3 * photos,)]
    paths = "SELECT original FROM photos_photo UNION SELECT path FROM photos_rendition"
    assert {path for (path,) in stack.rows(paths)} <= keys(stack.bucket)

    # What stays stops in order, as soon as it is asked to.
    assert webs[1].stop() == 0
    assert workers[1].stop() == 0


def _wait_until(done: Any, patience: float = 60) -> None:
    until = time.monotonic() + patience
    while not done():
        assert time.monotonic() < until
        time.sleep(0.1)
