"""The channels by which a person of staff is told, beside the inbox: all of them, in one table.

To add a channel, write a module beside this one (`by_mail.py` is the pattern) and a row here:

- `is_open()`: has the office set it up? While it has not, nobody is offered it.
- `outlets(persons)`: how each of them can be reached by it (post.Reach), in one question at most:
  it is asked whenever something is told. Contacts stay where they are kept; an outlet holds none.
- `send(recipient, note)`: send one message (post.Note), in the language that is on. It raises
  `Refused` (this message; `later=True` where it may go another time), `Gone` (this way to the
  person is there no more), `Unanswered` (the provider is
  dead: its line is left alone, longer each time) or `Slower` (too fast: its line waits). Anything
  else that it raises counts as `Refused(later=True)`. No answer may take longer than 30 seconds.
- `per_minute`: at most so many messages a minute; 0 is no limit.
- `digests`: it can carry several things in one message, by day or by week.
- `by_default`: people are told by it unless they or the office choose otherwise (no: what costs
  money each time).

Everything else is done for it (letters.py): a thread of its own in the worker, so that one that is
dead holds up no other; leases, tries again, quiet hours, digests, the delivery log, sending again.
Codes that it gives for failures get their words in `words.why`.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gulou.people.models import User

from . import by_mail, by_push, by_sms, by_wecom
from .post import Note, Reach, Recipient


@dataclass(frozen=True)
class Channel:
    """One way of telling a person; what each part is for stands above."""

    name: str
    label: Any
    sign: str
    is_open: Callable[[], bool]
    outlets: Callable[[Collection[User]], Reach]
    send: Callable[[Recipient, Note], None]
    per_minute: int = 0
    digests: bool = False
    by_default: bool = True


MAIL = "mail"
SMS = "sms"
PUSH = "push"
WECOM = "wecom"

CHANNELS: dict[str, Channel] = {one.name: one for one in (
    Channel(MAIL, pgettext_lazy("channel", "E-mail"), "mail", by_mail.is_open, by_mail.outlets,
            by_mail.send, digests=True),
    Channel(PUSH, _("This site’s notices"), "device-desktop", by_push.is_open, by_push.outlets,
            by_push.send),
    Channel(SMS, _("SMS"), "device-mobile", by_sms.is_open, by_sms.outlets, by_sms.send,
            by_default=False),
    Channel(WECOM, _("WeCom"), "brand-wechat", by_wecom.is_open, by_wecom.outlets, by_wecom.send, digests=True),
)}  # fmt: skip


def open_channels() -> list[Channel]:
    """Those that the office has set up."""
    return [one for one in CHANNELS.values() if one.is_open()]
