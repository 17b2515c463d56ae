"""allauth's forms in the office's words. They check; the adapter and the operations decide."""

from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.core import context
from allauth.mfa import app_settings as mfa
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from . import operations


class SignInForm(LoginForm):  # type: ignore[misc]
    """The name and the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, "login", _("Sign-in name"), autofocus=True, autocapitalize="none")
        _say(self, "password", _("Password"))


class NewPasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """The present password, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, "oldpassword", _("Present password"))
        _say(self, "password1", _("New password"))
        self.fields["password1"].help_text = " ".join(password_validators_help_texts())
        _say(self, "password2", _("New password once more"))


class ConfirmForm(ReauthenticateForm):  # type: ignore[misc]
    """The password again, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, "password", _("Password"), autofocus=True)


class _CodeOnce(forms.Form):
    """A code counts once for as long as it would be accepted, and wrong ones are on the record.

    allauth remembers a used code for one period only, but with tolerance it is good for three.
    """

    user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, "code", _("One-time code"), inputmode="numeric", autofocus=True)

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()  # type: ignore[misc]
            self._use(code)
        except ValidationError as error:
            if error.code == "incorrect_code":
                operations.note_failed_sign_in(self.user, address=_address(), step="code")
            raise
        return code

    def _use(self, code: str) -> None:
        seconds = mfa.TOTP_PERIOD * (2 * mfa.TOTP_TOLERANCE + 1)
        digits = "".join(filter(str.isalnum, code))
        if not cache.add(f"people.code:{self.user.pk}:{digits}", "used", timeout=seconds):
            raise get_mfa_adapter().validation_error("incorrect_code")


class CodeForm(_CodeOnce, AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in: a one-time code or a recovery code."""


class ConfirmByCodeForm(_CodeOnce, ReauthenticateByCodeForm):  # type: ignore[misc]
    """The code again, before something that matters."""


class SetUpCodeForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code proves that the telephone has the secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, "code", _("One-time code"), inputmode="numeric")


def _say(form: forms.Form, name: str, label: Any, **attrs: Any) -> None:
    field = form.fields[name]
    field.label = label
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)


def _address() -> str:
    return str(get_account_adapter().get_client_ip(context.request))
