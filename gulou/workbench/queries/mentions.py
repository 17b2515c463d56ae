"""Who was asked to look at what."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gulou.cases.models import Case
from gulou.cases.queries import cases_seen_by
from gulou.kit.errors import NotFound
from gulou.people.models import User
from gulou.workbench.models import Mention

MOST = 100


@dataclass(frozen=True)
class MentionSeen:
    """A question to the reader that they have not answered, with the words of the note."""

    id: int
    number: str
    by: str
    at: datetime
    text: str
    read: bool


def mentions_of(user: User) -> list[MentionSeen]:
    """What others wait for from this person, the oldest first: on cases they still see."""
    found = _open(user).select_related("case", "by", "words").order_by("at", "id")[:MOST]
    return [
        MentionSeen(
            one.pk, one.case.number, str(one.by), one.at, one.words.text, one.read_at is not None
        )
        for one in found
    ]


def mentions_count(user: User) -> int:
    """How many `mentions_of` shows."""
    return _open(user)[:MOST].count()


def _open(user: User) -> QuerySet[Mention]:
    return Mention.objects.filter(person=user, answered_at=None, case__in=cases_seen_by(user))


def mention_of(user: User, mention_id: int) -> Mention:
    """A question to the reader. Raises NotFound."""
    found = Mention.objects.filter(person=user, pk=mention_id).first()
    if found is None:
        raise NotFound("mention.not_found", _("There is no such question to you."))
    return found


def is_asked(case: UUID, person: str, words_id: int) -> bool:
    """Whether somebody was asked to look, has not answered, and may still see the case."""
    found = Mention.objects.filter(case__uid=case, person__uid=person, words_id=words_id)
    one = found.filter(answered_at=None).select_related("case", "person").first()
    return one is not None and _sees(one.person, one.case)


def _sees(user: User, case: Case) -> bool:
    return cases_seen_by(user).filter(pk=case.pk).exists()
