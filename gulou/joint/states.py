"""The life of a joint operation and of the parts in it: one table of moves. Pure: no database."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gulou.kit.errors import Refusal


class State(TextChoices):
    PLANNED = "planned", _("Planned")
    UNDER_WAY = "under_way", _("Under way")
    CLOSED = "closed", pgettext_lazy("joint operation", "Closed")
    CALLED_OFF = "called_off", _("Called off")


OPEN = frozenset({State.PLANNED, State.UNDER_WAY})


class TaskState(TextChoices):
    OPEN = "open", _("To do")
    DONE = "done", _("Done")
    CALLED_OFF = "called_off", _("Called off")


@dataclass(frozen=True)
class Move:
    """One row: what it is called, from where, to where (None: it stays). `by_unit`: the unit whose
    part it is makes it, all else is the lead unit's."""

    name: str
    label: object = field(compare=False)
    sources: frozenset[State] = OPEN
    target: State | None = None
    by_unit: bool = False

    def check(self, state: str) -> None:
        """Refuse when the operation does not stand where this move begins."""
        if state not in self.sources:
            raise Refusal(
                "joint.move_not_open",
                _("“%(move)s” is not possible now: the operation is “%(state)s”. Reload to see it.")
                % {"move": self.label, "state": State(state).label},
            )


def _from(*states: State) -> frozenset[State]:
    return frozenset(states)


# fmt: off
CHANGE = Move("change", _("Change the plan"))
CASES = Move("cases", _("Add cases"))
DROP_CASE = Move("drop", _("Take a case out"))
ADD_TASK = Move("task", _("Give a unit a part"))
BEGIN = Move("begin", _("Begin"), _from(State.PLANNED), State.UNDER_WAY)
CLOSE = Move("close", _("Close with the result"), _from(State.UNDER_WAY), State.CLOSED)
CALL_OFF = Move("call_off", _("Call the operation off"), target=State.CALLED_OFF)
REPORT = Move("report", _("Report this part"), by_unit=True)
SEND_BACK = Move("send_back", _("Send back this part"))
CHANGE_TASK = Move("change_task", _("Change this part"))
CALL_OFF_TASK = Move("call_off_task", _("Call this part off"))
# fmt: on

MOVES: tuple[Move, ...] = (
    BEGIN, ADD_TASK, CASES, CLOSE, CHANGE, CALL_OFF, DROP_CASE, REPORT, SEND_BACK, CHANGE_TASK,
    CALL_OFF_TASK,
)  # fmt: skip
OF_TASKS: dict[Move, frozenset[TaskState]] = {
    REPORT: frozenset({TaskState.OPEN}),
    SEND_BACK: frozenset({TaskState.DONE}),
    CHANGE_TASK: frozenset({TaskState.OPEN}),
    CALL_OFF_TASK: frozenset({TaskState.OPEN}),
}
"""Which of them are about one part, and how that has to stand."""


def named(name: str) -> Move | None:
    """The move of this name."""
    return next((move for move in MOVES if move.name == name), None)


def open_moves(state: str, moves: Iterable[Move] = MOVES) -> list[Move]:
    """The moves that begin in this state, in the order of the table."""
    return [move for move in moves if state in move.sources]
