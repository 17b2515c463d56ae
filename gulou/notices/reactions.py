"""Who is told what after which fact: people of staff by `tell`, reporters by e-mail, groups by robots.

A district that has not configured e-mail sends none: the tracking page and the inbox tell the same.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from gulou.cases import operations
from gulou.cases import queries as cases
from gulou.cases.states import (
    ACCEPT,
    ARBITRATE,
    CLOSE,
    DISPATCH,
    FILE,
    HANDLE,
    NAME_RECHECKER,
    REPLY,
    RULE,
    StepKind,
)
from gulou.catalogue import queries as catalogue
from gulou.joint import queries as joint
from gulou.orders import queries as orders
from gulou.orders.states import GIVE
from gulou.outbox.table import Envelope
from gulou.people import queries as people
from gulou.people.models import User
from gulou.providers import queries as providers
from gulou.workbench import queries as workbench

from . import by_mail, robots
from .operations import owe_groups
from .states import TOLD_AFTER
from .telling import tell

WORK = tuple(one.verb for one in (ACCEPT, HANDLE, FILE, DISPATCH, CLOSE))
"""Whoever holds one of these at a unit does its work."""


def mail_goes(_fact: Any, report: Any) -> bool:
    """Whether reporters are mailed at all, and this one may have left an address. Free."""
    return report.contact_id is not None and _mail_is_open()


def groups_hear(fact: Any, _case: Any) -> bool:
    """Whether any group robot tells this. Free."""
    return bool(robots.telling(TOLD_AFTER[fact.name]))


def acknowledge(envelope: Envelope) -> None:
    """To the reporter, when the report has arrived: its number and its private link."""
    reader = cases.reader_of_report(envelope.subject_uid)
    if reader is not None:
        _tell(reader, envelope, _received)


def tell_dispatched(envelope: Envelope) -> None:
    """To the unit that a case waits for now: dispatched, or handed over.

    Without a word of who reported it.
    """
    _tell_unit(envelope, "dispatched", envelope.fact.unit)


def tell_reworked(envelope: Envelope) -> None:
    """To the unit: a case was sent back to it."""
    _tell_unit(envelope, "reworked", envelope.fact.unit)


def tell_on_spot(envelope: Envelope) -> None:
    """To the unit and its head, at once: a problem to put right within a day."""
    unit_id = envelope.fact.unit
    heads = [str(one.user.uid) for one in people.leading_group(unit_id) if one.user is not None]
    _tell_unit(envelope, "on_spot", unit_id, heads)


def tell_tasked(envelope: Envelope) -> None:
    """To the person who was asked to verify; a whole unit finds it among its work."""
    if envelope.fact.person:
        _tell_of_case(envelope, "tasked", [envelope.fact.person])


def tell_rechecker(envelope: Envelope) -> None:
    """To the person who is to recheck."""
    if envelope.fact.person:
        _tell_of_case(envelope, "rechecker", [envelope.fact.person])


def tell_given_back(envelope: Envelope) -> None:
    """To the unit: what waited for one of its people who has left waits for it now. Who rechecks is
    drawn anew."""
    fact = envelope.fact
    if fact.person and fact.kind and fact.kind != StepKind.RECHECK:
        _tell_unit(envelope, "given_back", fact.unit)


def tell_handed_down(envelope: Envelope) -> None:
    """To the unit beneath, or the person there: a part of a case is theirs, or came back to them."""
    fact = envelope.fact
    _tell_unit(envelope, "part_again" if fact.again else "part_down", fact.unit,
               [fact.person] if fact.person else ())  # fmt: skip


def tell_part_reported(envelope: Envelope) -> None:
    """To the unit above: one beneath it says that its part is done, or cannot be done there."""
    fact = envelope.fact
    _tell_unit(envelope, "part_done" if fact.done else "part_not_done", fact.above)


def tell_part_taken_back(envelope: Envelope) -> None:
    """To the unit beneath: it has its part no more, and may not see the case any more."""
    unit = envelope.fact.unit
    number = cases.numbers_of([envelope.subject_uid])[envelope.subject_uid]
    persons, given = _uids(people.posted_at(unit, WORK)), {"number": number, "unit_id": unit}
    tell(persons, "part_taken", after=envelope, unit_id=unit, given=given)


def tell_warned(envelope: Envelope) -> None:
    """To who is to know: how much of a limit has gone by."""
    fact = envelope.fact
    what, given = ("late" if fact.percent >= 100 else "warned"), {"percent": fact.percent}
    if fact.level == "unit":
        _tell_unit(envelope, what, fact.unit, fact.people, given)
    else:
        mailbox = fact.unit if fact.level == "district" else None
        _tell_of_case(envelope, what, fact.people, mailbox, given)


def tell_urged(envelope: Envelope) -> None:
    """To the person or the unit that a case waits for: somebody urges it."""
    fact = envelope.fact
    if fact.person:
        _tell_of_case(envelope, "urged", [fact.person])
    else:
        _tell_unit(envelope, "urged", fact.unit)


def tell_assigned(envelope: Envelope) -> None:
    """To those of the office who reply to those above: they have assigned a case."""
    _tell_office(envelope, "above", REPLY.verb)


def tell_recheck(envelope: Envelope) -> None:
    """To who was drawn to recheck, or does it for a colleague; and to who had it before."""
    fact = envelope.fact
    tell_rechecker(envelope)
    if fact.person_before:
        number = cases.numbers_of([envelope.subject_uid])[envelope.subject_uid]
        tell([fact.person_before], "recheck_gone", after=envelope, given={"number": number})


def tell_nobody_drawn(envelope: Envelope) -> None:
    """To those of the office who name a rechecker: a recheck waits until they do."""
    _tell_office(envelope, "nobody_drawn", NAME_RECHECKER.verb)


def tell_revisit(envelope: Envelope) -> None:
    """To who is to look at a closed case again, or to the office where nobody was drawn."""
    fact, what = envelope.fact, "blind" if envelope.fact.kind == "blind" else "look_back"
    path = f"/desk/checks/{cases.uid_of_revisit(fact.revisit)}/"
    if fact.person:
        tell([fact.person], what, after=envelope, path=path)
        return
    office = people.office().id
    persons = _uids(people.people_at([office], NAME_RECHECKER.verb))
    tell(persons, "nobody_drawn_again", after=envelope, path=path, unit_id=office)


def tell_differing(envelope: Envelope) -> None:
    """To the office: an independent recheck says otherwise than the one that closed the case."""
    if not envelope.fact.passed:
        _tell_office(envelope, "blind_differs", NAME_RECHECKER.verb)


def tell_looked_back(envelope: Envelope) -> None:
    """To the office and the unit that had answered for it: a closed problem has come back."""
    fact = envelope.fact
    if not fact.passed:
        _tell_office(envelope, "came_back", NAME_RECHECKER.verb)
        _tell_unit(envelope, "came_back_to_unit", fact.unit)


def _tell_office(envelope: Envelope, what: str, verb: str) -> None:
    """The mailbox of the office, and who holds the verb there: posted at it, or above it."""
    office = people.office().id
    _tell_of_case(envelope, what, _uids(people.people_at([office], verb)), office)


def tell_joint_task(envelope: Envelope) -> None:
    """To a unit: what became of its part in a joint operation."""
    what = {
        "joint.task_set": "joint_task", "joint.task_sent_back": "joint_back",
        "joint.task_called_off": "joint_part_off", "joint.handed_over": "joint_taken_over",
    }.get(envelope.fact.name, "joint_part_changed")  # fmt: skip
    _tell_of_joint(envelope, what, [envelope.fact.unit])


def tell_joint_reported(envelope: Envelope) -> None:
    """To the unit that leads: a part is reported as done."""
    _tell_of_joint(envelope, "joint_done", [joint.concerned(envelope.subject_uid).lead_id])


def tell_joint_late(envelope: Envelope) -> None:
    """To the unit whose part is late, and to the one that leads."""
    lead = joint.concerned(envelope.subject_uid).lead_id
    _tell_of_joint(envelope, "joint_late", [envelope.fact.unit, lead])


def tell_joint_changed(envelope: Envelope) -> None:
    """To every unit that takes part: the plan changed, it began, it was closed or called off."""
    what = {
        "joint.begun": "joint_begun", "joint.closed": "joint_closed",
        "joint.called_off": "joint_off",
    }.get(envelope.fact.name, "joint_changed")  # fmt: skip
    found = joint.concerned(envelope.subject_uid)
    _tell_of_joint(envelope, what, [found.lead_id, *found.unit_ids])


def _tell_of_joint(envelope: Envelope, what: str, unit_ids: Iterable[int]) -> None:
    found = joint.concerned(envelope.subject_uid)
    # Of a part its unit is named, else the one that leads.
    named = (
        envelope.fact.unit
        if envelope.fact.task or envelope.fact.name == "joint.handed_over"
        else found.lead_id
    )
    given: dict[str, str | int] = {"operation": found.number, "unit_id": named}
    if found.area_id is not None:
        given["area_id"] = found.area_id
    for unit_id in dict.fromkeys(unit_ids):
        tell(
            _uids(people.posted_at(unit_id, WORK)), what, after=envelope, unit_id=unit_id,
            path=f"/desk/joint/{found.number}/", given=given,
        )  # fmt: skip


def tell_groups(envelope: Envelope) -> None:
    """Owe the news to each group robot that the case concerns. Restricted cases go to no group."""
    owe_groups(
        envelope.subject_uid, fact=envelope.fact.name, event_id=envelope.event_id, at=envelope.at
    )


def tell_dispute(envelope: Envelope) -> None:
    """To those of the office who arbitrate, where a return has thrown a case back too often."""
    if envelope.fact.arbitration:
        _tell_office(envelope, "dispute", ARBITRATE.verb)


def tell_arbitrated(envelope: Envelope) -> None:
    """To the unit that is responsible, and to the others that had returned the case: these do not
    see it any more."""
    fact = envelope.fact
    _tell_unit(envelope, "arbitrated", fact.unit)
    given = {"number": cases.numbers_of([envelope.subject_uid])[envelope.subject_uid]}
    others = [unit for unit in cases.units_heard(fact.arbitration) if unit != fact.unit]
    for unit in others:
        persons = _uids(people.posted_at(unit, WORK))
        tell(persons, "arbitrated_away", after=envelope, unit_id=unit, given=given)


def tell_asked(envelope: Envelope) -> None:
    """To those of the office who decide: something was asked about the time of a case."""
    _tell_office(envelope, "time_asked", RULE.verb)


def tell_ruled(envelope: Envelope) -> None:
    """To who asked, when it is decided for good."""
    fact = envelope.fact
    if fact.final:
        what = "time_granted" if fact.granted else "time_refused"
        _tell_of_case(envelope, what, [cases.who_asked(fact.plea)])


def tell_order(envelope: Envelope) -> None:
    """To the person who is to answer for a case under supervision."""
    _tell_of_order(envelope, "order", [envelope.fact.person])


def tell_order_answered(envelope: Envelope) -> None:
    """To who gave an order: it is answered."""
    _tell_of_order(envelope, "order_answered", [orders.told_of(envelope.fact.order).by.uid])


def tell_order_judged(envelope: Envelope) -> None:
    """To who answered an order: it is accepted, sent back, or withdrawn."""
    what = envelope.fact.name.removeprefix("case.")
    _tell_of_order(envelope, what, [orders.told_of(envelope.fact.order).person.uid])


def tell_order_person_left(envelope: Envelope) -> None:
    """To who gave an order, and the head of the unit: nobody is there to answer it. Where who gave it
    has left, too, to the office."""
    order = orders.told_of(envelope.fact.order)
    head = orders.head_of(order.case)
    given = [order.by] if order.by.is_active else people.posted_at(people.office().id, {GIVE})
    persons = {one.uid for one in (*given, head) if one is not None and one.pk != order.person_id}
    _tell_of_order(envelope, "order_person_left", sorted(persons))


def tell_order_followed(envelope: Envelope) -> None:
    """To who is to answer an order, and who gave it: another case answers for its case now."""
    order = orders.told_of(envelope.fact.order)
    before = cases.numbers_of([UUID(envelope.fact.other)])[UUID(envelope.fact.other)]
    # The one named may not see that case: the order is theirs all the same.
    tell(
        [order.person.uid, order.by.uid], "order_followed", after=envelope,
        path=f"/desk/orders/{order.uid}/",
        given={"before": before, "number": order.case.number},
    )  # fmt: skip


def tell_order_warned(envelope: Envelope) -> None:
    """To who is to know: how much of the time of an order has gone by."""
    fact = envelope.fact
    what = "order_late" if fact.percent >= 100 else "order_warned"
    _tell_of_order(envelope, what, fact.people, {"percent": fact.percent})


def _tell_of_order(
    envelope: Envelope, what: str, persons: Collection[str | UUID],
    given: Mapping[str, str | int] | None = None,
) -> None:  # fmt: skip
    path = f"/desk/orders/{orders.told_of(envelope.fact.order).uid}/"
    tell(persons, what, after=envelope, case=envelope.subject_uid, path=path, given=given)


def _tell_unit(
    envelope: Envelope, what: str, unit_id: int, also: Collection[str] = (),
    given: Mapping[str, str | int] | None = None,
) -> None:  # fmt: skip
    """The mailbox of a unit, and these people; where nobody is named, those who work there."""
    persons = also or _uids(people.posted_at(unit_id, WORK))
    _tell_of_case(envelope, what, persons, unit_id, {"unit_id": unit_id, **(given or {})})


def _tell_of_case(
    envelope: Envelope, what: str, persons: Collection[str], unit_id: int | None = None,
    given: Mapping[str, str | int] | None = None,
) -> None:  # fmt: skip
    tell(
        persons, what, after=envelope, case=envelope.subject_uid, unit_id=unit_id, given=given,
    )  # fmt: skip


def _uids(users: Iterable[User]) -> list[str]:
    return [str(one.uid) for one in users]


def tell_ended(envelope: Envelope) -> None:
    """When a case was closed, not filed or passed on: owe each of its reporters the news.

    One delivery for each, so that an address that fails never repeats the others.
    """
    operations.answer_reports(envelope.subject_uid, event=envelope.event_id)


def tell_progress(envelope: Envelope) -> None:
    """When a case was dispatched or handled: owe each of its reporters the news, once."""
    what = "handled" if envelope.fact.name == "case.handled" else "dispatched"
    followed = providers.followed_of(envelope.subject_uid, what)
    operations.progress_reports(
        envelope.subject_uid, event=envelope.event_id, what=what, followed=followed
    )


def tell_merged(envelope: Envelope) -> None:
    """When a case was merged: owe each of its reporters the news that another answers for it."""
    operations.combine_reports(envelope.subject_uid, event=envelope.event_id)


def tell_mentioned(envelope: Envelope) -> None:
    """To a colleague who was asked to look, if they may still see the case: who asks, and where.

    The words stay on the record.
    """
    fact = envelope.fact
    if workbench.is_asked(envelope.subject_uid, fact.person, fact.note):
        _tell_of_case(envelope, "mentioned", [fact.person])


def tell_answered_colleague(envelope: Envelope) -> None:
    """To who asked a colleague to look: they have answered, or say that it is settled."""
    tell([envelope.subject_uid], "answered", after=envelope, case=UUID(envelope.fact.case))


def tell_follower(envelope: Envelope) -> None:
    """To somebody who follows a case, if they still do and may still see it: that it changed."""
    found = workbench.follower_told(envelope.subject_uid)
    if found is not None:
        tell([found.person], "changed", after=envelope, case=found.case)


def tell_noted(envelope: Envelope) -> None:
    """When the office wrote a public note: owe each reporter the news. Others stay in the house."""
    if envelope.fact.public:
        operations.write_to_reports(envelope.subject_uid, event=envelope.event_id)


def tell_written(envelope: Envelope) -> None:
    """To one reporter: the office wrote to them. The words stand behind their link."""
    reader = cases.reader_of_report(envelope.subject_uid)
    if reader is not None:
        _tell(reader, envelope, _written)


def tell_answered(envelope: Envelope) -> None:
    """To one reporter: there is an answer."""
    reader = cases.reader_of_report(envelope.subject_uid)
    if reader is not None:
        _tell(reader, envelope, _ended)


def tell_progressed(envelope: Envelope) -> None:
    """To one reporter: it was passed to a unit, or is said to be done."""
    reader = cases.reader_of_report(envelope.subject_uid)
    if reader is not None:
        _tell(reader, envelope, _handled if envelope.fact.what == "handled" else _dispatched)


def tell_combined(envelope: Envelope) -> None:
    """To one reporter: the report is handled together with another."""
    reader = cases.reader_of_report(envelope.subject_uid)
    if reader is not None:
        _tell(reader, envelope, _combined)


def _received(receipt: str) -> tuple[str, str]:
    return (
        _("We have your report %(receipt)s") % {"receipt": receipt},
        _("Thank you. Follow it here; keep the link to yourself:"),
    )


def _dispatched(receipt: str) -> tuple[str, str]:
    return (
        _("Your report %(receipt)s was passed to the unit in charge") % {"receipt": receipt},
        _("Follow it here:"),
    )


def _handled(receipt: str) -> tuple[str, str]:
    return (
        _("Your report %(receipt)s is said to be done") % {"receipt": receipt},
        _("Somebody else checks it now. See what was done here, with the pictures that the office has released:"),
    )  # fmt: skip


def _ended(receipt: str) -> tuple[str, str]:
    return (
        _("Your report %(receipt)s has an answer") % {"receipt": receipt},
        _("Read how it ended, and say whether you are content, here:"),
    )


def _written(receipt: str) -> tuple[str, str]:
    return (
        _("The office wrote to you about your report %(receipt)s") % {"receipt": receipt},
        _("Read it here:"),
    )


def _combined(receipt: str) -> tuple[str, str]:
    return (
        _("Your report %(receipt)s is handled together with another") % {"receipt": receipt},
        _("Somebody else reported the same thing. Follow both here, as before:"),
    )


def _mail_is_open() -> bool:
    return by_mail.is_open() and catalogue.channel("mail").is_open


def _tell(
    reader: cases.Reader, envelope: Envelope, words: Callable[[str], tuple[str, str]]
) -> None:
    if not _mail_is_open():
        return
    with override(reader.language or settings.LANGUAGE_CODE):
        subject, body = words(reader.receipt)
        link = f"{settings.GULOU.public_url}/t/{reader.token}/"
        by_mail.send_mail(
            reader.email, subject, f"{body}\n\n{link}\n", f"{envelope.key}:{reader.receipt}"
        )
