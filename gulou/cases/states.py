"""The life of a case: states, kinds of step, and the one table of moves. Pure: no database."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import Invalid, Refusal


class State(TextChoices):
    RECEIVED = "received", _("Received")
    FILED = "filed", _("Filed")
    DISPATCHED = "dispatched", _("Dispatched")
    HANDLING = "handling", _("Being handled")
    HANDLED = "handled", _("To be rechecked")
    CLOSED = "closed", _("Closed")
    DECLINED = "declined", _("Not filed")
    REDIRECTED = "redirected", _("Passed to its own channel")
    MERGED = "merged", _("Merged")


ENDED = frozenset({State.CLOSED, State.DECLINED, State.REDIRECTED, State.MERGED})
OPEN = frozenset(State) - ENDED


class StepKind(TextChoices):
    """A stretch of work. Each has a unit or a person who owes it, and its own clock."""

    INTAKE = "intake", _("Intake")
    VERIFY = "verify", _("Verification")
    DISPATCH = "dispatch", _("Dispatch")
    ACCEPT = "accept", _("Acceptance")
    HANDLE = "handle", _("Handling")
    RECHECK = "recheck", _("Recheck")


# The step that a case stands in while it has this state. An ended case stands in none.
STEP_OF = {
    State.RECEIVED: StepKind.INTAKE,
    State.FILED: StepKind.DISPATCH,
    State.DISPATCHED: StepKind.ACCEPT,
    State.HANDLING: StepKind.HANDLE,
    State.HANDLED: StepKind.RECHECK,
}


@dataclass(frozen=True)
class Move:
    """One row: who may (a verb), from where, to where, and what it needs.

    `target` None means: the state stays. `reason` names a list of catalogue.Reason to choose from.
    `through` names the step that lets its holder do this without a posting that reaches the case.
    """

    name: str
    label: object
    sources: frozenset[State]
    target: State | None
    through: StepKind | None = None
    reason: str = ""
    words: bool = False
    evidence: bool = False

    @property
    def verb(self) -> str:
        """What a role must hold, e.g. "case.dispatch"."""
        return f"case.{self.name}"

    def check(self, state: str) -> None:
        """Refuse when the case does not stand where this move begins."""
        if state not in self.sources:
            raise Refusal(
                "case.move_not_open",
                _("“%(move)s” is not possible now: the case is “%(state)s”. Reload to see it.")
                % {"move": self.label, "state": State(state).label},
            )

    def check_words(self, *, reason: object, words: str) -> None:
        """Refuse when the reason or the words that this move needs are missing."""
        if self.reason and reason is None:
            raise Invalid(
                "case.reason_missing", _("Choose a reason from the list."), field="reason"
            )
        if self.words and not words.strip():
            raise Invalid("case.words_missing", _("Say it in a few words."), field="words")


def _states(*states: State) -> frozenset[State]:
    return frozenset(states)


_S, _K = State, StepKind

TASK = Move("task", _("Ask somebody to verify"), _states(_S.RECEIVED), None)
VERIFY = Move("verify", _("Verify"), _states(_S.RECEIVED), None, through=_K.VERIFY, words=True)
FILE = Move("file", _("File"), _states(_S.RECEIVED), _S.FILED)
DECLINE = Move(
    "decline", _("Do not file"), _states(_S.RECEIVED, _S.FILED), _S.DECLINED, reason="decline"
)
REDIRECT = Move(
    "redirect", _("Pass on"), _states(_S.RECEIVED, _S.FILED), _S.REDIRECTED, reason="redirect"
)
MERGE = Move(
    "merge", _("Merge"), _states(_S.RECEIVED, _S.FILED, _S.DISPATCHED, _S.HANDLING), _S.MERGED
)
SPLIT = Move("split", _("Split off"), _states(_S.MERGED), _S.RECEIVED)
DISPATCH = Move("dispatch", _("Dispatch"), _states(_S.FILED, _S.DISPATCHED), _S.DISPATCHED)
ACCEPT = Move("accept", _("Accept"), _states(_S.DISPATCHED), _S.HANDLING, through=_K.ACCEPT)
RETURN = Move(
    "return", _("Return"), _states(_S.DISPATCHED, _S.HANDLING), _S.FILED,
    through=_K.HANDLE, reason="return", words=True,
)  # fmt: skip
HANDLE = Move(
    "handle", _("Report as handled"), _states(_S.DISPATCHED, _S.HANDLING), _S.HANDLED,
    through=_K.HANDLE, words=True, evidence=True,
)  # fmt: skip
NAME_RECHECKER = Move("name_rechecker", _("Name a rechecker"), _states(_S.HANDLED), None)
CLOSE = Move("close", _("Close"), _states(_S.HANDLED), _S.CLOSED, through=_K.RECHECK)
REWORK = Move(
    "rework", _("Send back for rework"), _states(_S.HANDLED), _S.HANDLING,
    through=_K.RECHECK, reason="rework", words=True,
)  # fmt: skip
REOPEN = Move("reopen", _("Reopen"), _states(_S.CLOSED, _S.DECLINED), _S.FILED, reason="reopen")
NOTE = Move("note", _("Note"), frozenset(State), None, words=True)
RELEASE = Move("release", _("Release pictures"), frozenset(State), None)

MOVES: tuple[Move, ...] = (
    TASK, VERIFY, FILE, DECLINE, REDIRECT, MERGE, SPLIT, DISPATCH, ACCEPT, RETURN, HANDLE,
    NAME_RECHECKER, CLOSE, REWORK, REOPEN, NOTE, RELEASE,
)  # fmt: skip

READ = "case.read"
ENTER = "case.enter"
"""Entering a report for a leader, a caller or a letter."""
READ_RESTRICTED = "case.read_restricted"
"""Seeing what was passed to another channel: petitions, complaints about officials."""
READ_CONTACT = "case.read_contact"
"""Seeing the reporter's name and telephone."""
VERBS: tuple[str, ...] = (READ, READ_RESTRICTED, READ_CONTACT, ENTER, *(m.verb for m in MOVES))


def open_moves(state: str) -> list[Move]:
    """The moves that begin in this state, in the order of the table."""
    return [move for move in MOVES if state in move.sources]
