"""Erasing what somebody wrote on an operation, when that is asked for."""

from django.utils.translation import gettext_lazy as _

from gulou.cases import states as case_states
from gulou.cases.models import Words
from gulou.cases.operations.ground import erase
from gulou.joint import facts
from gulou.joint.models import Operation
from gulou.kit import rows
from gulou.kit.errors import NotFound
from gulou.outbox.queries import story
from gulou.outbox.record import record
from gulou.people import access
from gulou.people.models import User

from .ground import locked, put


@rows.together()
def erase_words(operation: Operation, *, by: User, words_id: int) -> Operation:
    """Forget what somebody wrote on an operation: of its plan, its parts or its result.

    The digest in the record still proves that it was said.
    """
    operation = locked(operation, None)
    access.require(by, case_states.ERASE, unit_id=operation.lead_id)
    found = Words.objects.filter(pk__in=_words_of(operation), pk=words_id, erased_at=None)
    words = found.first()
    if words is None:
        raise NotFound("joint.no_words", _("There is nothing to erase: look at the record again."))
    erase(words)
    put(operation)
    record(facts.JointWordsErased(words=words.pk), subject=operation, actor=by.actor)
    return operation


def _words_of(operation: Operation) -> set[int]:
    """What the story of it quotes, and what stands on it and on its parts."""
    told = story(operation.subject_kind, operation.uid)
    stands = [operation.plan_id, operation.result_id]
    for pair in operation.tasks.values_list("words", "report"):
        stands += pair
    said = [event.payload.get("words") for event in told]
    return {one for one in (*said, *stands) if one is not None}
