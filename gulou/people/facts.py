"""What happened to units, roles and people. Units and people are named by their uid."""

from dataclasses import dataclass
from typing import ClassVar

from gulou.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class UnitCreated(Fact):
    name: ClassVar[str] = "unit.created"
    code: str
    kind: str
    parent: str


@dataclass(frozen=True, kw_only=True)
class UnitMoved(Fact):
    name: ClassVar[str] = "unit.moved"
    old_parent: str
    new_parent: str


@dataclass(frozen=True, kw_only=True)
class UnitRenamed(Fact):
    name: ClassVar[str] = "unit.renamed"
    name_zh: str
    name_en: str
    name_zh_before: str = ""
    name_en_before: str = ""


@dataclass(frozen=True, kw_only=True)
class UnitDescribed(Fact):
    """Its contacts are in its row; what they were, in a row of Earlier."""

    name: ClassVar[str] = "unit.described"
    area_id: int | None
    area_id_before: int | None = None


@dataclass(frozen=True, kw_only=True)
class UnitDissolved(Fact):
    name: ClassVar[str] = "unit.dissolved"


@dataclass(frozen=True, kw_only=True)
class UnitReinstated(Fact):
    """It was dissolved, and is in use again."""

    name: ClassVar[str] = "unit.reinstated"


@dataclass(frozen=True, kw_only=True)
class LeaderSet(Fact):
    """The name is in the leading group's row, which may be erased."""

    name: ClassVar[str] = "unit.leader_set"
    leadership_id: int
    duty: str
    since: str


@dataclass(frozen=True, kw_only=True)
class LeaderWithdrawn(Fact):
    """It was a mistake to name them: who held the duty before holds it again."""

    name: ClassVar[str] = "unit.leader_withdrawn"
    leadership_id: int
    duty: str


@dataclass(frozen=True, kw_only=True)
class LeaderEnded(Fact):
    """Nobody holds the duty after this day."""

    name: ClassVar[str] = "unit.leader_ended"
    leadership_id: int
    duty: str
    until: str


@dataclass(frozen=True, kw_only=True)
class RoleDefined(Fact):
    name: ClassVar[str] = "role.defined"
    code: str
    verbs: list[str]
    reaches_below: bool
    second_factor: bool
    name_zh: str = ""
    name_en: str = ""


@dataclass(frozen=True, kw_only=True)
class PersonEnrolled(Fact):
    name: ClassVar[str] = "person.enrolled"


@dataclass(frozen=True, kw_only=True)
class PersonDescribed(Fact):
    """Name and contacts are in the person's row; what they were, in a row of Earlier."""

    name: ClassVar[str] = "person.described"


@dataclass(frozen=True, kw_only=True)
class PersonDeactivated(Fact):
    name: ClassVar[str] = "person.deactivated"


@dataclass(frozen=True, kw_only=True)
class PersonReactivated(Fact):
    name: ClassVar[str] = "person.reactivated"


@dataclass(frozen=True, kw_only=True)
class PostingStarted(Fact):
    """Dates are YYYY-MM-DD, both included; an empty `until` means: no end is known."""

    name: ClassVar[str] = "posting.started"
    posting_id: int
    role: str
    unit: str
    since: str
    until: str


@dataclass(frozen=True, kw_only=True)
class PostingEnded(Fact):
    name: ClassVar[str] = "posting.ended"
    posting_id: int
    until: str
    until_before: str = ""


@dataclass(frozen=True, kw_only=True)
class PostingReopened(Fact):
    """It ends with `until` after all; empty: no end is known."""

    name: ClassVar[str] = "posting.reopened"
    posting_id: int
    until: str


@dataclass(frozen=True, kw_only=True)
class PostingWithdrawn(Fact):
    """It never held: it had not begun before the day on which it was taken back."""

    name: ClassVar[str] = "posting.withdrawn"
    posting_id: int
    role: str
    unit: str
    since: str
    until: str


@dataclass(frozen=True, kw_only=True)
class LeaderAttached(Fact):
    """包街镇: told of the leader."""

    name: ClassVar[str] = "leader.attached"
    attachment_id: int
    unit: str
    since: str
    until: str


@dataclass(frozen=True, kw_only=True)
class LeaderDetached(Fact):
    name: ClassVar[str] = "leader.detached"
    attachment_id: int
    until: str
    until_before: str = ""


@dataclass(frozen=True, kw_only=True)
class LeaderReattached(Fact):
    """It ends with `until` after all; empty: no end is known."""

    name: ClassVar[str] = "leader.reattached"
    attachment_id: int
    until: str


@dataclass(frozen=True, kw_only=True)
class AttachmentWithdrawn(Fact):
    """It had not begun before the day on which it was taken back."""

    name: ClassVar[str] = "leader.withdrawn"
    attachment_id: int
    unit: str
    since: str
    until: str


@dataclass(frozen=True, kw_only=True)
class SignedIn(Fact):
    """`second_factor` is "", "totp", "webauthn" or "recovery_codes"; `method` is "password",
    "passkey", "openid_connect", "weixin" or "phone"."""

    name: ClassVar[str] = "person.signed_in"
    address: str
    second_factor: str
    method: str = "password"


@dataclass(frozen=True, kw_only=True)
class SignInFailed(Fact):
    """`step` is "password", "code" or "openid_connect"."""

    name: ClassVar[str] = "person.sign_in_failed"
    address: str
    step: str


@dataclass(frozen=True, kw_only=True)
class LockedOut(Fact):
    name: ClassVar[str] = "person.locked_out"
    address: str
    step: str


@dataclass(frozen=True, kw_only=True)
class SignedOut(Fact):
    """`reason` is "asked", "idle" or "limit"; "elsewhere" (ended from another device), "forced" (by
    the office), "closed" (access), "left" (no posting any more) or "password" (reset)."""

    name: ClassVar[str] = "person.signed_out"
    reason: str


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Fact):
    name: ClassVar[str] = "password.changed"


@dataclass(frozen=True, kw_only=True)
class PasswordReset(Fact):
    """Somebody else set it; its owner changes it at the next sign-in."""

    name: ClassVar[str] = "password.reset"


@dataclass(frozen=True, kw_only=True)
class SecondFactorEnabled(Fact):
    """`kind` is "totp" or "webauthn" (a passkey)."""

    name: ClassVar[str] = "second_factor.enabled"
    kind: str = "totp"


@dataclass(frozen=True, kw_only=True)
class SecondFactorRemoved(Fact):
    """`kind` as above; "" where the office removed all."""

    name: ClassVar[str] = "second_factor.removed"
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class AccountLinked(Fact):
    """A sign-in elsewhere (the city's, or WeChat) opens this person's door."""

    name: ClassVar[str] = "account.linked"


@dataclass(frozen=True, kw_only=True)
class AccountUnlinked(Fact):
    name: ClassVar[str] = "account.unlinked"


@dataclass(frozen=True, kw_only=True)
class RecoveryCodesRenewed(Fact):
    name: ClassVar[str] = "recovery_codes.renewed"
