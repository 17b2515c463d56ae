"""The life of a case: states, kinds of step, and the one table of moves. Pure: no database."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from gulou.catalogue.states import STEP_NAMES
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

    INTAKE = "intake", STEP_NAMES["intake"]
    VERIFY = "verify", STEP_NAMES["verify"]
    DISPATCH = "dispatch", STEP_NAMES["dispatch"]
    ARBITRATE = "arbitrate", STEP_NAMES["arbitrate"]
    ACCEPT = "accept", STEP_NAMES["accept"]
    HANDLE = "handle", STEP_NAMES["handle"]
    RECHECK = "recheck", STEP_NAMES["recheck"]
    # What a unit beneath does of the handling; it stands on the step of the unit above it.
    PART = "part", _("Part handed down")


# The step that a case stands in while it has this state. An ended case stands in none, and a filed
# one that units have thrown back and forth stands in arbitration.
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
    `through` names the steps that let their holder do this without a posting that reaches the
    case. `undo` says that who made it may take it back within UNDO_WITHIN.
    """

    name: str
    # In the language of the reader: no part of what the move is, nor of its hash.
    label: object = field(compare=False)
    sources: frozenset[State]
    target: State | None
    through: frozenset[StepKind] = frozenset()
    reason: str = ""
    words: bool = False
    evidence: bool = False
    undo: bool = False

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


def _move(
    name: str,
    label: object,
    sources: Iterable[State],
    target: State | None,
    *,
    through: Iterable[StepKind] = (),
    reason: str = "",
    words: bool = False,
    evidence: bool = False,
    undo: bool = False,
) -> Move:
    return Move(
        name, label, frozenset(sources), target, frozenset(through), reason, words, evidence, undo
    )


UNDO_WITHIN = timedelta(seconds=10)
"""For how long a move may be taken back, as people are told."""
UNDO_GRACE = timedelta(seconds=2)
"""What a press at the last moment needs to arrive."""


_S, _K = State, StepKind
_WORK = {_K.ACCEPT, _K.HANDLE}
_CHAIN = {_K.HANDLE, _K.PART}

# fmt: off
# Not to be taken back: what touches other cases or is seen outside at once. A split undoes a merge.
TASK = _move("task", _("Ask for verification"), {_S.RECEIVED}, None, undo=True)
VERIFY = _move("verify", _("Verify"), {_S.RECEIVED}, None, through={_K.VERIFY}, words=True, undo=True)
FILE = _move("file", _("File"), {_S.RECEIVED}, _S.FILED, undo=True)
DECLINE = _move("decline", _("Do not file"), {_S.RECEIVED, _S.FILED}, _S.DECLINED,
                reason="decline", undo=True)
REDIRECT = _move("redirect", _("Pass on"), {_S.RECEIVED, _S.FILED}, _S.REDIRECTED,
                 reason="redirect")
MERGE = _move("merge", _("Merge"), {_S.RECEIVED, _S.FILED, _S.DISPATCHED, _S.HANDLING}, _S.MERGED)
SPLIT = _move("split", _("Split off"), {_S.MERGED}, _S.RECEIVED)
DISPATCH = _move("dispatch", _("Dispatch"), {_S.FILED, _S.DISPATCHED}, _S.DISPATCHED, undo=True)
ACCEPT = _move("accept", _("Accept"), {_S.DISPATCHED}, _S.HANDLING, through={_K.ACCEPT}, undo=True)
RETURN = _move("return", _("Return"), {_S.DISPATCHED, _S.HANDLING}, _S.FILED,
               through=_WORK, reason="return", words=True, undo=True)
ARBITRATE = _move("arbitrate", _("Arbitrate"), {_S.FILED}, _S.DISPATCHED, words=True)
HANDLE = _move("handle", _("Report as handled"), {_S.DISPATCHED, _S.HANDLING}, _S.HANDLED,
               through=_WORK, words=True, evidence=True, undo=True)
# 一级抓一级: a unit hands its part to one beneath it, and answers for it all the same.
DELEGATE = _move("delegate", _("Hand down"), {_S.HANDLING}, None, through=_CHAIN, undo=True)
REPORT_UP = _move("report_up", _("Report to the unit above"), {_S.HANDLING}, None, through={_K.PART},
                  words=True, evidence=True, undo=True)
SEND_DOWN = _move("send_down", _("Send back down"), {_S.HANDLING}, None, through=_CHAIN, words=True,
                  undo=True)
TAKE_BACK = _move("take_back", _("Take back from below"), {_S.HANDLING}, None, through=_CHAIN, undo=True)
NAME_RECHECKER = _move("name_rechecker", _("Name a rechecker"), {_S.HANDLED}, None, undo=True)
# Drawn anew: who was drawn is away or too close to it.
HAND_OVER = _move("hand_over", _("Hand the recheck over"), {_S.HANDLED}, None,
                  through={_K.RECHECK}, words=True)
CLOSE = _move("close", _("Close"), {_S.HANDLED}, _S.CLOSED, through={_K.RECHECK}, undo=True)
REWORK = _move("rework", _("Send back for rework"), {_S.HANDLED}, _S.HANDLING,
               through={_K.RECHECK}, reason="rework", words=True, undo=True)
REOPEN = _move("reopen", _("Reopen"), {_S.CLOSED, _S.DECLINED}, _S.FILED, reason="reopen", undo=True)
UPHOLD = _move("uphold", _("Uphold"), {_S.CLOSED, _S.DECLINED}, None, words=True)
# What follows touches clocks. It is decided by somebody else than who asks.
EXTEND = _move("extend", _("Ask for more time"), {_S.HANDLING}, None, through={_K.HANDLE}, words=True)
SUSPEND = _move("suspend", _("Ask for suspension"), {_S.HANDLING}, None, through={_K.HANDLE}, words=True)
RESUME = _move("resume", _("End or prolong the suspension"), {_S.HANDLING}, None, words=True)
APPEAL = _move("appeal", _("Appeal against lateness"), {_S.CLOSED}, None, words=True)
RULE = _move("rule", _("Decide what was asked"), {_S.HANDLING, _S.CLOSED}, None, words=True)
ON_SPOT = _move("on_spot", _("Rectify on the spot"), {_S.RECEIVED, _S.FILED, _S.DISPATCHED}, _S.HANDLING)
URGE = _move("urge", _("Urge"), OPEN, None)
NOTE = _move("note", _("Note"), State, None, words=True, undo=True)
REPLY = _move("reply", _("Reply to those above"), ENDED, None, words=True, evidence=True)
RELEASE = _move("release", _("Release pictures"), set(State) - {_S.REDIRECTED}, None)

MOVES: tuple[Move, ...] = (
    TASK, VERIFY, FILE, DECLINE, REDIRECT, MERGE, SPLIT, DISPATCH, ACCEPT, RETURN, ARBITRATE, HANDLE,
    DELEGATE, REPORT_UP, SEND_DOWN, TAKE_BACK, NAME_RECHECKER, HAND_OVER, CLOSE, REWORK, REOPEN, UPHOLD, RULE, EXTEND, SUSPEND, RESUME, APPEAL, ON_SPOT,
    URGE, REPLY, NOTE, RELEASE,
)
# fmt: on

READ = "case.read"
ENTER = "case.enter"
"""Entering a report for a leader, a caller or a letter."""
READ_RESTRICTED = "case.read_restricted"
"""Seeing what was passed to another channel: petitions, complaints about officials."""
READ_CONTACT = "case.read_contact"
"""Seeing the reporter's name and telephone."""
HAND_OVER_LINK = "case.hand_over_link"
"""Giving a tracking link to the person who reported, for with it one answers in their name."""
WRITE_PUBLIC = "case.write_public"
"""Writing to everybody who reported a case: a note that they read on their tracking page."""
JUDGE_RECURRENCE = "case.judge_recurrence"
"""Saying whether a problem that was closed has come back."""
LOOK_BACK = "case.look_back"
"""Visiting closed cases again that were drawn for it."""
ACT_ON_FINDINGS = "case.act_on_findings"
"""Saying what is done about blind spots, weak links and hard problems among cases."""
RECOMPUTE = "case.recompute"
"""Letting open clocks run by changed calendars. Held at the district office."""
JOINT = "case.joint"
"""Planning and leading a joint operation, for the unit that leads. The room of these stands above:
its verb is ours, as the roles are."""
ERASE = "case.erase"
"""Erasing what a person wrote, or their contact, when they ask for it."""
VERBS: tuple[str, ...] = (
    READ, READ_RESTRICTED, READ_CONTACT, HAND_OVER_LINK, ENTER, WRITE_PUBLIC, ERASE, RECOMPUTE,
    JUDGE_RECURRENCE, LOOK_BACK, JOINT, ACT_ON_FINDINGS,
    *(move.verb for move in MOVES),
)  # fmt: skip


def verbs_lent_by(kind: str) -> frozenset[str]:
    """What an open step of this kind lets its holder do to the case."""
    return frozenset({READ, NOTE.verb, *(move.verb for move in MOVES if kind in move.through)})


def open_moves(state: str) -> list[Move]:
    """The moves that begin in this state, in the order of the table."""
    return [move for move in MOVES if state in move.sources]
