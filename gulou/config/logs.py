"""What is written to logs: never what opens somebody's report, never how to reach a person."""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest

from gulou.config.watch.routes import route_of
from gulou.kit import trace

_SECRETS = (
    # The link by which a reporter follows their report.
    re.compile(r"(/t/)[^/\s?#\"'<>]+"),
    # The token of a draft, wherever it travels in an address.
    re.compile(r"(\b(?:draft|token|csrfmiddlewaretoken)=)[^&\s\"'<>]+"),
    # What PostgreSQL tells of the row that it refused.
    re.compile(r"((?:DETAIL|CONTEXT):).*"),
    # Addresses of mail, numbers of phones and of identity cards: in messages of libraries.
    re.compile(r"()[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"()(?<![\w-])(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?![\w-])"),
    re.compile(r"()(?<![\w-])[1-9]\d{16}[\dXx](?![\w-])"),
)


def masked(text: str) -> str:
    """The text with "…" in place of every secret and of every contact."""
    for secret in _SECRETS:
        text = secret.sub(r"\1…", text)
    return text


def _message(record: logging.LogRecord) -> str:
    """What was said, with the route for the path where Django says it of a request."""
    text = record.getMessage()
    request = getattr(record, "request", None)
    if isinstance(request, HttpRequest) and text.endswith(request.path):
        return text.removesuffix(request.path) + route_of(request)
    return text


class MaskedFormatter(logging.Formatter):
    """Masks the whole line and its traceback, whichever logger wrote it: a filter of one logger
    would miss those below it, such as django.security.csrf."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  the library's name
        record.message = _message(record)
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        line = masked(super().format(record))
        request = trace.request_id()
        return f"{line} [request {request}]" if request else line


class JsonFormatter(MaskedFormatter):
    """One object a line. `told` of a record goes in as it is: whoever gives it knows what it holds."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(_message(record)),
            "request": trace.request_id() or None,
            **getattr(record, "told", {}),
        }
        if record.exc_info:
            told["traceback"] = masked(self.formatException(record.exc_info))
        return json.dumps({name: one for name, one in told.items() if one is not None},
                          ensure_ascii=False)  # fmt: skip
