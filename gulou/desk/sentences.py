"""Facts in sentences: what the timeline of a case says, and how each line is marked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gulou.cases.draws import is_drawn
from gulou.cases.queries import Entry, StepSeen
from gulou.kit.words import name_of
from gulou.people.queries import unit_refs
from gulou.ui.times import moment


@dataclass(frozen=True)
class Line:
    """One line of the timeline, ready to be shown."""

    what: str
    sign: str
    tone: str
    entry: Entry

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.entry.at


@dataclass(frozen=True)
class _Look:
    says: Callable[[Entry], str]
    sign: str
    tone: str = ""


def _plain(words: Any) -> Callable[[Entry], str]:
    return lambda entry: str(words)


def _tasked(entry: Entry) -> str:
    if entry.to_person:
        return _("Asked %(person)s of %(unit)s to verify") % {
            "person": entry.to_person, "unit": entry.to_unit}  # fmt: skip
    return _("Asked %(unit)s to verify") % {"unit": entry.to_unit}


def _verified(entry: Entry) -> str:
    return _("Verified: the problem is there") if entry.found else _("Verified: nothing found")


def _dispatched(entry: Entry) -> str:
    if entry.rule and not entry.who:
        return _("Dispatched to %(unit)s by the rule") % {"unit": entry.to_unit}
    return _("Dispatched to %(unit)s") % {"unit": entry.to_unit}


def _returned(entry: Entry) -> str:
    said = _("%(unit)s returned it") % {"unit": entry.to_unit or entry.unit}
    named = unit_refs().get(entry.told.get("named") or 0)
    if named is not None:
        said = _("%(said)s and names %(named)s") % {"said": said, "named": name_of(named)}
    if entry.told.get("arbitration"):
        said = _("%(said)s; it goes to arbitration") % {"said": said}
    return said


def _rule_made(entry: Entry) -> str:
    return _("The decision became rule %(rule)s") % {"rule": entry.rule}


def _named(entry: Entry) -> str:
    return _("Named %(person)s of %(unit)s to recheck") % {
        "person": entry.to_person, "unit": entry.to_unit}  # fmt: skip


def _of(words: Any) -> Callable[[Entry], str]:
    return lambda entry: str(words) % {"other": entry.other or _("Another case")}


def _by(words: Any) -> Callable[[Entry], str]:
    return lambda entry: str(words) % {"unit": entry.to_unit or entry.unit}


def _given_back(entry: Entry) -> str:
    if entry.to_person:
        return _("Waits for the whole unit, as who had it has left")
    return _("Who rechecks is drawn anew, as the unit is dissolved")


def _noted(entry: Entry) -> str:
    return _("Note to those who reported it") if entry.public else _("Note for staff")


def _urged(entry: Entry) -> str:
    return _("Urged: %(who)s") % {"who": entry.to_person or entry.to_unit or "–"}


def _mentioned(entry: Entry) -> str:
    return _("Asked %(person)s to look") % {"person": entry.to_person or "–"}


def _replied(entry: Entry) -> str:
    return _("Reply to those above, corrected") if entry.correction else _("Reply to those above")


_KINDS = {
    "extension": gettext_lazy("more time"),
    "suspension": gettext_lazy("suspension"),
    "appeal": gettext_lazy("forgiveness of lateness"),
}
_LEVELS = {
    "unit": gettext_lazy("the unit"),
    "head": gettext_lazy("the head of the unit"),
    "leader": gettext_lazy("the leader who looks after the street"),
    "district": gettext_lazy("the district office"),
}


def _asked_time(entry: Entry) -> str:
    kind = _KINDS.get(entry.told["kind"], entry.told["kind"])
    return _("%(unit)s asked for %(kind)s") % {"unit": entry.unit or entry.who, "kind": kind}


def _ruled(entry: Entry) -> str:
    given = {"kind": _KINDS.get(entry.told["kind"], entry.told["kind"])}
    if not entry.told["granted"]:
        return _("Refused: %(kind)s") % given
    if not entry.told["final"]:
        return _("First review, in favour of: %(kind)s. A second one follows") % given
    if entry.told["kind"] == "extension" and entry.told["due"]:
        due = moment(datetime.fromisoformat(entry.told["due"]))
        return _("Granted: %(kind)s, due %(due)s") % {**given, "due": due}
    return _("Granted: %(kind)s") % given


def _resumed(entry: Entry) -> str:
    if entry.told["until"]:
        until = moment(datetime.fromisoformat(entry.told["until"]))
        return _("Stays suspended until %(until)s") % {"until": until}
    return _("Its clock runs again")


def _clock_set(entry: Entry) -> str:
    due = moment(datetime.fromisoformat(entry.told["due"]))
    if entry.to_unit:
        told = _("The part of %(unit)s is due no later than what it belongs to: %(due)s")
        return told % {"unit": entry.to_unit, "due": due}
    return _("Its deadline follows the calendar: %(due)s") % {"due": due}


def _warned(entry: Entry) -> str:
    level = _LEVELS.get(entry.told["level"], entry.told["level"])
    given = {"percent": entry.told["percent"], "level": level}
    if entry.told["percent"] >= 100:
        return _("Late, %(percent)s %% of the time: %(level)s was told") % given
    return _("%(percent)s %% of the time has gone by: %(level)s was told") % given


def _reworked(entry: Entry) -> str:
    unit = {"unit": entry.to_unit or entry.unit}
    if entry.told.get("faked"):
        return _("Recheck failed, a picture was confirmed to be a fake, back to %(unit)s") % unit
    return _("Recheck failed, back to %(unit)s") % unit


def _operation(words: Any) -> Callable[[Entry], str]:
    return lambda entry: str(words) % {"number": entry.told["number"]}


def _handed_down(entry: Entry) -> str:
    whom = " · ".join(filter(None, (entry.to_unit, entry.to_person)))
    if entry.told["again"]:
        what = _("Sent back down to %(unit)s") % {"unit": whom}
    else:
        what = _("Handed down to %(unit)s") % {"unit": whom}
    if not entry.told["due"]:
        return what
    due = moment(datetime.fromisoformat(entry.told["due"]))
    return _("%(what)s, due %(due)s") % {"what": what, "due": due}


def _part_reported(entry: Entry) -> str:
    unit = {"unit": entry.to_unit}
    if not entry.told["done"]:
        return _("%(unit)s told the unit above that it cannot be done there") % unit
    if entry.told["late"]:
        return _("%(unit)s reported its part as done, late") % unit
    return _("%(unit)s reported its part as done") % unit


def _judged(entry: Entry) -> str:
    given = {"other": entry.other or "–"}
    if entry.told["confirmed"]:
        return _("Confirmed: %(other)s has come back") % given
    return _("Not %(other)s again") % given


def left_out(told: Mapping[str, Any]) -> str:
    """How many were left out of a draw, and for what, in brackets; "" for none."""
    why = {
        "far": gettext_lazy("%(n)s too far away"),
        "paired": gettext_lazy("%(n)s whose work is rechecked by those who handled this"),
        "busy": gettext_lazy("%(n)s with enough to do"),
    }
    found = [
        str(why[one]) % {"n": n} for one, n in (told.get("left_out") or {}).items() if one in why
    ]
    return _("; ").join(found)


def _drawn(entry: Entry) -> str:
    return _("Drawn by lot to recheck: %(person)s of %(unit)s") % {
        "person": entry.to_person or "–", "unit": entry.to_unit}  # fmt: skip


def _not_drawn(entry: Entry) -> str:
    if why := left_out(entry.told):
        return _("Nobody could be drawn to recheck: %(why)s. The office names somebody") % {
            "why": why}  # fmt: skip
    return _("Nobody could be drawn to recheck. The office names somebody")


def _taken_over(entry: Entry) -> str:
    return _("%(person)s of %(unit)s rechecks for a colleague") % {
        "person": entry.to_person or "–", "unit": entry.to_unit}  # fmt: skip


def _sampled(entry: Entry) -> str:
    if is_drawn(entry.told["seed"], entry.told["blind_share"]):
        return _("By lot: it is rechecked independently")
    return _("By lot: not among those that are rechecked independently")


def what_revisit(told: Mapping[str, Any]) -> str:
    """What it is: the independent recheck, or the look-back after so many days."""
    if told["kind"] == "blind":
        return _("Independent recheck")
    return (
        _("Look-back after %(days)s days") % {"days": told["days"]}
        if told.get("days")
        else _("Look-back")
    )


def _begun(entry: Entry) -> str:
    what = {"what": what_revisit(entry.told), "person": entry.to_person, "unit": entry.to_unit}
    if entry.told["person"]:
        return _("%(what)s, drawn by lot: %(person)s of %(unit)s") % what
    what["why"] = left_out(entry.told) or _("nobody is left who may")
    return _("%(what)s: nobody could be drawn (%(why)s). The office names somebody") % what


def _revisit_named(entry: Entry) -> str:
    return _("%(what)s: the office named %(person)s of %(unit)s") % {
        "what": what_revisit(entry.told), "person": entry.to_person, "unit": entry.to_unit}  # fmt: skip


def _skipped(entry: Entry) -> str:
    return _("%(what)s left out: the case is open again") % {"what": what_revisit(entry.told)}


def _blind(entry: Entry) -> str:
    if entry.told["passed"]:
        return _("Independent recheck: in order as well")
    return _("Independent recheck: not in order, other than at closing")


def _looked_back(entry: Entry) -> str:
    days = {"days": entry.told["days"]}
    if entry.told["passed"]:
        return _("Look-back after %(days)s days: still in order") % days
    return _("Look-back after %(days)s days: it has come back") % days


def _ordered(entry: Entry) -> str:
    given = {
        "person": entry.to_person or "–",
        "due": moment(datetime.fromisoformat(entry.told["due"])),
    }
    return _("Under supervision: %(person)s answers by %(due)s") % given


def _order_answered(entry: Entry) -> str:
    if entry.told.get("late"):
        return _("Supervision order answered, late")
    return _("Supervision order answered")


def _order_back(entry: Entry) -> str:
    due = moment(datetime.fromisoformat(entry.told["due"]))
    return _("Answer to the supervision order sent back, due %(due)s") % {"due": due}


def _order_on(entry: Entry) -> str:
    return _("Supervision order: %(person)s answers from now on") % {
        "person": entry.to_person or "–"
    }


def _order_warned(entry: Entry) -> str:
    given = {"percent": entry.told["percent"]}
    if entry.told["percent"] >= 100:
        return _("Supervision order late, %(percent)s %% of its time") % given
    return _("Supervision order: %(percent)s %% of its time has gone by") % given


_LOOKS = {
    "case.order_given": _Look(_ordered, "eye-exclamation", "late"),
    "case.order_answered": _Look(_order_answered, "writing", "recheck"),
    "case.order_accepted": _Look(
        _plain(gettext_lazy("Answer to the supervision order accepted")), "circle-check", "done"
    ),
    "case.order_sent_back": _Look(_order_back, "arrow-back-up", "late"),
    "case.order_handed_on": _Look(_order_on, "user-check"),
    "case.order_person_left": _Look(
        _plain(gettext_lazy("Who was to answer the supervision order has left")), "bell", "late"
    ),
    "case.order_followed": _Look(
        _of(gettext_lazy("Its supervision order came along with %(other)s")),
        "eye-exclamation",
        "late",
    ),
    "case.order_withdrawn": _Look(_plain(gettext_lazy("Supervision order withdrawn")), "circle-x"),
    "case.order_warned": _Look(_order_warned, "bell", "late"),
    "case.recurrence_suspected": _Look(
        _of(gettext_lazy("May be %(other)s again, which was closed lately")), "repeat", "waiting"
    ),
    "case.recurrence_judged": _Look(_judged, "repeat"),
    "case.on_spot": _Look(
        _by(gettext_lazy("%(unit)s is to rectify it on the spot, within a day")), "bolt", "underway"
    ),
    "case.time_asked": _Look(_asked_time, "hourglass", "waiting"),
    "case.time_ruled": _Look(_ruled, "gavel"),
    "case.clock_resumed": _Look(_resumed, "clock"),
    "case.clock_set": _Look(_clock_set, "calendar"),
    "case.warned": _Look(_warned, "bell", "late"),
    "case.step_given_back": _Look(_given_back, "users"),
    "case.opened": _Look(_plain(gettext_lazy("Report received, case opened")), "inbox", "waiting"),
    "case.joined": _Look(_plain(gettext_lazy("Somebody else reported it too")), "users", "waiting"),
    "case.tasked": _Look(_tasked, "user-search", "waiting"),
    "case.verified": _Look(_verified, "eye", "waiting"),
    "case.filed": _Look(_plain(gettext_lazy("Filed")), "clipboard-check", "waiting"),
    "case.declined": _Look(_plain(gettext_lazy("Not filed")), "circle-x"),
    "case.redirected": _Look(_plain(gettext_lazy("Passed to its own channel")), "arrow-forward-up"),
    "case.merged": _Look(_of(gettext_lazy("Merged into %(other)s")), "arrow-merge"),
    "case.absorbed": _Look(_of(gettext_lazy("%(other)s was merged into this case")), "arrow-merge"),
    "case.split": _Look(_of(gettext_lazy("Split off from %(other)s")), "arrows-split", "waiting"),
    "case.let_go": _Look(_of(gettext_lazy("%(other)s was split off again")), "arrows-split"),
    "case.dispatched": _Look(_dispatched, "send", "underway"),
    "case.handed_over": _Look(
        _by(gettext_lazy("Handed over to %(unit)s, as its unit is dissolved")),
        "users-group",
        "underway",
    ),
    "case.accepted": _Look(_by(gettext_lazy("%(unit)s accepted it")), "check", "underway"),
    "case.returned": _Look(_returned, "arrow-back-up", "waiting"),
    "case.arbitrated": _Look(
        _by(gettext_lazy("Arbitrated: %(unit)s is responsible")), "scale", "underway"
    ),
    "case.rule_made": _Look(_rule_made, "route"),
    "case.handled": _Look(_by(gettext_lazy("%(unit)s reported it as handled")), "tool", "recheck"),
    "case.part_handed_down": _Look(_handed_down, "stairs", "underway"),
    "case.part_reported": _Look(_part_reported, "arrow-up", "underway"),
    "case.part_taken_back": _Look(
        _by(gettext_lazy("Taken back from %(unit)s")), "arrow-back-up", "underway"
    ),
    "case.taken_up": _Look(
        _operation(gettext_lazy("Joint enforcement %(number)s is about it")), "users"
    ),
    "case.let_out": _Look(
        _operation(gettext_lazy("Taken out of joint enforcement %(number)s")), "users"
    ),
    "case.rechecker_named": _Look(_named, "user-check", "recheck"),
    "case.recheck_drawn": _Look(_drawn, "user-check", "recheck"),
    "case.recheck_not_drawn": _Look(_not_drawn, "user-search", "waiting"),
    "case.recheck_taken_over": _Look(_taken_over, "users", "recheck"),
    "case.sampled": _Look(_sampled, "refresh"),
    "case.revisit_begun": _Look(_begun, "history", "recheck"),
    "case.revisit_named": _Look(_revisit_named, "user-check", "recheck"),
    "case.revisit_skipped": _Look(_skipped, "circle-x"),
    "case.blind_rechecked": _Look(_blind, "history"),
    "case.looked_back": _Look(_looked_back, "repeat"),
    "case.closed": _Look(_plain(gettext_lazy("Rechecked and closed")), "circle-check", "done"),
    "case.reworked": _Look(_reworked, "refresh", "late"),
    "case.objected": _Look(_plain(gettext_lazy("The reporter objects")), "message-report", "late"),
    "case.reopened": _Look(_plain(gettext_lazy("Reopened")), "refresh", "waiting"),
    "case.upheld": _Look(_plain(gettext_lazy("Upheld against the objection")), "gavel", "done"),
    "case.restricted": _Look(_of(gettext_lazy("Restricted, as %(other)s was passed on")), "lock"),
    "case.unrestricted": _Look(
        _of(gettext_lazy("Not restricted any more, as %(other)s was filed")), "lock-open"
    ),
    "case.move_undone": _Look(_plain(gettext_lazy("Taken back")), "history"),
    "case.urged": _Look(_urged, "bell", "late"),
    "case.noted": _Look(_noted, "note"),
    "case.mentioned": _Look(_mentioned, "bell"),
    "case.assigned": _Look(_plain(gettext_lazy("Assigned from above")), "building-bank", "waiting"),
    "case.assignment_answered": _Look(_replied, "writing", "done"),
    "case.photos_released": _Look(
        _plain(gettext_lazy("Decided which pictures are public")), "world"
    ),
    "case.covers_decided": _Look(
        _plain(gettext_lazy("Changed what of a picture is covered")), "eye-check"
    ),
    "case.words_erased": _Look(_plain(gettext_lazy("Words erased on request")), "trash"),
}
_UNKNOWN = _Look(lambda entry: entry.name, "point")


def line(entry: Entry) -> Line:
    """The sentence of one fact. A fact of a later edition is shown by its name."""
    look = _LOOKS.get(entry.name, _UNKNOWN)
    what = look.says(entry)
    if entry.reason:
        what = _("%(what)s: %(reason)s") % {"what": what, "reason": entry.reason}
    return Line(what, look.sign, look.tone, entry)


_OUTCOMES = {
    "filed": gettext_lazy("Filed"),
    "declined": gettext_lazy("Not filed"),
    "redirected": gettext_lazy("Passed to its own channel"),
    "merged": gettext_lazy("Merged"),
    "passed_on": gettext_lazy("Passed on"),
    "found": gettext_lazy("Problem found"),
    "not_found": gettext_lazy("Nothing found"),
    "dispatched": gettext_lazy("Dispatched"),
    "accepted": gettext_lazy("Accepted"),
    "returned": gettext_lazy("Returned"),
    "arbitrated": gettext_lazy("Decided"),
    "handled": gettext_lazy("Handled"),
    "passed": gettext_lazy("Passed"),
    "failed": gettext_lazy("Not passed"),
    "undone": gettext_lazy("Taken back"),
    "reported": gettext_lazy("Reported to the unit above"),
    "given_back": gettext_lazy("Given back to the unit above"),
    "taken_back": gettext_lazy("Taken back by the unit above"),
    "handed_over": gettext_lazy("Went to the unit above, as its unit is dissolved"),
    "on_spot": gettext_lazy("Given to be rectified on the spot"),
}


def outcome(step: StepSeen) -> str:
    """How a step ended, in a word; how it stands where it has not."""
    if step.ended_at is None:
        return _("Under way")
    return str(_OUTCOMES.get(step.outcome, step.outcome))
