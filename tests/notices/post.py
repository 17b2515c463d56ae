"""A post office that refuses some letters: the edge of the network."""

from collections.abc import Sequence
from smtplib import SMTPRecipientsRefused

from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend


class RefusingBackend(EmailBackend):
    """Takes every letter but those to bad@example.org."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        """Refuse as an SMTP server does."""
        for message in messages:
            if "bad@example.org" in message.to:
                raise SMTPRecipientsRefused({"bad@example.org": (550, b"unknown")})
        return super().send_messages(messages)
