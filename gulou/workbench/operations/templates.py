"""Texts to answer with: the office's, and one's own."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gulou.cases import states
from gulou.cases.operations.ground import keep_words
from gulou.catalogue.states import MANAGE
from gulou.kit import clock
from gulou.kit.errors import Invalid, NotAllowed, Refusal
from gulou.kit.words import clean
from gulou.outbox.record import record
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User
from gulou.workbench import placeholders
from gulou.workbench.facts import TemplateRetired, TemplateSet
from gulou.workbench.models import AnswerTemplate


@transaction.atomic
def set_template(
    template: AnswerTemplate | None = None, *, by: User, title: str, text: str, language: str,
    move: str = "", own: bool = False,
) -> AnswerTemplate:  # fmt: skip
    """Make a template, or change one. `own` is for whom a new one is: oneself or the office.

    `move` is the move that it is for, "" for any. The words before a change stay in the record.
    """
    template = _locked(template) if template else None
    owner = template.owner if template else (by if own else None)
    _allow(owner, by)
    title, text = clean(title), clean(text)
    _check(title, text, language, move)
    if _taken(template, owner, title, language):
        raise Invalid("template.taken", _("There is a template of this name already."), field="title")  # fmt: skip
    words, digest = keep_words(text)
    template = template or AnswerTemplate(owner=owner)
    template.name, template.move, template.language = title, move, language
    template.words, template.changed_at = words, clock.now()
    template.save()
    record(
        TemplateSet(
            title="" if owner else title, move=move, language=language, words=words.pk,
            words_digest=digest,
        ),
        subject=template, actor=by.actor,
    )  # fmt: skip
    return template


@transaction.atomic
def retire_template(template: AnswerTemplate, *, by: User) -> AnswerTemplate:
    """Offer it no longer. What was written with it stays."""
    template = _locked(template)
    _allow(template.owner, by)
    template.retired_at = clock.now()
    template.save(update_fields=["retired_at"])
    record(TemplateRetired(), subject=template, actor=by.actor)
    return template


def _locked(template: AnswerTemplate) -> AnswerTemplate:
    template = (
        AnswerTemplate.objects.select_for_update(of=("self",))
        .select_related("owner")
        .get(pk=template.pk)
    )
    if template.retired_at is not None:
        raise Refusal("template.retired", _("This template is not in use any more."))
    return template


def _allow(owner: User | None, by: User) -> None:
    if owner is None:
        access.require(by, MANAGE, unit_id=people.office().id)
    elif owner.pk != by.pk or not by.is_active:
        raise NotAllowed("template.not_yours", _("This template belongs to somebody else."))


def _check(title: str, text: str, language: str, move: str) -> None:
    if not title or len(title) > 60:
        raise Invalid("template.title", _("Give it a name of at most 60 characters."), field="title")  # fmt: skip
    if not text:
        raise Invalid("template.text", _("Write the text."), field="text")
    if language not in dict(settings.LANGUAGES):
        raise Invalid("template.language", _("Choose a language."), field="language")
    if move and move not in {one.name for one in states.MOVES}:
        raise Invalid("template.move", _("Choose what it is for."), field="move")
    placeholders.check(text)


def _taken(template: AnswerTemplate | None, owner: User | None, title: str, language: str) -> bool:
    same = AnswerTemplate.objects.filter(
        owner=owner, name=title, language=language, retired_at=None
    )
    return same.exclude(pk=template.pk if template else 0).exists()
