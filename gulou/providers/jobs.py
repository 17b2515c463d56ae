"""What the worker does for providers, each in a thread of its own."""

from .account import Account
from .sms import Sms
from .turns import Line
from .wecom import WeCom

SENDERS = {
    "sms": Line(Sms()).send_next,
    "wecom": Line(WeCom()).send_next,
    "account": Line(Account()).send_next,
}
"""By the name of the thread: does one thing, and says whether there was one."""
