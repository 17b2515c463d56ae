"""What reporters are owed through providers, from the facts of their reports."""

from typing import Any

from gulou.cases import facts as cases
from gulou.outbox.table import Envelope

from . import queries
from .operations import forget_followers, owe_reporter
from .states import What

_TOLD = {
    cases.ReportReceived.name: What.RECEIVED,
    cases.ReportAnswered.name: What.ENDED,
    cases.ReportWritten.name: What.WRITTEN,
    cases.ReportCombined.name: What.COMBINED,
}


def owe_news(envelope: Envelope) -> None:
    """Owe the reporter this news, through every provider in use that tells it."""
    what = _what(envelope.fact)
    owe_reporter(envelope.subject_uid, what=what, event_id=envelope.event_id, at=envelope.at)


def is_told(fact: Any, report: Any) -> bool:
    """Whether a provider in use tells this, and there may be somebody to tell. Free."""
    what = _what(fact)
    return queries.tells_followers(what) or (
        report.contact_id is not None and queries.tells_by_sms(what)
    )


def _what(fact: Any) -> What:
    return What(fact.what) if fact.name == cases.ReportProgressed.name else _TOLD[fact.name]


def forget(envelope: Envelope) -> None:
    """Who asked for their contact to be erased is known by no id of theirs in WeChat either."""
    forget_followers(envelope.subject_uid)
