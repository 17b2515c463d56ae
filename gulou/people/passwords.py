"""Password rules in the spirit of graded protection level 2, and how passwords are hashed."""

import unicodedata

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .models import PastPassword, User

# Together with the present one: the last five passwords are not used again.
REMEMBERED = 4


class Argon2(Argon2PasswordHasher):
    """46 MiB and one lane (OWASP 2025): Django's 100 MiB on eight lanes would let a handful of
    parallel sign-ins fill a small server."""

    time_cost = 2
    memory_cost = 47104
    parallelism = 1


class LongEnough(MinimumLengthValidator):
    """Django's rule in the office's words."""

    def get_help_text(self) -> str:
        return _("At least %(count)d characters.") % {"count": self.min_length}


class NotCommon(CommonPasswordValidator):
    """Django's rule in the office's words."""

    def get_help_text(self) -> str:
        return _("None of the passwords that many people use.")


class CharacterClasses:
    """Three of: small letters, capital letters, digits, everything else."""

    needed = 3

    @staticmethod
    def count(password: str) -> int:
        """How many of the four classes occur. A letter without case (汉) counts as "else"."""
        tests = (str.islower, str.isupper, str.isdigit)
        classes = {
            next((place for place, test in enumerate(tests) if test(character)), len(tests))
            for character in password
        }
        return len(classes)

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if self.count(password) < self.needed:
            raise ValidationError(self.get_help_text(), code="password_too_few_classes")

    def get_help_text(self) -> str:
        return _("Use at least three of: small letters, capital letters, digits, other characters.")


class NotTheName:
    """The name of the person, forwards or backwards, is the first thing to be tried."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if not isinstance(user, User):
            return
        plain = _plain(password)
        names = {_plain(user.username), _plain(user.display_name), _plain(user.phone)}
        telling = [n for n in names if len(n) > (2 if n.isascii() else 1)]
        if any(n in plain or n[::-1] in plain for n in telling):
            raise ValidationError(self.get_help_text(), code="password_contains_name")

    def get_help_text(self) -> str:
        return _("Do not use your name, your sign-in name or your telephone number in it.")


class NotRecent:
    """None of the last five."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if not isinstance(user, User) or user.pk is None:
            return
        past = PastPassword.objects.filter(user=user).order_by("-replaced_at", "-pk")
        hashes = [user.password, *past.values_list("password", flat=True)[:REMEMBERED]]
        if any(check_password(password, encoded) for encoded in hashes):
            raise ValidationError(self.get_help_text(), code="password_used_before")

    def get_help_text(self) -> str:
        return _("Do not use any of your last five passwords again.")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
