"""Telling staff by messages of a WeCom application."""

from collections.abc import Collection

from gulou.kit import clock
from gulou.people.models import User
from gulou.providers import operations, queries, wecom
from gulou.providers.states import Code
from gulou.providers.turns import Failed, NotNow

from .post import Note, Outlet, Reach, Recipient, Refused, Slower, Unanswered


def is_open() -> bool:
    """Whether the office has put its application to use."""
    return queries.in_use(Code.WECOM)


def outlets(persons: Collection[User]) -> Reach:
    """The WeCom user of each, if it is known."""
    return {one.pk: [Outlet()] for one in persons if one.wecom_userid}


def send(to: Recipient, note: Note) -> None:
    """One message. Raises Refused, Unanswered, Slower."""
    ref = queries.ref_of(Code.WECOM)
    if ref is None or to.person is None or not to.person.wecom_userid:
        raise Refused("no-wecom")
    try:
        wecom.tell(ref, to.person.wecom_userid, title=note.title, said=note.words, link=note.url)
    except NotNow as wait:
        if wait.everything:
            raise Slower(max(1.0, (wait.until - clock.now()).total_seconds())) from None
        raise Refused(wait.code, later=True) from None
    except Failed as failure:
        if failure.down:
            operations.note_fault(Code.WECOM, failure.code)
            raise Unanswered(failure.code) from None
        raise Refused(failure.code, later=not failure.for_good) from None
    operations.note_fault(Code.WECOM, "")
