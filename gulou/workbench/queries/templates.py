"""Which templates somebody may use, what they say of a case, and what they said before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gulou.cases.models import Case, Words
from gulou.catalogue import queries as catalogue
from gulou.kit import clock
from gulou.kit.errors import NotFound
from gulou.kit.words import name_of
from gulou.outbox.queries import story
from gulou.people import queries as people
from gulou.people.models import User
from gulou.places import queries as places
from gulou.workbench.models import AnswerTemplate


@dataclass(frozen=True)
class TemplateSeen:
    """A template as one chooses it. `own` ones are the reader's."""

    uid: UUID
    title: str
    text: str
    move: str
    language: str
    own: bool


@dataclass(frozen=True)
class Change:
    """What a template came to say, when and by whom; `retired` where it was taken out of use."""

    at: datetime
    who: str
    title: str
    text: str
    move: str
    language: str
    retired: bool


def templates_for(user: User, *, move: str | None = None) -> list[TemplateSeen]:
    """What the user may answer with: one's own first, then the office's; the reader's language
    before others. With `move`, only those for it or for any."""
    mine = Q(owner=user) | Q(owner=None)
    fitting = Q(move__in=("", move)) if move is not None else Q()
    found = AnswerTemplate.objects.filter(mine & fitting, retired_at=None).select_related("words")
    here = (get_language() or "").lower()
    ordered = sorted(found, key=lambda one: (one.owner_id is None, one.language != here))
    return [_seen(one, user) for one in ordered]


def template_of(user: User, uid: UUID) -> AnswerTemplate:
    """A template in use that the user may use. Raises NotFound."""
    found = AnswerTemplate.objects.filter(Q(owner=user) | Q(owner=None), uid=uid, retired_at=None)
    template = found.select_related("words").first()
    if template is None:
        raise NotFound(
            "template.not_found", _("There is no such template, or it is not yours to use.")
        )
    return template


def office_templates(*, retired: bool = False) -> list[AnswerTemplate]:
    """The office's own, by name; `retired`: those offered no longer."""
    found = AnswerTemplate.objects.filter(owner=None, retired_at__isnull=not retired)
    return list(found.select_related("words"))


def office_template(uid: UUID) -> AnswerTemplate:
    """One of the office's own, a retired one too. Raises NotFound."""
    found = AnswerTemplate.objects.filter(owner=None, uid=uid).select_related("words").first()
    if found is None:
        raise NotFound("template.not_found", _("There is no such template."))
    return found


def _seen(one: AnswerTemplate, user: User) -> TemplateSeen:
    return TemplateSeen(
        one.uid, one.name, one.words.text, one.move, one.language, one.owner_id == user.pk
    )


def history_of(template: AnswerTemplate) -> list[Change]:
    """Everything a template has said, the newest first."""
    events = story(template.subject_kind, template.uid)
    words = Words.objects.in_bulk([e.payload["words"] for e in events if "words" in e.payload])
    actors = {UUID(e.actor[5:]) for e in events if e.actor.startswith("user:")}
    names = people.people_by_uid(actors)
    changes: list[Change] = []
    for event in events:
        told, before = event.payload, changes[-1] if changes else None
        who = str(names.get(UUID(event.actor[5:]), "")) if event.actor.startswith("user:") else ""
        if "words" in told:
            text = words[told["words"]].text
            changes.append(Change(event.at, who, told["title"] or template.name, text, told["move"],
                                  told["language"], retired=False))  # fmt: skip
        elif before is not None:
            changes.append(Change(event.at, who, before.title, before.text, before.move,
                                  before.language, retired=True))  # fmt: skip
    return changes[::-1]


def values_of(case: Case) -> Mapping[str, str]:
    """What a case says in each placeholder, in the present language; nothing a reporter wrote."""
    areas, now = places.area_refs(), clock.now()
    chain = (case.street_id, case.community_id)
    category = catalogue.category_refs().get(case.category_id)
    unit = people.unit_refs().get(case.unit_id)
    return {
        "number": case.number,
        "category": name_of(category) if category else "",
        "place": "".join(name_of(areas[pk]) for pk in chain if pk is not None and pk in areas),
        "unit": name_of(unit) if unit else "",
        "due": timezone.localtime(case.due_at).strftime("%Y-%m-%d %H:%M") if case.due_at else "–",
        "days": str((timezone.localdate(now) - timezone.localdate(case.opened_at)).days),
        "today": timezone.localdate(now).isoformat(),
    }
