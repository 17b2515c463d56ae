"""The history of the office's templates: each fact in a sentence, with what was and what became."""

from itertools import groupby

from django.utils.translation import gettext as _

from gulou.cases.models import Words
from gulou.kit.changes import Change, Detail
from gulou.outbox.models import Event

from .models import AnswerTemplate

MOST = 200


def template_history(template: AnswerTemplate | None = None) -> list[Change]:
    """What happened to the office's templates, or to one of them; the newest first."""
    which = AnswerTemplate.objects.filter(owner=None)
    rows = {one.uid: one for one in (which.filter(pk=template.pk) if template else which)}
    found = list(
        Event.objects.filter(
            subject_kind=AnswerTemplate._meta.label_lower, subject_uid__in=rows
        ).order_by("subject_uid", "sequence")
    )
    texts = Words.objects.in_bulk([e.payload["words"] for e in found if "words" in e.payload])
    changes = []
    for uid, events in groupby(found, key=lambda event: event.subject_uid):
        before: Event | None = None
        for event in events:
            changes.append(_change(event, before, rows[uid], texts))
            before = event if "words" in event.payload else before
    return sorted(changes, key=lambda one: -one.event_id)[:MOST]


def _change(
    event: Event, before: Event | None, template: AnswerTemplate, texts: dict[int, Words]
) -> Change:
    what, sign = {
        "template.retired": (_("Retired"), "archive"),
        "template.restored": (_("Brought back"), "arrow-back-up"),
    }.get(event.name, (_("Changed"), "pencil") if before else (_("Added"), "plus"))
    now = _particulars(event, texts)
    was = _particulars(before, texts) if before else {}
    details = [
        Detail(label, was.get(label, ""), words)
        for label, words in now.items()
        if words != was.get(label, "")
    ]
    return Change(
        event_id=event.pk, at=event.at, actor=event.actor, what=what, details=details, sign=sign,
        can_undo=event.sequence == template.head_sequence, of=template.name,
    )  # fmt: skip


def _particulars(event: Event, texts: dict[int, Words]) -> dict[str, str]:
    if "words" not in event.payload:
        return {}
    text = texts.get(event.payload["words"])
    return {_("Called"): event.payload["title"], _("Text"): text.text if text else ""}
