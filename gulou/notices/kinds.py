"""What a person of staff is told: each thing in one row, and the kinds among which they choose. Pure.

To tell something new: add a row to WHATS, and let a reaction call `telling.tell`. A kind that is a
duty cannot be silenced: it is always told at once by a channel that the office names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kind:
    """What a person chooses channels for. `duty`: their own deadlines, orders, assignments."""

    code: str
    label: Any
    hint: Any
    sign: str
    duty: bool = False


@dataclass(frozen=True)
class What:
    """One thing that is told. `words` may name %(number)s, %(category)s and %(unit)s of the case,
    %(who)s who did it, and whatever `tell` was given."""

    kind: str
    words: Any


# fmt: off
KINDS: Mapping[str, Kind] = {one.code: one for one in (
    Kind("assigned", _("Given to me"), _("To verify, to recheck, to rectify at once."), "user-check", duty=True),
    Kind("ordered", _("Supervision orders"), _("What I am to answer for by a day, and answers to my orders."), "eye-exclamation", duty=True),
    Kind("warned", _("Deadlines"), _("Time that runs out, and what is late."), "clock", duty=True),
    Kind("urged", _("Urged"), _("Somebody urges what waits for me."), "speakerphone", duty=True),
    Kind("work", _("For my unit"), _("Dispatched to my unit, or sent back to it for rework."), "building"),
    Kind("above", _("Assigned from above"), _("What those above the district want a reply to."), "building-bank"),
    Kind("time", _("Asked about time"), _("More time, suspensions, appeals: asked and decided."), "hourglass"),
    Kind("asked", _("Questions of colleagues"), _("Somebody asks me to look, or answers what I asked."), "message-2"),
    Kind("followed", _("Cases I follow"), _("Something changed on them."), "bell"),
)}

WHATS: Mapping[str, What] = {
    "tasked": What("assigned", _("%(category)s: you are asked to verify case %(number)s")),
    "rechecker": What("assigned", _("%(category)s: you are to recheck case %(number)s")),
    "recheck_gone": What("followed", _("Somebody else rechecks case %(number)s")),
    "nobody_drawn": What("work", _("%(category)s: nobody could be drawn to recheck case %(number)s, name somebody")),
    "blind": What("assigned", _("An independent recheck waits for you")),
    "look_back": What("assigned", _("A look-back waits for you")),
    "nobody_drawn_again": What("work", _("Nobody could be drawn to look at a closed case again, name somebody")),
    "blind_differs": What("work", _("%(category)s: an independent recheck opened case %(number)s again")),
    "came_back": What("work", _("%(category)s: a look-back opened case %(number)s again")),
    "came_back_to_unit": What("work", _("%(category)s: at a look-back, case %(number)s that %(unit)s had answered for was not in order")),
    "on_spot": What("assigned", _("At once: case %(number)s is to be rectified within a day")),
    "warned": What("warned", _("%(category)s: %(percent)s %% of the time for case %(number)s has gone by")),
    "late": What("warned", _("%(category)s: case %(number)s is late (%(percent)s %% of its time)")),
    "urged": What("urged", _("%(category)s: you are urged to move case %(number)s on")),
    "dispatched": What("work", _("%(category)s: case %(number)s waits for %(unit)s")),
    "given_back": What("work", _("%(category)s: who had case %(number)s at %(unit)s has left, it waits for the unit now")),
    "reworked": What("work", _("%(category)s: case %(number)s was sent back to %(unit)s for rework")),
    "part_down": What("work", _("%(category)s: a part of case %(number)s was handed down to %(unit)s")),
    "part_again": What("work", _("%(category)s: its part of case %(number)s went back to %(unit)s")),
    "part_done": What("work", _("%(category)s: for %(unit)s, a part of case %(number)s is reported as done")),
    "part_not_done": What("work", _("%(category)s: for %(unit)s, a part of case %(number)s cannot be done beneath")),
    "part_taken": What("work", _("The part of case %(number)s was taken back from %(unit)s")),
    "order": What("ordered", _("%(category)s: you are to answer a supervision order on case %(number)s")),
    "order_answered": What("ordered", _("The supervision order on case %(number)s is answered")),
    "order_accepted": What("ordered", _("Your answer to the supervision order on case %(number)s is accepted")),
    "order_sent_back": What("ordered", _("Your answer to the supervision order on case %(number)s does not do")),
    "order_followed": What("ordered", _("The supervision order on case %(before)s goes on with case %(number)s")),
    "order_person_left": What("ordered", _("Who was to answer the supervision order on case %(number)s has left: name somebody else")),
    "order_withdrawn": What("ordered", _("The supervision order on case %(number)s was withdrawn")),
    "order_warned": What("ordered", _("%(percent)s %% of the time for the supervision order on case %(number)s has gone by")),
    "order_late": What("ordered", _("The supervision order on case %(number)s is late (%(percent)s %% of its time)")),
    "dispute": What("work", _("%(category)s: case %(number)s waits for arbitration")),
    "arbitrated": What("work", _("Arbitration: case %(number)s belongs to %(unit)s")),
    "arbitrated_away": What("work", _("Arbitration: case %(number)s belongs to another unit")),
    "joint_task": What("work", _("Joint enforcement %(operation)s%(place)s: %(unit)s has a part of it")),
    "joint_back": What("work", _("Joint enforcement %(operation)s%(place)s: the part of %(unit)s was sent back")),
    "joint_part_changed": What("work", _("Joint enforcement %(operation)s%(place)s: the part of %(unit)s was changed")),
    "joint_part_off": What("work", _("Joint enforcement %(operation)s%(place)s: the part of %(unit)s was called off")),
    "joint_taken_over": What("work", _("Joint enforcement %(operation)s%(place)s: %(unit)s takes over from a unit that is dissolved")),
    "joint_done": What("work", _("Joint enforcement %(operation)s%(place)s: %(unit)s reports its part as done")),
    "joint_late": What("warned", _("Joint enforcement %(operation)s%(place)s: the part of %(unit)s is late")),
    "joint_changed": What("work", _("Joint enforcement %(operation)s%(place)s, led by %(unit)s: the plan has changed")),
    "joint_begun": What("work", _("Joint enforcement %(operation)s%(place)s, led by %(unit)s, has begun")),
    "joint_closed": What("work", _("Joint enforcement %(operation)s%(place)s, led by %(unit)s, is closed with its result")),
    "joint_off": What("work", _("Joint enforcement %(operation)s%(place)s, led by %(unit)s, was called off")),
    "above": What("above", _("%(category)s: case %(number)s was assigned from above")),
    "time_asked": What("time", _("%(unit)s asks about the time of case %(number)s")),
    "time_granted": What("time", _("What was asked about the time of case %(number)s was granted")),
    "time_refused": What("time", _("What was asked about the time of case %(number)s was refused")),
    "mentioned": What("asked", _("%(who)s asks you to look at case %(number)s")),
    "answered": What("asked", _("%(who)s has answered what you asked about case %(number)s")),
    "changed": What("followed", _("%(category)s: case %(number)s has changed")),
}
# fmt: on


def kind_of(what: str) -> Kind:
    """The kind of a thing. Of one that this version does not know: what nobody can silence."""
    found = WHATS.get(what)
    return KINDS[found.kind if found else "assigned"]
