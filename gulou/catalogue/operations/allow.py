"""Who may change the catalogue: who holds catalogue.manage at the district office, or the system."""

from gulou.catalogue.states import MANAGE
from gulou.people import access, queries
from gulou.people.models import User

SYSTEM = "system"


def actor_of(by: User | str) -> str:
    """How the record names who acts, once that is allowed.

    Raises NotAllowed for a person without the verb, ValueError for a nameless actor.
    """
    if isinstance(by, User):
        access.require(by, MANAGE, unit_id=queries.office().id)
        return by.actor
    if by != SYSTEM:
        raise ValueError("a change is made by a person or by the system")
    return by
