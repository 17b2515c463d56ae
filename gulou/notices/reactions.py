"""Telling people by e-mail what has happened. Each message names itself, so doubles can be known.

A district that has not configured e-mail sends none: the tracking page and the desk tell the same.
"""

import hashlib
from collections.abc import Callable, Collection
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from gulou.cases import operations
from gulou.cases import queries as cases
from gulou.catalogue import queries as catalogue
from gulou.catalogue.imprint import imprint
from gulou.outbox.table import Envelope
from gulou.people import queries as people
from gulou.workbench import queries as workbench

from .operations import owe_groups


def acknowledge(envelope: Envelope) -> None:
    """To the reporter, when the report has arrived: its number and its private link."""
    reader = cases.reader_of_report(envelope.subject_uid)
    if reader is not None:
        _tell(reader, envelope, _received)


def tell_dispatched(envelope: Envelope) -> None:
    """To the unit made responsible: what waits for it, without a word of who reported it."""
    brief = cases.brief_of(envelope.subject_uid)
    if brief.unit_email:
        subject = _("%(category)s: case %(number)s waits for you") % vars(brief)
        link = f"{settings.GULOU.public_url}/desk/cases/{brief.number}/"
        body = _("%(unit)s is responsible for case %(number)s. Sign in to read it:") % vars(brief)
        _send(brief.unit_email, subject, f"{body}\n\n{link}\n", envelope.key)


def tell_on_spot(envelope: Envelope) -> None:
    """To the unit and its head, at once: a problem to put right within a day."""
    unit_id = envelope.fact.unit
    heads = [str(one.user.uid) for one in people.leading_group(unit_id) if one.user is not None]
    brief = cases.brief_of(envelope.subject_uid)
    subject = _("At once: case %(number)s is to be rectified within a day") % vars(brief)
    _tell_house(envelope, brief.number, subject, heads, unit_id)


def tell_warned(envelope: Envelope) -> None:
    """To who is to know: how much of a limit has gone by."""
    fact = envelope.fact
    brief = cases.brief_of(envelope.subject_uid)
    given = {"number": brief.number, "percent": fact.percent, "category": brief.category}
    subject = _("%(category)s: %(percent)s %% of the time for case %(number)s has gone by") % given
    if fact.percent >= 100:
        subject = _("%(category)s: case %(number)s is late (%(percent)s %% of its time)") % given
    whole_unit = fact.level in ("unit", "district")
    _tell_house(envelope, brief.number, subject, fact.people, fact.unit if whole_unit else None)


def tell_urged(envelope: Envelope) -> None:
    """To the person or the unit that a case waits for: somebody urges it."""
    fact = envelope.fact
    brief = cases.brief_of(envelope.subject_uid)
    subject = _("%(category)s: you are urged to move case %(number)s on") % vars(brief)
    people_told = [fact.person] if fact.person else []
    _tell_house(envelope, brief.number, subject, people_told, None if fact.person else fact.unit)


def tell_groups(envelope: Envelope) -> None:
    """Owe the news to each group robot that the case concerns. Restricted cases go to no group."""
    owe_groups(
        envelope.subject_uid, fact=envelope.fact.name, event_id=envelope.event_id, at=envelope.at
    )


def tell_asked(envelope: Envelope) -> None:
    """To the office: something was asked about the time of a case."""
    brief = cases.brief_of(envelope.subject_uid)
    subject = _("%(unit)s asks about the time of case %(number)s") % vars(brief)
    _tell_house(envelope, brief.number, subject, (), people.office().id)


def tell_ruled(envelope: Envelope) -> None:
    """To who asked, when it is decided for good."""
    if not envelope.fact.final:
        return
    brief = cases.brief_of(envelope.subject_uid)
    words = _("What was asked about the time of case %(number)s was refused")
    if envelope.fact.granted:
        words = _("What was asked about the time of case %(number)s was granted")
    _tell_house(
        envelope, brief.number, words % vars(brief), [cases.who_asked(envelope.fact.plea)], None
    )


def _tell_house(
    envelope: Envelope, number: str, subject: str, uids: Collection[str], unit_id: int | None
) -> None:
    """One message to these people, and to a unit."""
    to = [one.email for one in cases.colleagues(uids)]
    if unit_id is not None and (email := cases.email_of_unit(unit_id)):
        to.append(email)
    body = _("Sign in to read it:")
    for address in dict.fromkeys(to):
        _send(address, subject, f"{body}\n\n{_desk(number)}\n", f"{envelope.key}:{address}")


def tell_ended(envelope: Envelope) -> None:
    """When a case was closed, not filed or passed on: owe each of its reporters the news.

    One delivery for each, so that an address that fails never repeats the others.
    """
    operations.answer_reports(envelope.subject_uid, event=envelope.event_id)


def tell_progress(envelope: Envelope) -> None:
    """When a case was dispatched or handled: owe each of its reporters the news, once."""
    handled = envelope.fact.name == "case.handled"
    operations.progress_reports(
        envelope.subject_uid, event=envelope.event_id, what="handled" if handled else "dispatched"
    )


def tell_merged(envelope: Envelope) -> None:
    """When a case was merged: owe each of its reporters the news that another answers for it."""
    operations.combine_reports(envelope.subject_uid, event=envelope.event_id)


def tell_mentioned(envelope: Envelope) -> None:
    """To a colleague who was asked to look, if they may still see the case: who asks, and where.

    The words stay in the house.
    """
    asked = workbench.mention_told(envelope.subject_uid, envelope.fact.person, envelope.fact.note)
    if asked is not None:
        with override(asked.language or settings.LANGUAGE_CODE):
            subject = _("%(who)s asks you to look at case %(number)s") % vars(asked)
            body = _("Sign in to read what they ask:")
            _send(asked.email, subject, f"{body}\n\n{_desk(asked.number)}\n", envelope.key)


def tell_follower(envelope: Envelope) -> None:
    """To somebody who follows a case, if they still do and may still see it: that it changed."""
    found = workbench.follower_told(envelope.subject_uid)
    if found is not None:
        with override(found.language or settings.LANGUAGE_CODE):
            brief = cases.brief_of(found.case)
            subject = _("Case %(number)s has changed") % vars(brief)
            body = _("%(category)s: you follow this case. Sign in to read what is new:") % vars(
                brief
            )
            _send(found.email, subject, f"{body}\n\n{_desk(brief.number)}\n", envelope.key)


def _desk(number: str) -> str:
    return f"{settings.GULOU.public_url}/desk/cases/{number}/"


def tell_noted(envelope: Envelope) -> None:
    """When the office wrote a public note: owe each reporter the news. Others stay in the house."""
    if envelope.fact.public:
        operations.write_to_reports(envelope.subject_uid, event=envelope.event_id)


def tell_written(envelope: Envelope) -> None:
    """To one reporter: the office wrote to them. The words stand behind their link."""
    reader = cases.reader_of_report(envelope.subject_uid)
    if reader is not None:
        _tell(reader, envelope, _written)


def tell_answered(envelope: Envelope) -> None:
    """To one reporter: there is an answer."""
    reader = cases.reader_of_report(envelope.subject_uid)
    if reader is not None:
        _tell(reader, envelope, _ended)


def tell_progressed(envelope: Envelope) -> None:
    """To one reporter: it was passed to a unit, or is said to be done."""
    reader = cases.reader_of_report(envelope.subject_uid)
    if reader is not None:
        _tell(reader, envelope, _handled if envelope.fact.what == "handled" else _dispatched)


def tell_combined(envelope: Envelope) -> None:
    """To one reporter: the report is handled together with another."""
    reader = cases.reader_of_report(envelope.subject_uid)
    if reader is not None:
        _tell(reader, envelope, _combined)


def _received(receipt: str) -> tuple[str, str]:
    return (
        _("We have your report %(receipt)s") % {"receipt": receipt},
        _("Thank you. Follow it here; keep the link to yourself:"),
    )


def _dispatched(receipt: str) -> tuple[str, str]:
    return (
        _("Your report %(receipt)s was passed to the unit in charge") % {"receipt": receipt},
        _("Follow it here:"),
    )


def _handled(receipt: str) -> tuple[str, str]:
    return (
        _("Your report %(receipt)s is said to be done") % {"receipt": receipt},
        _("Somebody else checks it now. See what was done here, with the pictures that the office has released:"),
    )  # fmt: skip


def _ended(receipt: str) -> tuple[str, str]:
    return (
        _("Your report %(receipt)s has an answer") % {"receipt": receipt},
        _("Read how it ended, and say whether you are content, here:"),
    )


def _written(receipt: str) -> tuple[str, str]:
    return (
        _("The office wrote to you about your report %(receipt)s") % {"receipt": receipt},
        _("Read it here:"),
    )


def _combined(receipt: str) -> tuple[str, str]:
    return (
        _("Your report %(receipt)s is handled together with another") % {"receipt": receipt},
        _("Somebody else reported the same thing. Follow both here, as before:"),
    )


def _tell(
    reader: cases.Reader, envelope: Envelope, words: Callable[[str], tuple[str, str]]
) -> None:
    if not catalogue.channel("mail").is_open:
        return
    with override(reader.language or settings.LANGUAGE_CODE):
        subject, body = words(reader.receipt)
        link = f"{settings.GULOU.public_url}/t/{reader.token}/"
        _send(reader.email, subject, f"{body}\n\n{link}\n", f"{envelope.key}:{reader.receipt}")


def _send(to: str, subject: str, body: str, key: str) -> None:
    """Send a message in the office's name, in the language that is on."""
    if not settings.GULOU.email_url:
        return
    site, sender = imprint().name, settings.DEFAULT_FROM_EMAIL
    if site:
        body = f"{body}\n{site}\n"
        name, address = parseaddr(sender)
        sender = formataddr((name or site, address))
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    headers = {"Message-ID": f"<{digest}@gulou>"}
    EmailMessage(subject, body, sender, [to], headers=headers).send()
