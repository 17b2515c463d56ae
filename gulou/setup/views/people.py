"""People: the list of those one manages, enrolling, and one of them with what can be done."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gulou.desk.shell import reader_of
from gulou.kit.errors import NotAllowed
from gulou.kit.words import clean, name_of
from gulou.people import history, managed, operations, queries
from gulou.people.devices import device_in_words
from gulou.people.methods import method_in_words
from gulou.people.verbs import MANAGE
from gulou.setup import frame
from gulou.setup.forms import EnrolForm, OnlyWayForm, PersonForm
from gulou.setup.frame import Act, Cell, Consequence, Link, Nothing, Row, Table
from gulou.ui.forms import refused_in
from gulou.ui.guards import needs
from gulou.ui.times import moment

if TYPE_CHECKING:
    from gulou.people.models import Posting, User

edit = require_http_methods(["GET", "POST"])
AT_MOST = 300


@needs(MANAGE)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Whoever is or was posted to the units one manages."""
    closed = "closed" in request.GET
    wanted = clean(request.GET.get("q", ""))[:80]
    found = managed.people_managed_by(reader_of(request)).filter(is_active=not closed)
    if wanted:
        found = found.filter(
            Q(username__icontains=wanted)
            | Q(display_name__icontains=wanted)
            | Q(employee_number=wanted)
        )
    shown = list(found[:AT_MOST])
    posted = queries.postings_by_person(shown)
    rows = [
        Row(
            str(user),
            reverse("setup:person", args=[user.uid]),
            [
                Cell(user.username, faint=True),
                Cell(_("; ").join(_posting_in_words(one) for one in posted.get(user.pk, []))),
                Cell(moment(user.last_login) if user.last_login else ""),
            ],
            badges=[] if user.is_active else [Cell(_("Closed"), sign="lock")],
            ended=not user.is_active,
        )
        for user in shown
    ]
    return frame.list_page(
        request,
        template="setup/people.html",
        title=_("People"),
        lead=_("Who signs in, and where they are posted today."),
        columns=[_("Name"), _("Sign-in name"), _("Posted today"), _("Last signed in")],
        rows=rows,
        nothing=Nothing(_("Nobody found"), _("Try another name, or enrol somebody.")),
        add=Link(_("Enrol somebody"), reverse("setup:enrol"), "user-plus"),
        links=frame.sheets_link("people"),
        chips=[
            Link(_("With access"), "?", on=not closed),
            Link(_("Access closed"), "?closed=1", on=closed),
        ],
        wanted=wanted,
        closed=closed,
        more=_("Only the first %(count)s are shown; search for a name.") % {"count": AT_MOST}
        if len(shown) == AT_MOST
        else "",
    )


def _posting_in_words(one: "Posting") -> str:
    return _("%(role)s, %(unit)s") % {"role": name_of(one.role), "unit": name_of(one.unit)}


@needs(MANAGE)
@edit
def enrol(request: HttpRequest) -> HttpResponse:
    """Somebody new with a first posting; the one-time password is shown once, on the answer."""
    reader = reader_of(request)
    form = EnrolForm(
        queries.roles(), managed.units_managed_by(reader), data=request.POST or None,
        initial={"unit": request.GET.get("unit", "")},
    )  # fmt: skip
    status = 200
    if request.method == "POST":
        with refused_in(form) as outcome:
            if form.is_valid():
                given = dict(form.cleaned_data)
                unit = managed.unit_managed_by(reader, given.pop("unit"))
                role = queries.role_coded(given.pop("role"))
                done = operations.enrol_at(unit, role=role, **given, by=reader)
                return _password_page(request, done.user, done.password)
        status = outcome.status
    return frame.edit_page(
        request, title=_("Enrol somebody"), form=form, word=_("Enrol"), back=_to_people(),
        status=status, lead=_("The next page shows a password once, to be handed over in person."),
    )  # fmt: skip


def _password_page(request: HttpRequest, user: "User", password: str) -> HttpResponse:
    context = {"title": _("Password for %(name)s") % {"name": user}, "person": user,
               "password": password, "back": _to(user)}  # fmt: skip
    return frame.page(request, "setup/password.html", context)


@needs(MANAGE)
@require_GET
def person(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One person: contacts, postings, how they sign in, what can be done. Of whoever works for
    others too, or left for them, the name and the postings only."""
    user = managed.person_managed_by(reader_of(request), uid)
    mine = managed.manages_all_of(reader_of(request), user)
    return frame.edit_page(
        request,
        title=str(user),
        lead=user.username,
        form=None,
        back=_to_people(),
        ended="" if user.is_active else _("This person's access has been closed."),
        links=[Link(_("History"), reverse("setup:person_history", args=[user.uid]), "history")]
        if mine
        else [],
        facts=_known_of(user) if mine else [],
        tables=[_postings(user), *_streets(user), *(_sessions(user) if mine else [])],
        acts=_acts(user) if mine else [],
    )


def _known_of(user: "User") -> list[tuple[Any, Any]]:
    return [
        (_("Telephone"), user.phone),
        (_("E-mail"), user.email),
        (_("Employee number"), user.employee_number),
        (_("WeCom user id"), user.wecom_userid),
        (_("Last signed in"), moment(user.last_login) if user.last_login else ""),
        (_("Second step of sign-in"), _second_step(user)),
    ]


def _second_step(user: "User") -> str:
    if queries.has_second_factor(user):
        return _("set up")
    return _("due at the next sign-in") if queries.needs_second_factor(user) else _("not set up")


def _postings(user: "User") -> Table:
    rows = [
        Row(
            name_of(one.unit),
            reverse("setup:posting", args=[one.pk]),
            [Cell(name_of(one.role)), Cell(one.since.isoformat()),
             Cell(one.until.isoformat() if one.until else "")],
            ended=bool(one.until and one.until < queries.today()),
        )
        for one in queries.all_postings_of(user)
    ]  # fmt: skip
    return Table(
        _("Postings"), [_("Unit"), _("Role"), _("From"), _("Until")], rows,
        Nothing(_("Not posted anywhere."), _("Without a posting one signs in and can do nothing.")),
        add=Link(_("Post to a unit"), reverse("setup:new_posting") + f"?person={user.uid}"),
    )  # fmt: skip


def _streets(user: "User") -> list[Table]:
    rows = [
        Row(
            name_of(one.unit),
            reverse("setup:street", args=[one.pk]),
            [Cell(one.since.isoformat()), Cell(one.until.isoformat() if one.until else "")],
            ended=bool(one.until and one.until < queries.today()),
        )
        for one in queries.streets_of(user)
    ]
    columns = [_("Street or town"), _("From"), _("Until")]
    return [Table(_("Looks after"), columns, rows, Nothing(""))] if rows else []


def _sessions(user: "User") -> list[Table]:
    rows = [
        Row(
            device_in_words(one.agent),
            cells=[Cell(one.address), Cell(method_in_words(one.method)), Cell(moment(one.since)),
                   Cell(moment(one.seen_at))],
        )
        for one in queries.sessions_of(user)
    ]  # fmt: skip
    if not rows:
        return []
    columns = [_("Device"), _("Network address"), _("How"), _("Signed in"), _("Last used")]
    act = Act(_("Sign out everywhere"), reverse("setup:sign_out", args=[user.uid]), "logout",
              posts=True, hint=_("Now, on every device. They may sign in again."))  # fmt: skip
    return [Table(_("Signed in now"), columns, rows, Nothing(""), acts=[act])]


def _acts(user: "User") -> list[Act]:
    def to(name: str) -> str:
        return reverse(f"setup:{name}", args=[user.uid])

    described = Act(_("Name and contacts"), to("describe_person"), "pencil")
    if not user.is_active:
        return [described, Act(_("Open access again"), to("reactivate"), "lock-open", posts=True)]
    found = [
        described,
        Act(_("Reset the password"), to("reset_password"), "key",
            hint=_("For a lost password. The new one is shown once.")),
    ]  # fmt: skip
    if queries.has_second_factor(user):
        hint = _("For a lost telephone. It is set up anew at the next sign-in.")
        found.append(
            Act(_("Remove the second step"), to("remove_second"), "shield-lock", hint=hint)
        )
    hint = _("At once, from every posting and session. It can be opened again.")
    return [*found, Act(_("Close access"), to("deactivate"), "lock", danger=True, hint=hint)]


@needs(MANAGE)
@edit
def describe_person(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Name, contacts and employee number of a person."""
    user = _mine(request, uid)
    names = list(PersonForm.base_fields)
    form = PersonForm(request.POST or None, initial={name: getattr(user, name) for name in names})
    status = 200
    if request.method == "POST":
        with refused_in(form) as outcome:
            if form.is_valid():
                operations.set_details(user, by=reader_of(request), **form.cleaned_data)
                return _done(request, user, _("Saved."))
        status = outcome.status
    title = _("Name and contacts of %(name)s") % {"name": user}
    return frame.edit_page(request, title=title, form=form, back=_to(user), status=status)


@needs(MANAGE)
@edit
def reset_password(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A new password, shown once."""
    user = managed.person_managed_by(reader_of(request), uid)
    follows = [
        Consequence(_("The present password stops working, and open sessions end."), sign="logout"),
        Consequence(_("The new one is shown once, on the next page."), sign="key"),
        Consequence(_("It is changed at the first sign-in."), sign="refresh"),
    ]
    title = _("Reset the password of %(name)s") % {"name": user}
    others = _other_ways_in(user)
    if request.method == "GET":
        form = OnlyWayForm() if others else None
        return _ask(request, title, [*follows, *others], _("Reset"), user, form)
    only_way = bool(others) and "only_way" in request.POST
    password = operations.reset_password(user, by=reader_of(request), only_way=only_way)
    return _password_page(request, user, password)


def _other_ways_in(user: "User") -> list[Consequence]:
    """What a new password does not close."""
    keys, wechat = queries.other_ways_in(user)
    told = []
    if keys:
        words = ngettext(
            "%(count)d passkey still signs them in, without the password.",
            "%(count)d passkeys still sign them in, without the password.",
            keys,
        )
        told.append(Consequence(words % {"count": keys}, sign="fingerprint"))
    if wechat:
        words = _("The linked WeChat account still signs them in.")
        told.append(Consequence(words, sign="brand-wechat"))
    return told


@needs(MANAGE)
@edit
def remove_second(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take the second step away, for who has lost the telephone."""
    user = managed.person_managed_by(reader_of(request), uid)
    follows = [
        Consequence(_("Telephone, passkeys and recovery codes no longer work."), sign="shield-lock"),
        Consequence(_("Every session ends now, on every device, and WeChat is no longer linked."),
                    sign="logout"),
        Consequence(_("Where the role asks for it, it is set up anew at the next sign-in."),
                    sign="refresh"),
    ]  # fmt: skip
    title = _("Remove the second step of %(name)s") % {"name": user}
    if request.method == "GET":
        return _ask(request, title, follows, _("Remove"), user)
    operations.remove_second_factor(user, by=reader_of(request))
    return _done(request, user, _("Removed."))


@needs(MANAGE)
@edit
def deactivate(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Shut somebody out at once."""
    user = managed.person_managed_by(reader_of(request), uid)
    follows = [
        Consequence(_("Every session ends now, on every device."), sign="logout"),
        Consequence(_("Links, exports and subscriptions of this person stop."), sign="link"),
        Consequence(_("What they did stays on record under their name."), sign="history"),
    ]
    title = _("Close the access of %(name)s") % {"name": user}
    if request.method == "GET":
        return _ask(request, title, follows, _("Close access"), user)
    operations.deactivate_person(user, by=reader_of(request))
    return _done(request, user, _("Access closed."))


@needs(MANAGE)
@require_POST
def reactivate(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Open somebody's access again."""
    user = managed.person_managed_by(reader_of(request), uid)
    operations.reactivate_person(user, by=reader_of(request))
    return _done(request, user, _("Access is open again."))


@needs(MANAGE)
@require_POST
def sign_out(request: HttpRequest, uid: UUID) -> HttpResponse:
    """End every session of somebody."""
    user = managed.person_managed_by(reader_of(request), uid)
    count = operations.sign_out_person(user, by=reader_of(request))
    return _done(request, user, _("%(count)s sessions ended.") % {"count": count})


@needs(MANAGE)
@require_GET
def person_history(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What was changed of one person, and where they were posted."""
    user = _mine(request, uid)
    return frame.history_page(
        request, title=_("History of %(name)s") % {"name": user}, back=_to(user),
        changes=history.history_of_people([user.pk]), room="people",
    )  # fmt: skip


def _mine(request: HttpRequest, uid: UUID) -> "User":
    """A person whose contacts this reader may read. Raises NotFound, NotAllowed."""
    user = managed.person_managed_by(reader_of(request), uid)
    if not managed.manages_all_of(reader_of(request), user):
        raise NotAllowed(
            "person.of_others",
            _("This person works for units that you do not manage. Ask the district office."),
        )
    return user


def _ask(
    request: HttpRequest,
    title: str,
    follows: list[Consequence],
    word: str,
    user: "User",
    choices: Form | None = None,
) -> HttpResponse:
    """The page that says what follows; `choices` are boxes that may be ticked there."""
    context: dict[str, Any] = {
        "title": title, "consequences": follows, "word": word, "danger": True, "back": _to(user),
        "form": "", "choices": choices or (), "confirmed": frame.CONFIRMED,
    }  # fmt: skip
    return frame.page(request, "setup/preview.html", context)


def _to_people() -> Link:
    return Link(_("People"), reverse("setup:people"))


def _to(user: "User") -> Link:
    return Link(str(user), reverse("setup:person", args=[user.uid]))


def _done(request: HttpRequest, user: "User", words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("setup:person", user.uid)
