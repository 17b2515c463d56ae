"""Asking a colleague to look, in the words of a note."""

import re
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gulou.cases import operations as cases
from gulou.cases import queries as seen_cases
from gulou.cases.models import Case, Note
from gulou.cases.operations import Evidence
from gulou.cases.operations.ground import NOTHING
from gulou.kit import clock
from gulou.kit.errors import Invalid, NotAllowed
from gulou.kit.words import clean
from gulou.outbox.record import record
from gulou.people.models import User
from gulou.workbench.facts import ColleagueMentioned, MentionAnswered
from gulou.workbench.models import Mention

MOST_MENTIONED = 20
_LONGEST = 30
_AT = re.compile(r"(?<![\w.])[@＠]([^\s@＠]+)")


@transaction.atomic
def note_and_mention(
    case: Case, *, by: User, words: str, people: Sequence[User] = (),
    evidence: Evidence = NOTHING, public: bool = False, seen: int | None = None,
) -> Case:  # fmt: skip
    """Leave a note, and ask colleagues to look: those chosen, and those named by "@name" in it.

    Raises Invalid when one of them may not see the case, or when a public note names anybody.
    """
    named = _named_in(words, case)
    mentioned = {user.pk: user for user in [*people, *named] if user.pk != by.pk}
    if mentioned and public:
        raise Invalid(
            "mention.public",
            _("Those who reported read this note. Ask colleagues in a note for staff."),
            field="words",
        )
    if len(mentioned) > MOST_MENTIONED:
        raise Invalid(
            "mention.many",
            _("At most %(most)d colleagues in one note.") % {"most": MOST_MENTIONED},
            field="mention",
        )
    _check_they_see(case, list(mentioned.values()))
    case = cases.note_case(case, by=by, words=words, evidence=evidence, public=public, seen=seen)
    note = Note.objects.filter(case=case, move="note").select_related("words").last()
    assert note is not None  # noqa: S101  just left
    for user in mentioned.values():
        Mention.objects.create(case=case, words=note.words, person=user, by=by, at=clock.now())
        record(
            ColleagueMentioned(person=str(user.uid), note=note.words_id),
            subject=case, actor=by.actor,
        )  # fmt: skip
    answer_mentions(case, by=by)
    return case


@transaction.atomic
def answer_mentions(case: Case, *, by: User) -> None:
    """Whoever was asked to look at the case has done something on it, or says it is settled.

    Each of those who asked is told so once.
    """
    open_ones = Mention.objects.filter(person=by, case=case, answered_at=None)
    answered = list(open_ones.select_for_update().order_by("pk"))
    if not answered:
        return
    now = clock.now()
    open_ones.filter(read_at=None).update(read_at=now)
    open_ones.update(answered_at=now)
    last = {one.by_id: one.pk for one in answered}
    for asker in User.objects.select_for_update().filter(pk__in=last).order_by("pk"):
        fact = MentionAnswered(case=str(case.uid), mention=last[asker.pk])
        record(fact, subject=asker, actor=by.actor)


def _named_in(words: str, case: Case) -> list[User]:
    """The people whom "@name" in the words names. Of namesakes, the one who sees the case.

    What is no name of anybody is no mention. Raises Invalid where a name fits several.
    """
    found = []
    for text in dict.fromkeys(_AT.findall(clean(words))):
        starts = [text[:n] for n in range(1, min(len(text), _LONGEST) + 1)]
        fits = list(
            User.objects.filter(Q(display_name__in=starts) | Q(username__in=starts), is_active=True)
        )
        longest = max((len(_fitting(user, starts)) for user in fits), default=0)
        best = [user for user in fits if len(_fitting(user, starts)) == longest]
        if len(best) > 1:
            best = [user for user in best if sees(user, case)] or best[:1]
        if len(best) > 1:
            raise Invalid(
                "mention.namesakes",
                _("%(name)s fits several people. Choose the one you mean from the list.")
                % {"name": _fitting(best[0], starts)},
                field="mention",
            )
        found += best
    return found


def _fitting(user: User, starts: list[str]) -> str:
    return max((n for n in (user.display_name, user.username) if n in starts), key=len)


def _check_they_see(case: Case, mentioned: list[User]) -> None:
    if blind := [str(user) for user in mentioned if not sees(user, case)]:
        raise Invalid(
            "mention.may_not_see",
            _("%(names)s may not see this case, so the note would not reach them. Take the name out, or ask somebody who works on it.")
            % {"names": str(_(", ")).join(blind)},
            field="words",
        )  # fmt: skip


def sees(user: User, case: Case) -> bool:
    """Whether the person may look at the case now."""
    return user.is_active and seen_cases.cases_seen_by(user).filter(pk=case.pk).exists()


@transaction.atomic
def settle_mention(mention: Mention, *, by: User) -> None:
    """Say that a question is answered, without another note."""
    mention = Mention.objects.select_for_update().get(pk=mention.pk)
    if mention.person_id != by.pk:
        raise NotAllowed("mention.not_yours", _("Somebody else was asked."))
    answer_mentions(mention.case, by=by)
