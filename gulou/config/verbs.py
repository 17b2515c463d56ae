"""Every verb of the house in words: what a role may hold. A new verb gets its line here."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from gulou.calendars.states import MANAGE as CALENDARS
from gulou.cases import states as cases
from gulou.catalogue.states import MANAGE as CATALOGUE
from gulou.openings.states import APPROVE, ASK
from gulou.orders import states as orders
from gulou.people import verbs as people
from gulou.people.words import Verb, VerbGroup

# fmt: off
GROUPS: Sequence[VerbGroup] = (
    VerbGroup(_("Seeing"), (
        Verb(cases.READ, _("see cases")),
        Verb(cases.READ_RESTRICTED, _("see cases passed to another channel (petitions, complaints about officials)")),
        Verb(cases.READ_CONTACT, _("see a reporter's name and telephone")),
        Verb(cases.ACT_ON_FINDINGS, _("say what is done about blind spots and weak links")),
    )),
    VerbGroup(_("Taking in"), (
        Verb(cases.ENTER, _("enter a report for somebody else")),
        Verb(cases.TASK.verb, _("ask somebody to verify a report")),
        Verb(cases.VERIFY.verb, _("verify a report on the spot")),
        Verb(cases.FILE.verb, _("file a case")),
        Verb(cases.DECLINE.verb, _("decide that a report is not filed")),
        Verb(cases.REDIRECT.verb, _("pass a report on to its own channel")),
        Verb(cases.MERGE.verb, _("merge cases")),
        Verb(cases.SPLIT.verb, _("split a merged case off")),
    )),
    VerbGroup(_("Handling"), (
        Verb(cases.DISPATCH.verb, _("dispatch a case to a unit")),
        Verb(cases.ACCEPT.verb, _("accept a case for the unit")),
        Verb(cases.RETURN.verb, _("return a case to the dispatcher")),
        Verb(cases.ARBITRATE.verb, _("decide in arbitration whose a case is, and make a rule of it")),
        Verb(cases.HANDLE.verb, _("report a case as handled")),
        Verb(cases.DELEGATE.verb, _("hand a part of the handling down to a unit beneath")),
        Verb(cases.REPORT_UP.verb, _("report a part that was handed down to the unit above")),
        Verb(cases.SEND_DOWN.verb, _("send what a unit beneath reported back down")),
        Verb(cases.TAKE_BACK.verb, _("take back what was handed down")),
        Verb(cases.JOINT, _("plan and lead a joint operation of several units")),
        Verb(cases.ON_SPOT.verb, _("have a problem rectified on the spot, within a day")),
        Verb(cases.EXTEND.verb, _("ask for more time")),
        Verb(cases.SUSPEND.verb, _("ask that a clock be suspended")),
        Verb(cases.RESUME.verb, _("end or prolong a suspension")),
        Verb(cases.APPEAL.verb, _("appeal against lateness")),
        Verb(cases.RULE.verb, _("decide on more time, suspensions and appeals")),
        Verb(cases.JUDGE_RECURRENCE, _("say whether a closed problem has come back")),
        Verb(cases.RECOMPUTE, _("let open deadlines follow changed calendars")),
        Verb(cases.REPLY.verb, _("reply to who assigned a case from above")),
        Verb(cases.URGE.verb, _("urge who a case waits for")),
        Verb(orders.GIVE, _("put cases under supervision and judge what is answered")),
        Verb(orders.ISSUE, _("issue supervision notices as official documents")),
        Verb(cases.NOTE.verb, _("write notes on a case")),
    )),
    VerbGroup(_("Rechecking and closing"), (
        Verb(cases.NAME_RECHECKER.verb, _("name who rechecks a case")),
        Verb(cases.HAND_OVER.verb, _("let another rechecker be drawn")),
        Verb(cases.CLOSE.verb, _("close a case after the recheck")),
        Verb(cases.REWORK.verb, _("send a case back for rework")),
        Verb(cases.LOOK_BACK, _("look back at closed cases that were drawn for it")),
        Verb(cases.REOPEN.verb, _("reopen a case")),
        Verb(cases.UPHOLD.verb, _("answer an objection with no")),
    )),
    VerbGroup(_("The public"), (
        Verb(cases.WRITE_PUBLIC, _("write to those who reported a case")),
        Verb(cases.RELEASE.verb, _("release pictures to the public")),
        Verb(cases.HAND_OVER_LINK, _("hand a tracking link to who reported")),
        Verb(cases.ERASE, _("erase words and contacts on request")),
        Verb(ASK, _("ask that a part of the public side be opened")),
        Verb(APPROVE, _("approve that a part of the public side is opened")),
    )),
    VerbGroup(_("Setup"), (
        Verb(people.MANAGE, _("manage units, people and postings")),
        Verb(people.DEFINE, _("define what roles may do")),
        Verb(people.PLACES, _("manage areas and places")),
        Verb(CATALOGUE, _("manage categories, limits and rules")),
        Verb(CALENDARS, _("manage calendars: working times and public holidays")),
        Verb(people.MEND, _("try again what the house could not do by itself")),
    )),
)
# fmt: on
