"""A dead provider beside live ones: it holds none of them up, and what is sent again arrives once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from gulou.cases.operations import ContactDetails
from gulou.kit import clock
from gulou.notices import operations, sending
from gulou.notices.models import Parcel
from gulou.outbox import deliver
from gulou.outbox.models import Delivery
from gulou.people.models import User
from gulou.providers import jobs
from gulou.providers import operations as providers
from gulou.providers.models import Missive
from gulou.providers.turns import Line
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case
from tests.notices.test_robots import a_robot
from tests.notices.wecom import WeCom
from tests.providers.conftest import NOON, centre, line, use_sms
from tests.providers.smsc import NUMBER, Centre

__all__ = ["centre", "line"]

UNTIL_GIVEN_UP = (*range(2, 22, 2), 30, 40, 61)
"""Hours: eight tries of each, and nobody wants an SMS of two days ago."""


def work(hours: float) -> None:
    """What the worker's threads do by then."""
    with clock.at(NOON + timedelta(hours=hours)):
        deliver.deliver_all()
        for send in (*jobs.SENDERS.values(), sending.send_next):
            while send():
                pass


def arrived(centre: Centre, stand_in: WeCom) -> dict[str, int]:
    """How many messages each has got to its readers."""
    return {"sms": len(centre.texts()), "robot": len(stand_in.heard()), "mail": len(mail.outbox)}


def send_again(dead: str, by: User) -> None:
    """What the delivery log does."""
    if dead == "sms":
        providers.resend_missive(Missive.objects.get().pk, by=by)
    elif dead == "robot":
        operations.resend_parcel(Parcel.objects.get().pk, by=by)
    else:
        lost = Delivery.objects.get(set_aside_at__isnull=False, done_at=None)
        operations.retry_delivery(lost.pk, by=by)


@pytest.mark.parametrize("dead", ["sms", "robot", "mail"])
def test_the_others_go_at_once_and_what_is_sent_again_arrives_once(
    cast: Cast, kinds: Kinds, admin: User, mender: User, stand_in: WeCom, centre: Centre,
    line: Line, settings: Any, dead: str,
) -> None:  # fmt: skip
    settings.GULOU = replace(settings.GULOU, email_url="smtp://mail.example.org")
    settings.EMAIL_BACKEND = "tests.notices.post.RefusingBackend"
    use_sms(centre, admin)
    a_robot(admin)
    centre.mood = "closes" if dead == "sms" else ""
    stand_in.mood = "fault" if dead == "robot" else ""
    address = "bad@example.org" if dead == "mail" else "wang@example.org"
    with clock.at(NOON):
        a_case(cast, kinds.rubbish, contact=ContactDetails(phone=NUMBER, email=address))
    work(0.1)
    others = {"sms": 1, "robot": 1, "mail": 1, dead: 0}
    assert arrived(centre, stand_in) == others
    for hours in UNTIL_GIVEN_UP:
        work(hours)
    assert arrived(centre, stand_in) == others
    centre.mood, stand_in.mood = "", ""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    work(63)
    assert arrived(centre, stand_in) == others, "given up: nobody wants it late unasked"
    with clock.at(NOON + timedelta(hours=63)):
        send_again(dead, mender)
    for hours in (64, 68):
        work(hours)
    assert arrived(centre, stand_in) == {"sms": 1, "robot": 1, "mail": 1}
