"""Telling staff by SMS: handed to the line of the SMS centre, which keeps its own limits and log."""

from collections.abc import Collection

from gulou.people.models import User
from gulou.providers import operations, queries
from gulou.providers.states import Code, mobile

from .post import Gone, Note, Outlet, Reach, Recipient, Refused


def is_open() -> bool:
    """Whether the office has put an SMS centre to use."""
    return queries.in_use(Code.SMS)


def outlets(persons: Collection[User]) -> Reach:
    """The mobile number of each, if they have one that takes SMS."""
    numbers = {one.pk: mobile(one.phone) for one in persons}
    silent = queries.who_want_none([one for one in numbers.values() if one])
    return {pk: [Outlet()] for pk, number in numbers.items() if number and number not in silent}


def send(to: Recipient, note: Note) -> None:
    """Owe them one SMS. A second call with the same key does nothing. Raises Gone, Refused."""
    number = mobile(to.person.phone) if to.person is not None else ""
    if to.person is None or not number:
        raise Refused("no-number")
    if queries.wants_none(number):
        raise Gone("silenced")
    if not operations.owe_person(
        to.person, title=note.title, link=note.url, key=note.key, case_id=note.case_id
    ):
        raise Gone("closed")
