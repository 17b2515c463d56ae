"""Whether what came of an errand is still for who asked for it."""

from gulou.people import access
from gulou.people.models import User

from .models import Errand
from .table import Kind, table


def may_ask(user: User, kind: Kind) -> bool:
    """Whether the person holds one of the kind's verbs somewhere."""
    reach = access.reach_of(user)
    return user.is_active and any(reach.unit_ids_where(verb) for verb in kind.verbs)


def reach_for(user: User, kind: Kind) -> dict[str, list[int]]:
    """The units that the person reaches now, by each verb of the kind."""
    reach = access.reach_of(user)
    return {verb: sorted(reach.unit_ids_where(verb)) for verb in kind.verbs}


def may_fetch(user: User, errand: Errand) -> bool:
    """Whether the person reaches everything now that they reached when it was made."""
    kind = table().get(errand.kind)
    if kind is None or errand.asked_by_id != user.pk or not may_ask(user, kind):
        return False
    now = reach_for(user, kind)
    return all(set(ids) <= set(now.get(verb, ())) for verb, ids in errand.reach.items())
