"""What is written to logs: never the secret part of an address, which opens somebody's report."""

import logging
import re

_SECRETS = (
    # The link by which a reporter follows their report.
    re.compile(r"(/t/)[^/\s?#\"'<>]+"),
    # The token of a draft, wherever it travels in an address.
    re.compile(r"(\b(?:draft|token|csrfmiddlewaretoken)=)[^&\s\"'<>]+"),
)


def masked(text: str) -> str:
    """The text with "…" in place of every secret part of an address."""
    for secret in _SECRETS:
        text = secret.sub(r"\1…", text)
    return text


class MaskedFormatter(logging.Formatter):
    """Masks the whole line and its traceback, whichever logger wrote it: a filter of one logger
    would miss those below it, such as django.security.csrf."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))
