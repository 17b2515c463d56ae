"""What a channel is given to send, and the ways in which it may say no. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gulou.kit.outgoing import Unanswered
from gulou.people.models import User

__all__ = ["Gone", "Note", "Outlet", "Reach", "Recipient", "Refused", "Slower", "Unanswered"]


@dataclass(frozen=True)
class Outlet:
    """One way to reach a person by a channel: most have one, several devices are several.

    `ref` names it where there are several (a device), never a contact. `line` is what stands still
    when a provider is dead: "" is the whole channel; give the provider's name where there are many.
    """

    ref: str = ""
    line: str = ""


Reach = Mapping[int, Sequence[Outlet]]
"""How people are reached by a channel, by their id; who is not is not in it."""


@dataclass(frozen=True)
class Recipient:
    """Whom a message goes to: a person, or the mailbox of a unit. `ref` as in their Outlet."""

    person: User | None
    unit_id: int | None = None
    ref: str = ""


@dataclass(frozen=True)
class Note:
    """One message, in the language that is on: nothing of who reported, no words of people.

    `title` stands alone (at most about 60 characters); `words` is the whole text, with its links.
    `key` is the same each time it is tried. `urgent`: it breaks quiet hours. `case_id`: the case that
    it names, which the person must still see when it goes.
    """

    title: str
    words: str
    url: str
    key: str
    urgent: bool = False
    case_id: int | None = None


class Refused(Exception):
    """The provider answered no to this message. `later`: it may say yes another time.

    `code` is looked up in `words.why`; nothing that a provider says is kept.
    """

    def __init__(self, code: str, *, later: bool = False) -> None:
        super().__init__(code)
        self.code, self.later = code, later


class Gone(Refused):
    """This way to the person is there no more, and nobody need mend it: the letter is dropped. What
    a person has to know goes another way instead."""


class Slower(Exception):
    """Too many messages: the line is left alone so long, and nothing counts as a failed try."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds
