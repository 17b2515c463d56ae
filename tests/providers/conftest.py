"""Stand-ins for providers, and who sets them up."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gulou.cases.models import Report
from gulou.cases.operations import ContactDetails
from gulou.kit import clock
from gulou.outbox import deliver
from gulou.people.models import User
from gulou.providers import jobs, operations, wecom
from gulou.providers.sms import Sms
from gulou.providers.turns import Line
from tests.conftest import Cast, Kinds
from tests.desk.conftest import as_user
from tests.factories.cases import a_case
from tests.notices.conftest import admin, mender
from tests.providers.smsc import NUMBER, Centre, smsc
from tests.providers.weixin import AGENT, CORPID, SECRET, Weixin, weixin

__all__ = ["admin", "as_user", "mender"]

# Tomorrow: what a test does before is always the past of it.
NOON = (datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(days=1)).replace(
    hour=12, minute=0, second=0, microsecond=0
)
NIGHT = NOON.replace(hour=23)


@pytest.fixture
def centre() -> Iterator[Centre]:
    with smsc() as one:
        yield one


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """The line of a worker of its own, let go of at the end."""
    adapter = Sms()
    made = Line(adapter)
    monkeypatch.setitem(jobs.SENDERS, "sms", made.send_next)
    yield made
    adapter.close()


def use_sms(centre: Centre, by: User, **told: Any) -> None:
    """Set it up and put it to use."""
    first = {"host": "127.0.0.1", "port": centre.port, "system_id": "gulou", "password": "geheim1",
             "signature": "鼓楼文明办", "sender": "10690000"}  # fmt: skip
    operations.set_provider("sms", {**first, **told}, by=by)
    operations.switch_provider("sms", by=by)


def tell_all(at: datetime | None = None, after: timedelta = timedelta()) -> None:
    """Everything that is owed by then, in our own house and through providers."""
    with clock.at((at or clock.now()) + after):
        while deliver.deliver_one():
            pass
        for send in jobs.SENDERS.values():
            while send():
                pass


@pytest.fixture
def far(settings: Any) -> Iterator[Weixin]:
    """WeCom and WeChat, as our settings name them."""
    wecom.tokens.forget()
    with weixin() as one:
        settings.GULOU = replace(settings.GULOU, wecom_url=one.url, weixin_url=one.url)
        yield one


def use_wecom(by: User, **told: Any) -> None:
    """Set the application up and put it to use."""
    first = {"corpid": CORPID, "agentid": AGENT, "secret": SECRET}
    operations.set_provider("wecom", {**first, **told}, by=by)
    operations.switch_provider("wecom", by=by)


def reported(cast: Cast, kinds: Kinds, phone: str = NUMBER) -> Report:
    """Somebody left a number, and was told nothing yet."""
    contact = ContactDetails(name="王大姐", phone=phone)
    with clock.at(NOON):
        case = a_case(cast, kinds.rubbish, contact=contact, words="我家楼下臭")
    return Report.objects.get(case=case)


def settle(line: Line, until: Any) -> None:
    """Let the line take in what the centre has to say."""
    for _ in range(300):
        with clock.at(NOON):
            line.send_next()
        if until():
            return
    raise AssertionError("it never came")
