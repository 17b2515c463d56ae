"""What the worker does for providers, each in a thread of its own."""

from datetime import timedelta

from gulou.kit import clock

from .account import Account
from .models import Missive, Taken
from .sms import Sms
from .turns import Line
from .wecom import WeCom

LINES = {"sms": Line(Sms()), "wecom": Line(WeCom()), "account": Line(Account())}

SENDERS = {name: line.send_next for name, line in LINES.items()}
"""By the name of the thread: does one thing, and says whether there was one."""

LEAVERS = {name: line.leave for name, line in LINES.items()}
"""What each thread does when the worker stops."""

MISSIVE_KEPT, TAKEN_KEPT = timedelta(days=180), timedelta(days=7)
_AT_ONCE = 2000


def forget_old() -> int:
    """Remove messages of half a year ago, and the ids that a provider gave to parts a week ago: no
    receipt comes so late. How many."""
    now = clock.now()
    taken = Taken.objects.order_by("pk").values_list("pk", "missive__at")[:_AT_ONCE]
    parts = [pk for pk, at in taken if at < now - TAKEN_KEPT]
    missives = Missive.objects.order_by("pk").values_list("pk", "at")[:_AT_ONCE]
    old = [pk for pk, at in missives if at < now - MISSIVE_KEPT]
    Taken.objects.filter(pk__in=parts).delete()
    Missive.objects.filter(pk__in=old).delete()
    return len(parts) + len(old)
