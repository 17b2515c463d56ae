"""Postings: who is posted where on a day, starting and ending one; leaders and their streets."""

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gulou.desk.shell import reader_of
from gulou.kit.errors import NotFound
from gulou.kit.words import name_of
from gulou.people import kinds, managed, operations, queries
from gulou.people.verbs import MANAGE
from gulou.setup import frame
from gulou.setup.forms import AttachForm, EndForm, LeaderForm, PostingForm
from gulou.setup.frame import Cell, Consequence, Link, Nothing, Row
from gulou.ui.forms import refused_in
from gulou.ui.guards import needs

if TYPE_CHECKING:
    from gulou.people.models import Posting, User

edit = require_http_methods(["GET", "POST"])


@needs(MANAGE)
@require_GET
def postings(request: HttpRequest) -> HttpResponse:
    """Who is posted where on a day."""
    reader, day = reader_of(request), _day(request.GET.get("on", ""))
    units = managed.units_managed_by(reader)
    chosen = _number(request.GET.get("unit", ""))
    found = managed.postings_managed_by(reader, on=day)
    if chosen:
        found = found.filter(unit_id__in=queries.unit_ids_below([chosen]))
    rows = [
        Row(
            str(one.user),
            reverse("setup:posting", args=[one.pk]),
            [Cell(name_of(one.role)), Cell(name_of(one.unit)), Cell(one.since.isoformat()),
             Cell(one.until.isoformat() if one.until else "")],
        )
        for one in found
    ]  # fmt: skip
    return frame.list_page(
        request,
        template="setup/postings.html",
        title=_("Postings"),
        lead=_("Who holds which role at which unit on a day. What one may do follows from it."),
        columns=[_("Name"), _("Role"), _("Unit"), _("From"), _("Until")],
        rows=rows,
        nothing=Nothing(_("Nobody is posted here on this day"), _("Choose another day or unit.")),
        add=Link(_("Post somebody"), reverse("setup:new_posting"), "user-plus"),
        links=frame.sheets_link("postings"),
        day=day,
        units=[unit for unit in units if unit.active],
        chosen=chosen,
    )


@needs(MANAGE)
@edit
def new_posting(request: HttpRequest) -> HttpResponse:
    """Post one of the people one manages to one of the units one manages."""
    reader = reader_of(request)
    user = _person(reader, request.GET.get("person", ""))
    if user is None:
        return _choose_person(request)
    form = PostingForm(
        queries.roles(), managed.units_managed_by(reader), data=request.POST or None,
        initial={"unit": request.GET.get("unit", "")},
    )  # fmt: skip
    title, status = _("Post %(name)s to a unit") % {"name": user}, 200
    back = Link(str(user), reverse("setup:person", args=[user.uid]))
    if request.method == "POST":
        with refused_in(form) as outcome:
            if form.is_valid():
                given = form.cleaned_data
                operations.post_person(
                    user, role=queries.role_coded(given["role"]), since=given["since"],
                    unit=managed.unit_managed_by(reader, given["unit"]), until=given["until"],
                    by=reader,
                )  # fmt: skip
                messages.success(request, _("Posted."))
                return redirect("setup:person", user.uid)
        status = outcome.status
    return frame.edit_page(
        request, title=title, form=form, back=back, word=_("Post"), status=status
    )


def _choose_person(request: HttpRequest) -> HttpResponse:
    """Whom? People who can be posted, each leading to the form."""
    unit = _number(request.GET.get("unit", ""))
    rest = f"&unit={unit}" if unit else ""
    found = managed.people_managed_by(reader_of(request)).filter(is_active=True)
    rows = [
        Row(str(user), f"?person={user.uid}{rest}", [Cell(user.username, faint=True)])
        for user in found
    ]
    return frame.list_page(
        request,
        title=_("Post somebody"),
        lead=_("Whom? Somebody new is enrolled with their first posting."),
        columns=[_("Name"), _("Sign-in name")],
        rows=rows,
        nothing=Nothing(_("Nobody found"), _("Enrol somebody first.")),
        add=Link(
            _("Enrol somebody"),
            reverse("setup:enrol") + (f"?unit={unit}" if unit else ""),
            "user-plus",
        ),
    )


@needs(MANAGE)
@edit
def posting(request: HttpRequest, posting_id: int) -> HttpResponse:
    """End a posting with a day, or at once."""
    reader = reader_of(request)
    one = managed.posting_managed_by(reader, posting_id)
    form = EndForm(data=request.POST or None, initial={"until": queries.today()})
    title = _("End the posting of %(name)s") % {"name": one.user}
    back, status = Link(str(one.user), reverse("setup:person", args=[one.user.uid])), 200
    if request.method == "POST":
        with refused_in(form) as outcome:
            if form.is_valid():
                now = form.cleaned_data["when"] == "now"
                until = form.cleaned_data["until"] or queries.today()
                follows = _end_follows(one, until=None if now else until)
                asked = frame.preview(
                    request, form, follows, title=title, back=back, word=_("End it"), danger=True
                )
                if asked:
                    return asked
                if now:
                    operations.stop_posting(one, by=reader)
                else:
                    operations.end_posting(one, by=reader, until=until)
                messages.success(request, _("Ended. The person's history can take it back."))
                return redirect(back.url)
        status = outcome.status
    over = bool(one.until and one.until < queries.today())
    return frame.edit_page(
        request, title=title if not over else str(one.user), form=None if over else form, back=back,
        word=_("Go on"), status=status,
        facts=[(_("Role"), name_of(one.role)), (_("Unit"), name_of(one.unit)),
               (_("From"), one.since.isoformat()),
               (_("Until"), one.until.isoformat() if one.until else _("no end"))],
    )  # fmt: skip


def _end_follows(one: "Posting", *, until: date | None) -> list[Consequence]:
    """What the person can no longer do, and from when."""
    given = {"role": name_of(one.role), "unit": name_of(one.unit), "day": until}
    words = (
        _("From this minute %(role)s at %(unit)s no longer lets them do anything.")
        if until is None
        else _("After %(day)s %(role)s at %(unit)s no longer lets them do anything.")
    )
    last = not queries.postings_of(one.user).exclude(pk=one.pk).exists()
    found = [Consequence(words % given, sign="lock")]
    if last:
        found.append(Consequence(
            _("It is their last posting: their sessions end with it, and they cannot sign in."),
            sign="logout",
        ))  # fmt: skip
    return found


@needs(MANAGE)
@require_GET
def streets(request: HttpRequest) -> HttpResponse:
    """Which leader of the district looks after which street today (包街镇)."""
    reader = reader_of(request)
    rows = [
        Row(
            name_of(one.unit),
            reverse("setup:street", args=[one.pk]),
            [Cell(str(one.user)), Cell(one.since.isoformat()),
             Cell(one.until.isoformat() if one.until else "")],
            ended=bool(one.until and one.until < queries.today()),
        )
        for one in managed.attachments_managed_by(reader)
    ]  # fmt: skip
    add = Link(_("Attach a leader"), reverse("setup:attach"), "user-plus")
    return frame.list_page(
        request,
        title=_("Leaders and streets"),
        lead=_(
            "Which leader of the district looks after which street. They see its cases and may write notes."
        ),
        columns=[_("Street or town"), _("Leader"), _("From"), _("Until")],
        rows=rows,
        nothing=Nothing(_("No leader looks after a street yet"), _("Attach one to begin.")),
        add=add if _office(request) else None,
    )


@needs(MANAGE)
@edit
def attach(request: HttpRequest) -> HttpResponse:
    """Let a leader look after a street."""
    reader = reader_of(request)
    people = managed.people_managed_by(reader).filter(is_active=True)
    found = [u for u in managed.units_managed_by(reader) if u.active and kinds.is_street(u.kind)]
    form, status = AttachForm(people, found, data=request.POST or None), 200
    back = Link(_("Leaders and streets"), reverse("setup:streets"))
    if request.method == "POST":
        with refused_in(form) as outcome:
            if form.is_valid():
                given = form.cleaned_data
                operations.attach_leader(
                    managed.person_managed_by(reader, given["person"]), since=given["since"],
                    unit=managed.unit_managed_by(reader, given["unit"]), until=given["until"],
                    by=reader,
                )  # fmt: skip
                messages.success(request, _("Saved."))
                return redirect(back.url)
        status = outcome.status
    return frame.edit_page(
        request, title=_("Attach a leader"), form=form, back=back, word=_("Attach"), status=status
    )


@needs(MANAGE)
@edit
def street(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """Let a leader look after a street no longer: with a day, or at once."""
    reader = reader_of(request)
    one = managed.attachment_managed_by(reader, attachment_id)
    back, status = Link(_("Leaders and streets"), reverse("setup:streets")), 200
    form = EndForm(data=request.POST or None, initial={"until": queries.today()})
    if request.method == "POST":
        with refused_in(form) as outcome:
            if form.is_valid():
                if form.cleaned_data["when"] == "now":
                    operations.stop_attachment(one, by=reader)
                else:
                    until = form.cleaned_data["until"] or queries.today()
                    operations.detach_leader(one, by=reader, until=until)
                messages.success(request, _("Ended. The person's history can take it back."))
                return redirect(back.url)
        status = outcome.status
    over = bool(one.until and one.until < queries.today())
    given = {"name": one.user, "unit": name_of(one.unit)}
    return frame.edit_page(
        request, title=_("%(name)s looks after %(unit)s") % given, form=None if over else form,
        back=back, word=_("End it"), status=status,
        facts=[(_("From"), one.since.isoformat()),
               (_("Until"), one.until.isoformat() if one.until else _("no end"))],
    )  # fmt: skip


@needs(MANAGE)
@require_GET
def leaders(request: HttpRequest) -> HttpResponse:
    """The leading groups: head, deputy in charge and liaison of every unit one manages."""
    ids = managed.managed_unit_ids(reader_of(request))
    groups = queries.leading_groups(ids)
    rows = []
    for unit in managed.units_managed_by(reader_of(request)):
        if not unit.active:
            continue
        held = {one.duty: one for one in groups.get(unit.id, [])}
        cells = [_leader_cell(held.get(duty)) for duty, _label in kinds.duties()]
        rows.append(Row(name_of(unit), reverse("setup:new_leader", args=[unit.id]), cells))
    return frame.list_page(
        request,
        title=_("Leading groups"),
        lead=_("Head, deputy in charge and liaison of each unit. They need no account."),
        columns=[_("Unit"), *(label for _duty, label in kinds.duties())],
        rows=rows,
        nothing=Nothing(_("No unit yet"), _("Units appear here as soon as one is created.")),
    )


def _leader_cell(one: Any) -> Cell:
    return Cell(one.name, url=reverse("setup:end_leader", args=[one.pk])) if one else Cell()


@needs(MANAGE)
@edit
def new_leader(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Name the head, the deputy in charge or the liaison of a unit."""
    reader = reader_of(request)
    unit = managed.unit_managed_by(reader, unit_id)
    people = managed.people_managed_by(reader).filter(is_active=True)
    form = LeaderForm(kinds.duties(), people, data=request.POST or None)
    back, status = Link(name_of(unit), reverse("setup:unit", args=[unit.pk])), 200
    if request.method == "POST":
        with refused_in(form) as outcome:
            if form.is_valid():
                given = dict(form.cleaned_data)
                uid = given.pop("person")
                user = managed.person_managed_by(reader, uid) if uid else None
                operations.set_leader(unit, **given, user=user, by=reader)
                messages.success(request, _("Saved."))
                return redirect(back.url)
        status = outcome.status
    return frame.edit_page(
        request, title=_("Leading group of %(name)s") % {"name": name_of(unit)}, form=form,
        back=back, status=status, lead=_("Who held the duty before holds it until the day before."),
    )  # fmt: skip


@needs(MANAGE)
@edit
def end_leader(request: HttpRequest, leadership_id: int) -> HttpResponse:
    """Let a duty end without naming somebody else."""
    reader = reader_of(request)
    one = managed.leader_managed_by(reader, leadership_id)
    back, status = Link(name_of(one.unit), reverse("setup:unit", args=[one.unit_id])), 200
    form = EndForm(data=request.POST or None, initial={"until": queries.today()})
    del form.fields["when"]
    if request.method == "POST":
        with refused_in(form) as outcome:
            if form.is_valid():
                operations.end_leader(one, by=reader, until=form.cleaned_data["until"])
                messages.success(request, _("Saved."))
                return redirect(back.url)
        status = outcome.status
    return frame.edit_page(
        request, title=_("End the duty of %(name)s") % {"name": one.name}, form=form, back=back,
        word=_("End it"), status=status,
        facts=[(_("Duty"), one.get_duty_display()), (_("Telephone"), one.phone),
               (_("From"), one.since.isoformat())],
    )  # fmt: skip


def _person(reader: "User", uid: str) -> "User | None":
    if not uid:
        return None
    try:
        return managed.person_managed_by(reader, UUID(uid))
    except ValueError as error:
        raise NotFound("person.unknown", _("There is no such person.")) from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return queries.today()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _office(request: HttpRequest) -> bool:
    return queries.office().id in managed.managed_unit_ids(reader_of(request))
