"""What people's desks tell the house. Ids and digests, never words of people."""

from dataclasses import dataclass
from typing import ClassVar

from gulou.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class ColleagueMentioned(Fact):
    """On the case: a note asked somebody to look. `note` is the id of its words."""

    name: ClassVar[str] = "case.mentioned"
    person: str
    note: int


@dataclass(frozen=True, kw_only=True)
class MentionAnswered(Fact):
    """Of who asked: whom they asked to look at a case has answered, or says that it is settled."""

    name: ClassVar[str] = "mention.answered"
    case: str
    mention: int


@dataclass(frozen=True, kw_only=True)
class TemplateSet(Fact):
    """A text to answer with, made or changed. `title` is told of the office's own only."""

    name: ClassVar[str] = "template.set"
    title: str
    move: str
    language: str
    words: int
    words_digest: str


@dataclass(frozen=True, kw_only=True)
class TemplateRetired(Fact):
    name: ClassVar[str] = "template.retired"


@dataclass(frozen=True, kw_only=True)
class TemplateRestored(Fact):
    name: ClassVar[str] = "template.restored"


@dataclass(frozen=True, kw_only=True)
class CaseFollowed(Fact):
    name: ClassVar[str] = "subscription.started"
    case: str


@dataclass(frozen=True, kw_only=True)
class CaseUnfollowed(Fact):
    name: ClassVar[str] = "subscription.ended"
    case: str


@dataclass(frozen=True, kw_only=True)
class FollowerOwed(Fact):
    """The case has changed, from one fact of it to another: tell who follows it."""

    name: ClassVar[str] = "subscription.owed"
    case: str
    since: int
    until: int
