"""People and their postings as tables. The same file twice changes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gulou.kit.errors import Invalid, NotAllowed
from gulou.kit.words import name_of
from gulou.people import managed, queries
from gulou.people import operations as people
from gulou.people.models import Posting, Role, Unit, User
from gulou.people.verbs import MANAGE
from gulou.sheets.columns import CLEAR, Column, Kind, Row, yes
from gulou.sheets.lexicon import Lexicon
from gulou.sheets.tally import Login, Step, Tally

from .register import Content, Part, Register, Taken
from .units import check_email

# fmt: off
_POSTING = (
    Column("role", "角色", "Role", ("岗位",), needed=True, listed=True, most=60, width=18, help=gettext_lazy("Name or code of a role."), example="街镇办理人员"),
    Column("unit_code", "单位", "Unit", ("单位编码",), needed=True, listed=True, width=28, help=gettext_lazy("Code, or code and name."), example="S01 榕荫街道"),
)
_DAYS = (
    Column("since", "起始日期", "From", ("生效日", "开始日期"), kind=Kind.DAY, width=13, help=gettext_lazy("First day of the posting. Empty for a new one: today."), example="2026-01-01"),
    Column("until", "截止日期", "Until", ("结束日期", "失效日"), kind=Kind.DAY, width=13, help=gettext_lazy("Last day of the posting. Empty for a new one: no end. A dash takes an end away."), example="2026-12-31"),
)
PEOPLE = (
    Column("username", "登录名", "Sign-in name", ("账号", "用户名"), needed=True, kind=Kind.CODE, most=150, width=16, help=gettext_lazy("By it the row is recognised; it does not change."), example="lin"),
    Column("name", "姓名", "Name", ("display_name",), needed=True, most=80, width=14, example="林小榕"),
    *_POSTING,
    Column("phone", "电话", "Telephone", ("手机",), kind=Kind.CODE, most=30, width=16, example="13800000000"),
    Column("email", "邮箱", "E-mail", most=254, width=24, example="lin@example.org"),
    *_DAYS,
    Column("employee_number", "工号", "Employee number", kind=Kind.CODE, most=40, width=14, rare=True, help=gettext_lazy("What the city's single sign-on may know the person by."), example="0012"),
    Column("wecom_userid", "企业微信账号", "WeCom user id", ("企业微信userid", "企微账号"), kind=Kind.CODE, most=64, width=16, rare=True, help=gettext_lazy("By it the WeCom application writes to the person."), example="LinXiaoRong"),
    Column("closed", "停用", "Access closed", kind=Kind.FLAG, listed=True, width=10, rare=True, help=gettext_lazy("Yes closes the access at once, no opens it again."), example="否"),
)
POSTINGS = (
    Column("username", "登录名", "Sign-in name", ("账号", "用户名"), needed=True, kind=Kind.CODE, most=150, width=16, help=gettext_lazy("Of somebody who is there already; new people come in with the register of people."), example="lin"),
    Column("name", "姓名", "Name", told=True, width=14, help=gettext_lazy("For reading only."), example="林小榕"),
    *_POSTING,
    *_DAYS,
)
# fmt: on
_DETAILS = ("phone", "email", "employee_number", "wecom_userid")


class _Roles:
    """Roles by their code and by both names."""

    def __init__(self, roles: Iterable[Role]) -> None:
        self._found = {n: role for role in roles for n in (role.name_en, role.name_zh, role.code)}

    def get(self, text: str) -> Role | None:
        return self._found.get(text)

    def word(self, role: Role) -> str:
        """How our files name it: by its name where that says which."""
        return name_of(role) if self._found.get(name_of(role)) == role else role.code


def content_of_people(reader: User) -> list[Content]:
    """Those this person manages: a row for each posting that runs or is to come, and one for who
    has none."""
    found = list(managed.people_managed_by(reader))
    held: dict[int, list[Posting]] = {}
    for posting in _postings(reader):
        held.setdefault(posting.user_id, []).append(posting)
    roles = _Roles(queries.roles())
    return [[
        {
            "username": user.username, "name": user.display_name or user.username,
            "phone": user.phone, "email": user.email, "employee_number": user.employee_number,
            "wecom_userid": user.wecom_userid,
            "closed": "" if user.is_active else yes(True),
            **(_posting_cells(posting, roles) if posting else {}),
        }
        for user in found
        for posting in held.get(user.pk, [None])
    ]]  # fmt: skip


def content_of_postings(reader: User) -> list[Content]:
    """The postings at the units this person manages that run or are to come."""
    roles = _Roles(queries.roles())
    return [[
        {"username": one.user.username, "name": str(one.user), **_posting_cells(one, roles)}
        for one in _postings(reader)
    ]]  # fmt: skip


def choices(reader: User) -> Mapping[str, Sequence[str]]:
    """What is chosen from."""
    roles = _Roles(queries.roles())
    units = [unit for unit in managed.units_managed_by(reader) if unit.active]
    return {
        "role": [roles.word(role) for role in queries.roles()],
        "unit_code": [f"{unit.code} {name_of(unit)}" for unit in units],
        "closed": [yes(True), yes(False)],
    }


def take_people(taken: Taken, by: User | None, tally: Tally) -> None:
    """Add people by their sign-in name and post them, one posting a row."""
    queries.office()
    everybody = _People(by, tally)
    for row in taken[0]:
        with tally.row(row) as step:
            everybody.take(row, step)


def take_postings(taken: Taken, by: User | None, tally: Tally) -> None:
    """Begin and end postings of people who are there."""
    everybody = _People(by, tally)
    for row in taken[0]:
        with tally.row(row) as step:
            everybody.take_posting(row, step)


def _postings(reader: User) -> list[Posting]:
    return list(managed.postings_managed_by(reader).exclude(until__lt=queries.today()))


def _posting_cells(posting: Posting, roles: _Roles) -> dict[str, str]:
    return {
        "role": roles.word(posting.role), "unit_code": _called(posting.unit),
        "since": posting.since.isoformat(),
        "until": posting.until.isoformat() if posting.until else "",
    }  # fmt: skip


@dataclass(frozen=True)
class _Wanted:
    """A posting as a row has it."""

    role: Role
    unit: Unit
    since: date | None
    until: date | None
    no_end: bool


class _People:
    """Takes one row after the other."""

    def __init__(self, by: User | None, tally: Tally) -> None:
        self.by, self.tally = by, tally
        self.users = {user.username.casefold(): user for user in User.objects.all()}
        self.units = Lexicon(Unit.objects.all())
        self.roles = _Roles(Role.objects.all())
        mine = managed.people_managed_by(by).values_list("pk", flat=True) if by else ()
        self.mine = set(mine)
        self.told: dict[str, Row] = {}
        self.lines: dict[tuple[Any, ...], int] = {}

    def take(self, row: Row, step: Step) -> None:
        username, name = row.need("username"), row.need("name")
        step.title = name
        check_email(row)
        self._check_agrees(row)
        wanted = self._wanted(row)
        user = self.users.get(username.casefold())
        if user is None:
            self._add(username, row, wanted, step)
            return
        self._check_mine(user)
        user = self._details(self._open(user, row, step), row, step)
        if wanted and user.is_active:
            self._post(user, wanted, step)
        if row.flag("closed") and user.is_active:
            self._close(user, step)

    def take_posting(self, row: Row, step: Step) -> None:
        user = self.users.get(row.need("username").casefold())
        if user is None:
            raise Invalid(
                "person.unknown",
                _("Nobody signs in with “%(name)s”. New people come with the register of people.")
                % {"name": row["username"]},
                field="username",
            )
        step.title = str(user)
        self._check_mine(user)
        wanted = self._wanted(row)
        if wanted is None:
            raise Invalid("table.cell", _("This cannot be empty."), field="role")
        self._post(user, wanted, step)

    def _add(self, username: str, row: Row, wanted: _Wanted | None, step: Step) -> None:
        if row.flag("closed"):
            words = _("There is nobody of this name to close.")
            raise Invalid("person.unknown", words, field="closed")
        phone, email, number, wecom = (row.given(name) or "" for name in _DETAILS)
        step.added = True
        trial = self.tally.trial
        if wanted:
            done = people.enrol_at(
                wanted.unit, role=wanted.role, since=wanted.since, until=wanted.until,
                username=username, display_name=row["name"], phone=phone, email=email,
                employee_number=number, wecom_userid=wecom, by=self.by, trial=trial,
            )  # fmt: skip
            user, password = done.user, done.password
        else:
            user = people.enrol_person(
                username=username, display_name=row["name"], phone=phone, email=email,
                employee_number=number, wecom_userid=wecom, by=self.by, must_change_password=True,
            )  # fmt: skip
            password = "" if trial else people.reset_password(user, by=self.by)
        self.users[username.casefold()] = user
        self.mine.add(user.pk)
        self.tally.logins.append(Login(user.username, password, str(user)))

    def _open(self, user: User, row: Row, step: Step) -> User:
        closed = row.flag("closed")
        if user.is_active or closed:
            return user
        if closed is None:
            words = _("This person's access has been closed.")
            raise Invalid("person.inactive", words, field="username")
        step.change("closed", yes(True), yes(False))
        return people.reactivate_person(user, by=self.by)

    def _close(self, user: User, step: Step) -> None:
        if self.by is not None and user.pk == self.by.pk:
            words = _("Nobody closes their own access.")
            raise NotAllowed("people.not_allowed", words, field="closed")
        self.users[user.username.casefold()] = people.deactivate_person(user, by=self.by)
        step.change("closed", yes(False), yes(True))

    def _details(self, user: User, row: Row, step: Step) -> User:
        told = {"display_name": row["name"]}
        told |= {name: text for name in _DETAILS if (text := row.given(name)) is not None}
        if not user.display_name and row["name"] == user.username:
            del told["display_name"]  # as our own file has it
        differs = {name: text for name, text in told.items() if text != getattr(user, name)}
        if not differs:
            return user
        for name, text in differs.items():
            step.change(_NAMES.get(name, name), getattr(user, name), text)
        user = people.set_details(user, by=self.by, **differs)
        self.users[user.username.casefold()] = user
        return user

    def _wanted(self, row: Row) -> _Wanted | None:
        """The posting of a row. Raises Invalid where it is half a one, or stands there twice."""
        if not row["role"] and not row["unit_code"]:
            return None
        row.need("role")
        row.need("unit_code")
        role, unit = row.find("role", self.roles), row.find("unit_code", self.units)
        since = row.day("since")
        line = (row["username"].casefold(), role.pk, unit.pk, since)
        if line in self.lines:
            words = _("This posting stands in the file twice: also in row %(row)s.")
            raise Invalid("table.twice", words % {"row": self.lines[line]}, field="unit_code")
        self.lines[line] = row.number
        return _Wanted(role, unit, since, row.day("until"), row["until"] in CLEAR)

    def _post(self, user: User, wanted: _Wanted, step: Step) -> None:
        held = _held(user, wanted)
        where = f"{self.roles.word(wanted.role)}, {_called(wanted.unit)}"
        if held is None:
            people.post_person(
                user, role=wanted.role, unit=wanted.unit, by=self.by, since=wanted.since,
                until=wanted.until,
            )  # fmt: skip
            step.change("unit_code", "", where)
        elif wanted.no_end and held.until:
            step.change("until", held.until, _("no end"))
            people.reopen_posting(held, by=self.by)
        elif wanted.until and wanted.until != held.until:
            step.change("until", held.until or _("no end"), wanted.until)
            if held.until and wanted.until > held.until:
                people.reopen_posting(held, by=self.by, until=wanted.until)
            else:
                people.end_posting(held, by=self.by, until=wanted.until)

    def _check_mine(self, user: User) -> None:
        if self.by is not None and user.pk not in self.mine:
            words = _("This person is not among those you manage.")
            raise NotAllowed("people.not_allowed", words, field="username")

    def _check_agrees(self, row: Row) -> None:
        """Rows about one person do not say different things of them."""
        first = self.told.setdefault(row["username"].casefold(), row)
        for name in ("name", *_DETAILS, "closed"):
            if row[name] and first[name] and row[name] != first[name]:
                words = _("Row %(row)s says something else of the same person.")
                raise Invalid("table.differs", words % {"row": first.number}, field=name)


def _held(user: User, wanted: _Wanted) -> Posting | None:
    """The posting that is meant: the one since that day, else the one that holds on it.

    Raises Invalid where the row would move its first day.
    """
    same = list(
        Posting.objects.filter(user=user, role=wanted.role, unit=wanted.unit).order_by("since")
    )
    day = wanted.since or queries.today()
    held = next((one for one in same if one.since == wanted.since), None) or next(
        (one for one in same if one.until is None or one.until >= day), None
    )
    if held and wanted.since and held.since < wanted.since:
        raise Invalid(
            "posting.since_fixed",
            _("It is held since %(day)s; the first day does not change.") % {"day": held.since},
            field="since",
        )
    if held and wanted.since and held.since > wanted.since:
        return None  # posting refuses what overlaps
    return held


def _called(unit: Unit) -> str:
    return f"{unit.code} {name_of(unit)}"


_NAMES = {"display_name": "name", "user": "username", "unit": "unit_code"}
_WHO_MAY = gettext_lazy("You change only those you manage; other rows are refused.")

REGISTER = Register(
    code="people",
    label=gettext_lazy("People"),
    words=gettext_lazy("Who signs in, their contacts and where they are posted."),
    sign="users",
    verb=MANAGE,
    list_view="setup:people",
    parts=(Part("人员", "People", PEOPLE),),
    content=content_of_people,
    choices=choices,
    take=take_people,
    rules=(
        gettext_lazy("A row is recognised by the sign-in name; one that is new enrols somebody, whose first password you download once after it."),
        gettext_lazy("One posting a row: who has several has several rows. Who is not in the file stays as they are."),
        _WHO_MAY,
    ),
    at_once=50,
    most=20_000,
    names=_NAMES,
)  # fmt: skip
POSTINGS_REGISTER = Register(
    code="postings",
    label=gettext_lazy("Postings"),
    words=gettext_lazy("Who holds which role at which unit, from when to when."),
    sign="id",
    verb=MANAGE,
    list_view="setup:postings",
    parts=(Part("任职", "Postings", POSTINGS),),
    content=content_of_postings,
    choices=choices,
    take=take_postings,
    rules=(
        gettext_lazy("A row is recognised by sign-in name, role and unit. A posting ends by its last day; one that is not in the file stays as it is."),
        _WHO_MAY,
    ),
    most=20_000,
    names=_NAMES,
)  # fmt: skip
