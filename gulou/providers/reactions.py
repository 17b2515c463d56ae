"""What reporters are owed through providers, from the facts of their reports."""

from gulou.cases import facts as cases
from gulou.outbox.table import Envelope

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
    fact = envelope.fact
    what = What(fact.what) if fact.name == cases.ReportProgressed.name else _TOLD[fact.name]
    owe_reporter(envelope.subject_uid, what=what, event_id=envelope.event_id, at=envelope.at)


def forget(envelope: Envelope) -> None:
    """Who asked for their contact to be erased is known by no id of theirs in WeChat either."""
    forget_followers(envelope.subject_uid)
