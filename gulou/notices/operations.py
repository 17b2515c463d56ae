"""Taking up again what was set aside."""

from gulou.outbox import deliver
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User
from gulou.people.verbs import MEND


def retry_delivery(delivery_id: int, *, by: User) -> None:
    """Try a delivery that was set aside again, from the beginning. Raises NotAllowed."""
    access.require(by, MEND, unit_id=people.office().id)
    deliver.retry(delivery_id)
