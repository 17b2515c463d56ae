"""Telling by e-mail. The only file that sends any."""

import hashlib
import smtplib
from collections.abc import Collection
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage

from gulou.catalogue.imprint import imprint
from gulou.people import queries as people
from gulou.people.models import User

from .post import Note, Outlet, Reach, Recipient, Refused, Unanswered

_NOBODY_THERE = 500
"""From this code on an SMTP server means it for good."""


def is_open() -> bool:
    """Whether the office has set up a mail server."""
    return bool(settings.GULOU.email_url)


def outlets(persons: Collection[User]) -> Reach:
    """The address of each, if they have one."""
    return {one.pk: [Outlet()] for one in persons if one.email}


def send(to: Recipient, note: Note) -> None:
    """One letter. Raises Refused, Unanswered."""
    address = to.person.email if to.person else people.email_of_unit(to.unit_id or 0)
    if not address:
        raise Refused("no-address")
    try:
        send_mail(address, note.title, note.words, note.key)
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _said in refused.recipients.values()]
        later = any(code < _NOBODY_THERE for code in codes)
        raise Refused("mail-recipient", later=later) from None
    except smtplib.SMTPResponseException as refused:
        raise Unanswered(f"mail-{type(refused).__name__}") from None
    except TimeoutError:
        raise Unanswered("timeout") from None
    except (smtplib.SMTPException, OSError):
        raise Unanswered("unreachable") from None


def send_mail(to: str, subject: str, body: str, key: str) -> None:
    """Send a message in the office's name, in the language that is on."""
    if not is_open():
        return
    site, sender = imprint().name, settings.DEFAULT_FROM_EMAIL
    if site:
        body = f"{body}\n{site}\n"
        name, address = parseaddr(sender)
        sender = formataddr((name or site, address))
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    headers = {"Message-ID": f"<{digest}@gulou>"}
    EmailMessage(subject, body, sender, [to], headers=headers).send()
