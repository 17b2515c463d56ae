"""Providers for the office, and how each of their messages does."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gulou.cases.family import reports_of_family
from gulou.catalogue.states import MANAGE
from gulou.kit.errors import NotFound
from gulou.kit.sealing import keyed_digest
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User

from . import at_hand, words
from .at_hand import ProviderRef
from .models import Follower, Missive, Provider, Silenced
from .states import SERVICE, Code, Setting, settings_of

__all__ = ["MANAGE", "Code", "Setting", "settings_of"]


@dataclass(frozen=True)
class ProviderSeen:
    """A provider for the office: all but its secrets, of which only the names are told."""

    code: str
    label: str
    set_up: bool
    in_use: bool
    settings: Mapping[str, Any]
    secrets: frozenset[str]
    unreadable: bool
    error: str
    again_at: datetime | None
    waiting: int
    failed: int
    silenced: int
    following: int
    last: Missive | None

    @property
    def last_words(self) -> str:
        """What became of the last message."""
        return words.why(self.last.error) if self.last is not None and self.last.error else ""


def in_use(code: str) -> bool:
    """Whether the office uses this provider. Free."""
    return at_hand.provider(code) is not None


def tells_by_sms(what: str) -> bool:
    """Whether reporters are told this by SMS. Free."""
    sms = at_hand.provider(Code.SMS)
    return sms is not None and what in sms.settings["tells"]


def tells_followers(what: str) -> bool:
    """Whether who follows a report is told this by the official account. Free."""
    account = at_hand.provider(Code.ACCOUNT)
    if account is None or account.settings["kind"] != SERVICE:
        return False
    return what in account.settings["tells"] and bool(account.settings["template_id"])


def followed_of(case_uid: UUID, what: str) -> set[int]:
    """The reports of a case, and of those merged into it, that somebody follows in WeChat and is
    told this of. Free where nobody is told it there."""
    if not tells_followers(what):
        return set()
    reports = reports_of_family(case_uid)
    found = Follower.objects.filter(report__in=reports, ended_at=None)
    return set(found.values_list("report_id", flat=True))


def account_name() -> str:
    """What the official account is called in WeChat; "" where there is none. Free."""
    found = at_hand.provider(Code.ACCOUNT)
    return str(found.settings["name"]) if found else ""


def digest_of(number: str) -> str:
    """What a mobile number is known again by."""
    return keyed_digest(f"sms:{number}")


def wants_none(number: str) -> bool:
    """Whether this mobile number has answered that it wants no SMS."""
    return Silenced.objects.filter(pk=digest_of(number)).exists()


def who_want_none(numbers: Collection[str]) -> set[str]:
    """Those of these mobile numbers that have answered that they want no SMS."""
    digests = {digest_of(one): one for one in numbers}
    found = Silenced.objects.filter(pk__in=digests).values_list("pk", flat=True)
    return {digests[one] for one in found} if digests else set()


def ref_of(code: str) -> ProviderRef | None:
    """The provider itself, if it is in use: for who sends. Free."""
    return at_hand.provider(code)


def all_providers(user: User) -> Sequence[ProviderSeen]:
    """Every provider there is, set up or not. Raises NotAllowed."""
    access.require(user, MANAGE, unit_id=people.office().id)
    return [_seen(code) for code in Code.values]


def provider_seen(user: User, code: str) -> ProviderSeen:
    """One provider. Raises NotAllowed, NotFound."""
    access.require(user, MANAGE, unit_id=people.office().id)
    if code not in Code.values:
        raise NotFound("provider.not_found", _("There is no such provider."))
    return _seen(code)


def _seen(code: str) -> ProviderSeen:
    from_first = {one.name: one.default for one in settings_of(code) if not one.secret}
    row = Provider.objects.filter(code=code).first() or Provider(code=code)
    secrets, unreadable = frozenset[str](), False
    try:
        secrets = frozenset(at_hand.secrets_of(row.sealed))
    except ValueError:
        unreadable = True
    missives = Missive.objects.filter(provider__code=code)
    return ProviderSeen(
        code=code, label=str(Code(code).label), set_up=bool(row.settings), in_use=row.in_use,
        settings=from_first | row.settings, secrets=secrets, unreadable=unreadable,
        error=words.why(row.error) if row.error else "", again_at=row.paused_until,
        waiting=missives.filter(sent_at=None, set_aside_at=None).count(),
        failed=missives.filter(set_aside_at__isnull=False).exclude(error="closed").count(),
        silenced=Silenced.objects.count() if code == Code.SMS else 0,
        following=Follower.objects.filter(ended_at=None).count() if code == Code.ACCOUNT else 0,
        last=missives.order_by("-id").first(),
    )  # fmt: skip
