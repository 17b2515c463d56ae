"""Texts to answer with: the office's, and one's own."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gulou.cases import states
from gulou.cases.models import Words
from gulou.cases.operations.ground import keep_words
from gulou.catalogue.states import MANAGE
from gulou.kit import clock
from gulou.kit.errors import Invalid, NotAllowed, NotFound, Refusal
from gulou.kit.words import clean
from gulou.outbox.queries import fact_with_id, story
from gulou.outbox.record import record
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User
from gulou.workbench import placeholders
from gulou.workbench.facts import TemplateRestored, TemplateRetired, TemplateSet
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


@transaction.atomic
def restore_template(template: AnswerTemplate, *, by: User) -> AnswerTemplate:
    """Offer a retired template again. Raises Invalid where another took its name meanwhile."""
    template = _row(template)
    _allow(template.owner, by)
    if template.retired_at is None:
        raise Refusal("template.in_use", _("This template is in use."))
    if _taken(template, template.owner, template.name, template.language):
        raise Invalid("template.taken", _("There is a template of this name already."), field="title")  # fmt: skip
    template.retired_at = None
    template.save(update_fields=["retired_at"])
    record(TemplateRestored(), subject=template, actor=by.actor)
    return template


@transaction.atomic
def take_back_template(event_id: int, *, by: User) -> None:
    """Undo what this fact tells of, where nothing newer stands in the way."""
    event = fact_with_id(event_id)
    if event is None or event.subject_kind != AnswerTemplate._meta.label_lower:
        raise NotFound("template.no_such_change", _("There is nothing to take back here."))
    template = AnswerTemplate.objects.select_related("owner").get(uid=event.subject_uid)
    _allow(template.owner, by)
    if event.sequence != template.head_sequence:
        raise Refusal(
            "template.newer", _("This was changed again since. Take back the newer change first.")
        )
    earlier = [
        one for one in story(template.subject_kind, template.uid)
        if one.name == TemplateSet.name and one.sequence < event.sequence
    ]  # fmt: skip
    if event.name == TemplateRetired.name:
        restore_template(template, by=by)
    elif event.name == TemplateSet.name and earlier:
        told = max(earlier, key=lambda one: one.sequence).payload
        set_template(
            template, by=by, title=told["title"] or template.name, language=told["language"],
            text=Words.objects.get(pk=told["words"]).text, move=told["move"],
        )  # fmt: skip
    else:
        retire_template(template, by=by)


def _row(template: AnswerTemplate) -> AnswerTemplate:
    rows = AnswerTemplate.objects.select_for_update(of=("self",)).select_related("owner")
    return rows.get(pk=template.pk)


def _locked(template: AnswerTemplate) -> AnswerTemplate:
    template = _row(template)
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
