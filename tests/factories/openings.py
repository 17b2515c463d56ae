"""Public parts, opened by two people."""

from gulou.openings.operations import approve_opening, ask_opening
from gulou.openings.states import APPROVE, ASK, Part
from gulou.people.models import Unit, User
from tests.factories.people import PostingFactory, RoleFactory, UserFactory


def who_opens(office: Unit, *verbs: str) -> User:
    """Somebody at the office who holds these verbs."""
    user = UserFactory.create()
    PostingFactory.create(user=user, role=RoleFactory.create(verbs=list(verbs)), unit=office)
    return user


def open_parts(office: Unit, *parts: Part) -> None:
    """Open these parts to everybody; all where none is named."""
    asker, approver = who_opens(office, ASK), who_opens(office, APPROVE)
    for part in parts or Part:
        ask_opening(part, by=asker, note="")
        approve_opening(part, by=approver, note="批准文号")
