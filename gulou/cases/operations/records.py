"""What changes no state: notes, releasing pictures, erasing what somebody asks to erase."""

import json
from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gulou.cases import search, states
from gulou.cases.facts import (
    CaseNoted,
    CaseUrged,
    ContactErased,
    ContactSeen,
    CoversDecided,
    LinkHandedOver,
    PhotosReleased,
    WordsErased,
)
from gulou.cases.family import answering_for, family_of, locked_family
from gulou.cases.models import (
    Answer,
    AssignmentReply,
    Case,
    CasePhoto,
    Note,
    PhotoKind,
    Report,
    Words,
)
from gulou.kit import clock, rows
from gulou.kit.compiled import Compiled
from gulou.kit.errors import Invalid, NotFound, Refusal
from gulou.kit.sealing import unseal
from gulou.kit.words import bigrams
from gulou.outbox.queries import story
from gulou.outbox.record import record
from gulou.people import access
from gulou.people.models import User
from gulou.photos import covers
from gulou.photos.covers import Drawn

from .ground import (
    NOTHING,
    Evidence,
    add_photos,
    allow,
    check_nothing_personal,
    erase,
    leave,
    locked,
    open_steps,
    public_words,
    put,
)
from .intake import ContactDetails


@rows.together()
def note_case(
    case: Case, *, by: User, words: str, evidence: Evidence = NOTHING, public: bool = False,
    seen: int | None = None,
) -> Case:  # fmt: skip
    """Leave words, and pictures for reference, on the record.

    A public note is the office's words to everybody who reported the case; its pictures are not.
    """
    case = locked(case, seen=seen)
    allow(by, states.NOTE, case)
    if public:
        _check_public(case, words, by)
    left = leave(case, states.NOTE, by=by, words=words, reason_id=None, public=public)
    photos = add_photos(
        case, evidence.photos, draft=evidence.draft, kind=PhotoKind.REFERENCE, actor=by.actor,
        by=by,
    )  # fmt: skip
    put(case)
    record(
        CaseNoted(
            words=left.words, words_digest=left.words_digest, photos=photos, public=public
        ),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return case


URGE_PAUSE = timedelta(minutes=10)
"""Nobody is reminded of the same case more often."""


@rows.together()
def urge_case(case: Case, *, by: User, words: str = "", seen: int | None = None) -> Case:
    """Remind who the case waits for. The words stay on the record; they are sent to nobody."""
    case = locked(case, seen=seen)
    allow(by, states.URGE, case)
    states.URGE.check(case.state)
    told = story(case.subject_kind, case.uid)
    last = max((one.at for one in told if one.name == CaseUrged.name), default=None)
    if last is not None and clock.now() < last + URGE_PAUSE:
        raise Refusal(
            "case.urged_already",
            _("Somebody urged this case a moment ago. Wait ten minutes before the next time."),
        )
    left = leave(case, states.URGE, by=by, words=words, reason_id=None)
    put(case)
    record(
        CaseUrged(
            words=left.words, words_digest=left.words_digest, step=case.step_id,
            unit=case.step_unit_id or case.unit_id,
            person=str(case.step_person.uid) if case.step_person else "",
        ),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return case


def _check_public(case: Case, words: str, by: User) -> None:
    access.require(by, states.WRITE_PUBLIC, unit_id=case.unit_id, steps=open_steps(case))
    if case.restricted:
        raise Refusal("case.restricted", _("This case is restricted: nothing of it is public."))
    check_nothing_personal(words, field="words")


@rows.together()
def release_photos(
    case: Case, *, by: User, uids: Collection[UUID], summary: str | None = None,
    seen: int | None = None,
) -> Case:  # fmt: skip
    """Make exactly these pictures public; any other is withheld from now on.

    Of the case and of all that was merged into it: what one shows, all its reporters see. With the
    office's summary the case is released to everybody; without it only its reporters see them.
    """
    family = locked_family(case)
    case = locked(family[0], seen=seen)
    allow(by, states.RELEASE, case)
    states.RELEASE.check(case.state)
    if case.restricted:
        raise Refusal("case.restricted", _("This case is restricted: nothing of it is public."))
    photos = {photo.photo.uid: photo for photo in _evidence([one.pk for one in family])}
    if unknown := set(uids) - set(photos):
        raise Invalid(
            "case.photo_unknown",
            _("%(count)d of these pictures are not on this case. Reload and choose again.")
            % {"count": len(unknown)},
            field="photos",
        )
    released = [uid for uid in uids if photos[uid].released_at is None]
    withheld = [uid for uid, p in photos.items() if p.released_at is not None and uid not in uids]
    for photo in (photos[uid] for uid in (*released, *withheld)):
        shown = photo.released_at is None
        photo.released_at, photo.released_by = (clock.now(), by) if shown else (None, None)
        rows.change(photo, "released_at", "released_by")
    if summary is not None:
        case.summary = public_words(summary)
        search.also_find(case.pk, case.summary)
    _publish(case, public=bool(uids and case.summary))
    put(case, None, "summary", "released_at", "released_terms")
    record(
        PhotosReleased(photos=sorted(map(str, released)), withheld=sorted(map(str, withheld))),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return case


@Compiled
def _evidence(case_ids: list[int]) -> QuerySet[CasePhoto]:
    return CasePhoto.objects.filter(case_id__any=case_ids).select_related("photo")


@transaction.atomic
def change_covers(
    case: Case, uid: UUID, *, by: User, drawn: Sequence[Drawn], removed: Collection[int]
) -> None:
    """Decide what of a picture the public does not see. Who may release pictures may do this."""
    family = locked_family(case)
    case = locked(family[0])
    allow(by, states.RELEASE, case)
    evidence = CasePhoto.objects.filter(case__in=family, photo__uid=uid).select_related("photo")
    shown = evidence.first()
    if shown is None:
        raise NotFound("photo.not_found", _("There is no such picture."))
    covers.change_covers(shown.photo, by=by, drawn=drawn, removed=removed)
    record(
        CoversDecided(photo=str(uid), added=len(drawn), removed=len(removed)),
        subject=case, actor=by.actor,
    )  # fmt: skip


def _publish(case: Case, *, public: bool) -> None:
    """Let everybody read of the case from now on, or not any more. An earlier release stands."""
    case.released_at = (case.released_at or clock.now()) if public else None
    case.released_terms = bigrams(case.summary) if public else None


@rows.together()
def reveal_contact(report: Report, *, by: User) -> ContactDetails:
    """The reporter's contact, opened for a reason of duty; that it was opened stands on record."""
    report = Report.objects.select_for_update().get(pk=report.pk)
    access.require(by, states.READ_CONTACT, unit_id=_unit_of(report))
    if report.contact is None or report.contact.erased_at is not None:
        raise NotFound("report.no_contact", _("The reporter left no contact, or it was erased."))
    record(ContactSeen(), subject=report, actor=by.actor)
    return ContactDetails(**json.loads(unseal(report.contact.sealed)))


def _unit_of(report: Report) -> int:
    """The unit of the case that answers for a report: a merged one is the office's only in name."""
    return answering_for(report.case_id).unit_id


@rows.together()
def hand_over_link(report: Report, *, by: User) -> str:
    """The tracking token, for somebody who lost theirs; that it was handed over stands on record."""
    report = Report.objects.select_for_update().get(pk=report.pk)
    access.require(by, states.HAND_OVER_LINK, unit_id=_unit_of(report))
    record(LinkHandedOver(), subject=report, actor=by.actor)
    return report.token


@rows.together()
def erase_contact(report: Report, *, by: User) -> Report:
    """Forget who reported, on their request. The report stays."""
    report = Report.objects.select_for_update().get(pk=report.pk)
    access.require(by, states.ERASE, unit_id=_unit_of(report))
    contact = report.contact
    if contact is None or contact.erased_at is not None:
        raise NotFound("report.no_contact", _("The reporter left no contact, or it was erased."))
    contact.sealed, contact.phone_digest, contact.erased_at = b"", "", clock.now()
    contact.save(update_fields=["sealed", "phone_digest", "erased_at"])
    record(ContactErased(), subject=report, actor=by.actor)
    return report


@rows.together()
def erase_words(case: Case, *, by: User, words_id: int) -> Case:
    """Forget what somebody wrote on this case, or on one that was merged into it.

    The digest in the record still proves it was said. With the words of a report goes what it
    calls the place, and the case's own name of the place where that was taken from it.
    """
    family = locked_family(case)
    case = family[0]
    access.require(by, states.ERASE, unit_id=case.unit_id)
    words = Words.objects.filter(pk__in=_words_of(case), pk=words_id, erased_at=None).first()
    if words is None:
        raise NotFound("case.no_words", _("There is nothing to erase: look at the record again."))
    erase(words)
    _erase_address(family, words)
    search.find_anew(Case.objects.filter(pk__in=[one.pk for one in family]))
    record(WordsErased(words=words.pk), subject=case, actor=by.actor)
    return case


def _erase_address(family: list[Case], words: Words) -> None:
    report = Report.objects.filter(words=words).exclude(address="").first()
    if report is None:
        return
    Case.objects.filter(pk__in=[c.pk for c in family], address=report.address).update(address="")
    Report.objects.filter(pk=report.pk).update(address="")


def _words_of(case: Case) -> set[int]:
    """What was written on the case or its family, and what its own story quotes."""
    family = family_of(case)
    said = [event.payload.get("words") for event in story(case.subject_kind, case.uid)]
    answers = Answer.objects.filter(report__case__in=family, words__isnull=False)
    replies = AssignmentReply.objects.filter(assignment__case__in=family)
    return {
        *(words for words in said if words is not None),
        *Note.objects.filter(case__in=family).values_list("words", flat=True),
        *Report.objects.filter(case__in=family).values_list("words", flat=True),
        *answers.values_list("words", flat=True),
        *replies.values_list("words", flat=True),
    }
