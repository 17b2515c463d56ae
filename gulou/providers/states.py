"""What each provider has to be told before it works, what it tells, and when it may. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Code(TextChoices):
    """The providers there are."""

    SMS = "sms", _("SMS")
    WECOM = "wecom", _("WeCom application")
    ACCOUNT = "account", _("Official account")


class What(TextChoices):
    """What one message is about. TRIED is the office's own trial, STAFF whatever staff is told."""

    RECEIVED = "received", _("Report received")
    DISPATCHED = "dispatched", _("Passed to a unit")
    HANDLED = "handled", _("Said to be done")
    ENDED = "ended", _("There is an answer")
    WRITTEN = "written", _("The office wrote")
    COMBINED = "combined", _("Handled together with another")
    STAFF = "staff", _("To staff")
    TRIED = "tried", _("Trial message")


TO_REPORTERS = [(one.value, one.label) for one in What if one not in (What.STAFF, What.TRIED)]


@dataclass(frozen=True)
class Setting:
    """One thing that the office tells of a provider. A secret is sealed and never shown again.

    `most`: of a number its highest value, of words how many characters. `clock`: a time of day.
    """

    name: str
    label: Any
    default: Any = ""
    hint: Any = ""
    needed: bool = True
    secret: bool = False
    choices: Sequence[tuple[str, Any]] = ()
    many: bool = False
    clock: bool = False
    # Several lines.
    lines: bool = False
    least: int = 0
    most: int = 100

    @property
    def kind(self) -> str:
        """choice, many, number, flag, clock or words."""
        if self.choices:
            return "many" if self.many else "choice"
        if isinstance(self.default, bool):
            return "flag"
        if isinstance(self.default, int):
            return "number"
        return "clock" if self.clock else "words"


SENDER_TYPES: Mapping[str, tuple[int, int]] = {
    "0-0": (0, 0), "1-1": (1, 1), "2-1": (2, 1), "3-0": (3, 0), "5-0": (5, 0),
}  # fmt: skip
"""Type of number and numbering plan of the sender, as SMPP numbers them."""

ADDRESS = frozenset({"host", "port", "tls"})
"""Where the password of an SMS centre goes: it is asked for again when one of these changes."""
SERVICE = "service"
"""The kind of account that may send; the other only answers."""
FIELD = re.compile(r"^\s*([a-z_]+[0-9]*)\s*=\s*(number|what|time|office)\s*$", re.MULTILINE)
"""A line that says which of our values a field of the template holds."""

_RESIDENTS = Setting(
    "tells", _("What reporters are told"), ["received", "dispatched", "handled", "ended"],
    choices=TO_REPORTERS, many=True, needed=False,
)  # fmt: skip

# fmt: off
SETTINGS: Mapping[str, Sequence[Setting]] = {
    Code.SMS: (
        Setting("host", _("Address of the SMS centre"), most=200, hint=_("The host name or network address that your provider names for SMPP 3.4.")),
        Setting("port", _("Port"), 2775, least=1, most=65535),
        Setting("tls", _("Encrypted connection (TLS)"), False),
        Setting("system_id", _("System id"), most=15, hint=_("The name under which the provider knows you.")),
        Setting("password", _("Password"), secret=True, most=8, hint=_("At most eight characters, as SMPP has it.")),
        Setting("system_type", _("System type"), needed=False, most=12, hint=_("Only where the provider names one.")),
        Setting("sender", _("Number of the sender"), needed=False, most=20, hint=_("For example 1069…; empty where the provider sets it.")),
        Setting("sender_type", _("Kind of that number"), "0-0", choices=(("0-0", _("unknown kind")), ("1-1", _("international")), ("2-1", _("national")), ("3-0", _("short number")), ("5-0", _("alphanumeric")))),
        Setting("prefix", _("Country code before each number"), "86", needed=False, most=4),
        Setting("signature", _("Signature"), most=16, hint=_("Stands in 【】 before every message, as it was registered.")),
        Setting("opt_out", _("How to stop"), "拒收请回复R", needed=False, most=20, hint=_("Stands at the end of messages to residents. Who answers R, TD, T, N or 退订 gets none any more, until they answer DY or 订阅.")),
        _RESIDENTS,
        Setting("per_number", _("Messages to one number a day, at most"), 5, least=1, most=100),
        Setting("per_day", _("Messages a day, at most"), 2000, least=1, most=1_000_000),
        Setting("per_second", _("Messages a second, at most"), 10, least=1, most=200),
        Setting("quiet_from", _("Residents are left in peace from"), "21:00", clock=True, hint=_("Only the receipt that they have just asked for goes at night.")),
        Setting("quiet_to", _("until"), "08:00", clock=True),
    ),
    Code.WECOM: (
        Setting("corpid", _("Company id (corpid)"), most=64, hint=_("In the WeCom administration: my company, company information.")),
        Setting("agentid", _("Application id (AgentId)"), 0, least=1, most=99_999_999),
        Setting("secret", _("Secret of the application"), secret=True, most=128, hint=_("In the WeCom administration: applications, the application, Secret. Our address must stand among its trusted ones.")),
        Setting("form", _("Form of a message"), "textcard", choices=(("textcard", _("Card")), ("markdown", _("Markdown")), ("text", _("Plain text")), ("news", _("News")))),
    ),
    Code.ACCOUNT: (
        Setting("kind", _("Kind of account"), "subscription", choices=(("subscription", _("Subscription account: it answers")), (SERVICE, _("Service account: it answers and sends news")))),
        Setting("name", _("Name of the account"), most=40, hint=_("As residents find it in WeChat.")),
        Setting("appid", _("AppID"), most=40),
        Setting("token", _("Token"), secret=True, most=32, hint=_("3 to 32 letters and digits, the same here and in the account's server settings.")),
        Setting("aes_key", _("EncodingAESKey"), secret=True, needed=False, most=43, hint=_("43 characters, for safe mode: choose it. With it nothing is taken that is not encrypted.")),
        Setting("app_secret", _("AppSecret"), secret=True, needed=False, most=64, hint=_("A service account needs it, and the place in the field app.")),
        Setting("page_tools", _("Place from WeChat in the field app"), False, hint=_("Inside WeChat the phone's place comes from WeChat. The account has to be verified, and this address a JS interface domain there.")),
        Setting("message", _("Kind of message"), "template", choices=(("template", _("Template message")), ("subscribe", _("Subscription notice")))),
        Setting("template_id", _("Template id"), needed=False, most=100, hint=_("Of a service account: the template that the office has chosen there.")),
        Setting("fields", _("Fields of the template"), "character_string1=number\nthing2=what\ntime3=time", needed=False, lines=True, most=400, hint=_("One a line, the field and what it holds: number, what, time or office.")),
        _RESIDENTS,
    ),
}
# fmt: on


def settings_of(code: str) -> Sequence[Setting]:
    """What is told of this provider, in the order of its page."""
    return SETTINGS[code]


def quiet_until(now: datetime, since: str, until: str) -> datetime | None:
    """When the quiet hours end that `now` (local) lies in; None outside of them. Equal: there are none."""
    start, end = time.fromisoformat(since), time.fromisoformat(until)
    if start == end:
        return None
    moment = now.timetz().replace(tzinfo=None)
    over_night = start > end
    within = (moment >= start or moment < end) if over_night else start <= moment < end
    if not within:
        return None
    day = now.date() + timedelta(days=1 if over_night and moment >= start else 0)
    return datetime.combine(day, end, tzinfo=now.tzinfo)


WECOM_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
"""What WeCom allows as the id of a user."""

_MOBILE = re.compile(r"1[3-9][0-9]{9}")


def mobile(text: str) -> str:
    """The digits of a mobile number of the mainland; "" for anything else."""
    digits = re.sub(r"[\s\-()（）.]", "", text).removeprefix("+")
    digits = digits.removeprefix("00").removeprefix("86") if len(digits) > 11 else digits
    return digits if _MOBILE.fullmatch(digits) else ""


_STOP, _START = {"R", "TD", "T", "N", "退订", "拒收"}, {"DY", "订阅"}


def wish(words: str) -> bool | None:
    """What somebody answers: True for no more messages, False for messages again, else None."""
    said = words.strip(" 　.。!！").upper()
    return True if said in _STOP else False if said in _START else None
