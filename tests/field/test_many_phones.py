"""Fifty phones at once over real connections: every report arrives once, with every byte of its photos,
though each photo comes in pieces and half of the phones send what they did twice at the same time."""

import hashlib
import http.client
import json
import threading
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SOAK, Cast, Kinds
from tests.e2e.conftest import session_of
from tests.e2e.stack import Stack, a_stack
from tests.factories.cases import IN_WEST
from tests.factories.photos import make_jpeg

from .phones import ME, MINE
from .test_push import PUSH
from .test_uploads import KIND, UPLOADS, headers

pytestmark = pytest.mark.django_db(transaction=True)
PHONES, REPORTS, PHOTOS = (50, 10, 3) if SOAK else (50, 1, 2)
PIECES = 2
JSON = {"Content-Type": "application/json"}


@dataclass
class Phone:
    """What the app sends, from a network address of its own. `session` is that of staff."""

    port: int
    number: int
    session: str = ""
    statuses: list[int] = field(default_factory=list)
    sent: dict[str, list[str]] = field(default_factory=dict)
    """The digests of the photos of each report, by the id of its operation."""
    answers: list[dict[str, Any]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cookies = {"sessionid": self.session} if self.session else {}
        self.csrf, self.uid = "", None

    def ask(self, method: str, path: str, body: bytes = b"", more: Mapping[str, str] = {}) -> Any:
        there = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        told = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-CSRFToken": self.csrf, "X-Forwarded-For": f"10.0.0.{self.number}",
        } | dict(more)  # fmt: skip
        there.request(method, path, body, told)
        answer = there.getresponse()
        content = answer.read()
        there.close()
        self.statuses.append(answer.status)
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return json.loads(content) if content[:1] in (b"{", b"[") else content

    @property
    def secret(self) -> str:
        return f"{self.number:03}" * 14

    def begin(self) -> None:
        me = self.ask("GET", ME)
        self.csrf, self.uid = me["csrf"], me["uid"]

    def upload(self, data: bytes) -> str:
        """In pieces; the last one is sent again, as where its answer was lost."""
        uid = uuid.uuid4()
        mine = {"X-Gulou-Draft": self.secret}
        self.ask("POST", UPLOADS, more=headers(data, uid) | mine)
        step = -(-len(data) // PIECES)
        last = len(data) - step
        for offset in (*range(0, len(data), step), last):
            told = {"Upload-Offset": str(offset), "Content-Type": KIND, **mine}
            self.ask("PATCH", f"{UPLOADS}{uid}", data[offset : offset + step], told)
        return str(uid)

    def report(self, category: int, words: str) -> None:
        """Half of the phones send it twice at the same time."""
        pictures = [make_jpeg(text=f"{words} {n}", size=(320, 240)) for n in range(PHOTOS)]
        one = {
            "id": str(uuid.uuid4()), "kind": "report", "draft": self.secret,
            "photos": [self.upload(data) for data in pictures],
            "given": {"category": category, "lat": IN_WEST[0], "lon": IN_WEST[1], "words": words},
        }  # fmt: skip
        self.sent[str(one["id"])] = [hashlib.sha256(data).hexdigest() for data in pictures]
        content = json.dumps({"operations": [one], "reader": self.uid}).encode()
        twice = threading.Thread(target=self.push, args=(content,))
        if self.number % 2:
            twice.start()
        self.push(content)
        if self.number % 2:
            twice.join()

    def push(self, content: bytes) -> None:
        found = self.ask("POST", PUSH, content, JSON)
        self.answers += found["answers"]

    def work(self, start: threading.Barrier, category: int) -> None:
        start.wait(60)
        self.begin()
        for n in range(REPORTS):
            self.report(category, f"路边有垃圾 {self.number}-{n}")
        tokens = sorted(
            {one["result"]["link"].split("/t/")[1].split("/")[0] for one in self.answers}
        )
        mine = self.ask("POST", MINE, json.dumps({"tokens": tokens}).encode(), JSON)
        self.opened = [one["id"] for one in mine]


@pytest.fixture
def sessions(cast: Cast, kinds: Kinds) -> list[str]:
    """Of staff; they stand in the database that the server begins with."""
    staff = (cast.lin, cast.chen, cast.guo, cast.he, cast.zhao)
    return [session_of(staff[n % len(staff)]) for n in range(PHONES // 2)]


@pytest.fixture
def stack(sessions: list[str], tmp_path: Path) -> Iterator[Stack]:
    with a_stack(tmp_path) as found:
        yield found


def test_fifty_phones_at_once_lose_nothing_and_double_nothing(
    stack: Stack, sessions: list[str], kinds: Kinds
) -> None:
    stack.web(0, GULOU_TRUSTED_PROXIES="1")
    stack.wait_for(0)
    residents = [""] * (PHONES - len(sessions))
    phones = [
        Phone(stack.ports[0], n, session) for n, session in enumerate([*sessions, *residents])
    ]
    start = threading.Barrier(PHONES)
    with ThreadPoolExecutor(PHONES) as at_once:
        list(at_once.map(lambda phone: phone.work(start, kinds.rubbish.pk), phones))

    for phone in phones:
        assert not [one for one in phone.statuses if one >= 500 or one in (401, 403, 429)]
        assert {one["state"] for one in phone.answers} == {"done"}, phone.answers
        assert len(phone.answers) == REPORTS * (2 if phone.number % 2 else 1)
        receipts = {one["id"]: one["result"]["receipt"] for one in phone.answers}
        assert all(one["result"]["receipt"] == receipts[one["id"]] for one in phone.answers)
        assert len(set(receipts.values())) == REPORTS
        assert sorted(phone.opened) == sorted(phone.sent)
    sent = {uid: digests for phone in phones for uid, digests in phone.sent.items()}
    kept = stack.rows("SELECT client_id::text FROM cases_report")
    assert sorted(uid for (uid,) in kept) == sorted(sent)
    found = stack.rows(
        "SELECT r.client_id::text, p.sha256, p.original FROM photos_photo p"
        " JOIN cases_casephoto c ON c.photo_id = p.id JOIN cases_report r ON r.id = c.report_id"
        " WHERE p.state = 'kept'"
    )
    assert sorted((uid, sha) for uid, sha, _path in found) == sorted(
        (uid, sha) for uid, digests in sent.items() for sha in digests
    )
    for _uid, sha, path in found:
        (file,) = stack.folder.rglob(path)
        assert hashlib.sha256(file.read_bytes()).hexdigest() == sha
