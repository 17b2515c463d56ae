"""Who can sign in to the demonstration district. Printed at the start; no models here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Login:
    """One made-up person: what they do, in both languages, and how to be them."""

    role_zh: str
    role_en: str
    username: str
    password: str


def logins() -> list[Login]:
    """One person for every role that the demonstration shows, the dispatcher first."""
    return []
