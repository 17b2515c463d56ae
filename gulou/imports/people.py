"""People and their postings from a table. The same file twice changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from gulou.kit.errors import Invalid
from gulou.people import operations as people
from gulou.people import queries
from gulou.people.models import Posting, Role, Unit, User
from gulou.places.operations import Summary

from .founding import Login, Newcomer, enrol
from .places import File
from .tables import Column, Row, bring_in, read_rows

COLUMNS = (
    Column("username", ("登录名", "账号"), needed=True),
    Column("name", ("display_name", "姓名"), needed=True),
    Column("role", ("角色", "岗位"), needed=True),
    Column("unit_code", ("unit", "单位编码"), needed=True),
    Column("phone", ("电话", "手机")),
    Column("email", ("邮箱",)),
    Column("since", ("起始日期",)),
    Column("until", ("截止日期",)),
)
_CONTACTS = ("phone", "email")


@dataclass
class Enrolled:
    """What came of it, and the first passwords of who is new: they are known here only."""

    summary: Summary
    logins: list[Login] = field(default_factory=list)


def import_people(file: File, *, dry_run: bool = False) -> Enrolled:
    """Add people by their sign-in name and post them, one posting a row; the system acts.

    Empty cells leave what is there. Raises Invalid with rows and columns.
    """
    queries.office()
    take = _People()
    summary = bring_in(read_rows(file, COLUMNS), take, dry_run=dry_run)
    return Enrolled(summary, [] if dry_run else take.logins)


class _People:
    """Takes one row after the other."""

    def __init__(self) -> None:
        self.users = {user.username.casefold(): user for user in User.objects.all()}
        self.units = {unit.code: unit for unit in Unit.objects.all()}
        self.roles = _by_names(Role.objects.all())
        self.logins: list[Login] = []

    def __call__(self, row: Row) -> str:
        role, unit = row.find("role", self.roles), row.find("unit_code", self.units)
        since, until = row.day("since"), row.day("until")
        user, done = self._person(row)
        posted = _post(user, role, unit, since=since, until=until)
        if done == "same" and posted:
            return "changed"
        return done

    def _person(self, row: Row) -> tuple[User, str]:
        username, name = row.need("username"), row.need("name")
        user = self.users.get(username.casefold())
        if user is None:
            contacts = {field: row[field] for field in _CONTACTS}
            user, login = enrol(Newcomer(username, name), **contacts)
            self.users[username.casefold()] = user
            self.logins.append(login)
            return user, "added"
        return self._known(user, row)

    def _known(self, user: User, row: Row) -> tuple[User, str]:
        if not user.is_active:
            words = _("This person's access has been closed.")
            raise Invalid("person.inactive", words, field="username")
        given = {"display_name": row["name"], **{field: row[field] for field in _CONTACTS}}
        if all(text in ("", getattr(user, field)) for field, text in given.items()):
            return user, "same"
        user = people.describe_person(user, by=None, **given)
        self.users[user.username.casefold()] = user
        return user, "changed"


def _post(user: User, role: Role, unit: Unit, *, since: date | None, until: date | None) -> bool:
    """Post the person, unless this posting is held already. Whether anything changed."""
    day = since or queries.today()
    same = Posting.objects.filter(user=user, role=role, unit=unit)
    held = same.filter(Q(until=None) | Q(until__gte=day)).order_by("since").first()
    if held is None:
        people.post_person(user, role=role, unit=unit, by=None, since=since, until=until)
    elif until and until != held.until:
        people.end_posting(held, by=None, until=until)
    else:
        return False
    return True


def _by_names(roles: Iterable[Role]) -> dict[str, Role]:
    """Roles by their code and by both names."""
    return {name: role for role in roles for name in (role.code, role.name_zh, role.name_en)}
