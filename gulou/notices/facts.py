"""What the setting up of channels tells the house. A robot's key is in no fact."""

from dataclasses import dataclass
from typing import ClassVar

from gulou.kit.facts import Fact

Plain = dict[str, str | int | bool | list[str] | None]


@dataclass(frozen=True, kw_only=True)
class RobotSet(Fact):
    """A group robot was added or changed. `key_changed`: it has another address."""

    name: ClassVar[str] = "robot.set"
    before: Plain
    after: Plain
    key_changed: bool = False


@dataclass(frozen=True, kw_only=True)
class RobotRetired(Fact):
    name: ClassVar[str] = "robot.retired"


@dataclass(frozen=True, kw_only=True)
class RobotRestored(Fact):
    name: ClassVar[str] = "robot.restored"


@dataclass(frozen=True, kw_only=True)
class ParcelResent(Fact):
    """Somebody had a message that was set aside sent again."""

    name: ClassVar[str] = "robot.parcel_resent"
    parcel: int


@dataclass(frozen=True, kw_only=True)
class LetterResent(Fact):
    """Of the person or the unit it is for: a message that was set aside was sent again."""

    name: ClassVar[str] = "letter.resent"
    letter: int


@dataclass(frozen=True, kw_only=True)
class TellingSet(Fact):
    """The office set how people are told who say nothing, and what they cannot choose.

    `by_kind` is a list of "kind channel when".
    """

    name: ClassVar[str] = "telling.set"
    before: Plain
    after: Plain


@dataclass(frozen=True, kw_only=True)
class DeviceAdded(Fact):
    """A browser of a person takes notices: through which service, and no more of its address."""

    name: ClassVar[str] = "device.added"
    person: str
    service: str


@dataclass(frozen=True, kw_only=True)
class DeviceRemoved(Fact):
    """It takes none any more. `why`: the person removed it, its service says so, or it is another's."""

    name: ClassVar[str] = "device.removed"
    why: str
