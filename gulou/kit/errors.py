"""Refusals: what the house says no to, in one vocabulary.

A refusal carries a stable code for machines and a sentence for people: what happened and what to
do next. The sentence may be lazily translated. The faces turn it into a page, a toast or JSON.
"""

from typing import Any


class Refusal(Exception):
    """A rule of the domain said no. Answered with 409."""

    status = 409

    def __init__(self, code: str, message: Any, *, field: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class Invalid(Refusal):
    """What was given cannot be used; `field` names where. Answered with 422."""

    status = 422


class NotFound(Refusal):
    """There is no such thing, or the reader may not know of it. Answered with 404."""

    status = 404


class NotAllowed(Refusal):
    """The actor sees the thing but does not hold the verb. Answered with 403."""

    status = 403


class Conflict(Refusal):
    """The thing has changed meanwhile, or the same id came with other content. 409."""


class TooMany(Refusal):
    """Too many tries for now. Answered with 429."""

    status = 429
