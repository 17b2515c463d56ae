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


@dataclass(frozen=True, kw_only=True)
class UnitDescribed(Fact):
    """Its contacts are in its row."""

    name: ClassVar[str] = "unit.described"
    area_id: int | None


@dataclass(frozen=True, kw_only=True)
class UnitDissolved(Fact):
    name: ClassVar[str] = "unit.dissolved"


@dataclass(frozen=True, kw_only=True)
class LeaderSet(Fact):
    """The name is in the leading group's row, which may be erased."""

    name: ClassVar[str] = "unit.leader_set"
    leadership_id: int
    duty: str
    since: str


@dataclass(frozen=True, kw_only=True)
class RoleDefined(Fact):
    name: ClassVar[str] = "role.defined"
    code: str
    verbs: list[str]
    reaches_below: bool
    second_factor: bool


@dataclass(frozen=True, kw_only=True)
class PersonEnrolled(Fact):
    name: ClassVar[str] = "person.enrolled"


@dataclass(frozen=True, kw_only=True)
class PersonDescribed(Fact):
    """Name and contacts are in the person's row."""

    name: ClassVar[str] = "person.described"


@dataclass(frozen=True, kw_only=True)
class PersonDeactivated(Fact):
    name: ClassVar[str] = "person.deactivated"


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


@dataclass(frozen=True, kw_only=True)
class SignedIn(Fact):
    """`second_factor` is "", "totp" or "recovery_codes"."""

    name: ClassVar[str] = "person.signed_in"
    address: str
    second_factor: str


@dataclass(frozen=True, kw_only=True)
class SignInFailed(Fact):
    """`step` is "password" or "code"."""

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
    """`reason` is "asked", "idle" or "limit"."""

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
    name: ClassVar[str] = "second_factor.enabled"


@dataclass(frozen=True, kw_only=True)
class SecondFactorRemoved(Fact):
    name: ClassVar[str] = "second_factor.removed"


@dataclass(frozen=True, kw_only=True)
class RecoveryCodesRenewed(Fact):
    name: ClassVar[str] = "recovery_codes.renewed"
