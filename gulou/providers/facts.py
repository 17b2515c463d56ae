"""What the setting up of providers tells the house. No secret and no number is in a fact."""

from dataclasses import dataclass
from typing import ClassVar

from gulou.kit.facts import Fact

Plain = dict[str, str | int | bool | list[str]]


@dataclass(frozen=True, kw_only=True)
class ProviderSet(Fact):
    """What the office tells of a provider was changed. `secrets`: names of those that are new."""

    name: ClassVar[str] = "provider.set"
    before: Plain
    after: Plain
    secrets: list[str]


@dataclass(frozen=True, kw_only=True)
class ProviderOpened(Fact):
    name: ClassVar[str] = "provider.opened"


@dataclass(frozen=True, kw_only=True)
class ProviderClosed(Fact):
    name: ClassVar[str] = "provider.closed"


@dataclass(frozen=True, kw_only=True)
class ProviderTried(Fact):
    """Somebody had a trial message sent."""

    name: ClassVar[str] = "provider.tried"
    missive: int


@dataclass(frozen=True, kw_only=True)
class MissiveResent(Fact):
    """Somebody had a message that was set aside sent again."""

    name: ClassVar[str] = "provider.missive_resent"
    missive: int
