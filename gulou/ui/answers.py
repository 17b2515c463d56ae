"""What programs are answered: rows as JSON without a model for each, and refusals as problems (RFC 9457)."""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from gulou.kit.errors import NotAllowed, Refusal

_encoder = msgspec.json.Encoder()


class Problem(msgspec.Struct, omit_defaults=True):
    """What was refused, in the reader's language; `code` is the same in all of them."""

    title: str
    status: int
    code: str
    field: str = ""
    type: str = "about:blank"


def as_json(content: Any, *, status: int = 200) -> HttpResponse:
    """Anything that msgspec knows: dataclasses, times with their offset, ids."""
    answer = HttpResponse(_encoder.encode(content), content_type="application/json", status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def problem(status: int, code: str, title: Any, *, field: str = "") -> HttpResponse:
    """A refusal."""
    said = Problem(str(title), status, code, field)
    answer = HttpResponse(
        _encoder.encode(said), content_type="application/problem+json", status=status
    )
    answer["Cache-Control"] = "no-store"
    return answer


def refuse_alike(api: NinjaAPI) -> None:
    """Let every refusal of this API be a problem."""

    @api.exception_handler(Refusal)
    def refused(request: HttpRequest, error: Refusal) -> HttpResponse:
        return problem(error.status, error.code, error.message, field=error.field)

    @api.exception_handler(AuthenticationError)
    def stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return problem(401, "api.sign_in", _("Sign in first."))

    @api.exception_handler(ValidationError)
    def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
        field = ".".join(str(part) for part in error.errors[0].get("loc", ())[1:])
        return problem(
            422, "api.malformed", _("A value is missing or of the wrong kind."), field=field
        )

    @api.exception_handler(HttpError)
    def other(request: HttpRequest, error: HttpError) -> HttpResponse:
        if error.status_code == NotAllowed.status:
            return problem(403, "form.expired", _("The CSRF token is missing or old."))
        return problem(error.status_code, "api.malformed", _("This request cannot be understood."))
