"""What people see when it is not the house's rules that said no: lost pages, a database gone.

The page of a fault stands on nothing: no database, no session, no built file, both languages at
once. So it can be shown whatever is broken.
"""

import errno
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db.utils import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from psycopg import errors as postgres

from gulou.config.refusals import answer
from gulou.kit.errors import NotAllowed, NotFound, Refusal


@dataclass(frozen=True)
class Fault:
    """Something broke. In both languages, for the page that can look up no catalogue."""

    status: int
    code: str
    title_zh: str
    title_en: str
    words_zh: str
    words_en: str
    again_in: int = 0


_KEPT_ZH = "你填写的内容还在浏览器里：按“返回”即可看到，稍后再提交一次。"
_KEPT_EN = "Your browser has kept what you typed: go back, and send it again in a little while."

DATABASE_GONE = Fault(
    503,
    "fault.database",
    "系统暂时无法读写数据",
    "The system cannot reach its records just now",
    f"通常很快就会恢复。{_KEPT_ZH}",
    f"This usually passes quickly. {_KEPT_EN}",
    again_in=15,
)
DISK_FULL = Fault(
    507,
    "fault.storage",
    "系统的存储空间已满",
    "The system has no room left",
    f"没有保存任何内容。请告知管理员腾出空间。{_KEPT_ZH}",
    f"Nothing was saved. Please tell the office that runs this system. {_KEPT_EN}",
    again_in=300,
)
BROKEN = Fault(
    500,
    "fault.broken",
    "系统出了点问题",
    "Something went wrong on our side",
    f"问题已记录。{_KEPT_ZH}",
    f"It has been written down for us to look at. {_KEPT_EN}",
)
MALFORMED = Fault(
    400,
    "fault.malformed",
    "无法理解这个请求",
    "This request cannot be understood",
    "请检查地址，或从首页重新开始。",
    "Check the address, or begin again from the first page.",
)
TOO_LARGE = Fault(
    413,
    "fault.too_large",
    "一次发送的内容太多",
    "This is too much to send at once",
    "最多可发送九张照片，每张不超过 20 MB，合计不超过 200 MB。请返回后少选几张再提交。",
    "At most nine photos of 20 MB each fit, 200 MB together. Go back, choose fewer, and send it "
    "again.",
)


_TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


class PageMissing(NotFound):
    """No page at this address."""


class FormExpired(Refusal):
    """The form's proof of origin is missing or old. Answered with 403."""

    status = 403


def broken(request: HttpRequest) -> HttpResponse:
    """Django calls this while it handles an exception, so the exception can be asked for."""
    return show(request, fault_of(sys.exc_info()[1]))


def malformed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that is not even worth a page of ours, such as an unknown host name, or too long."""
    return show(request, TOO_LARGE if isinstance(exception, _TOO_MUCH) else MALFORMED)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such address, or nothing there for this reader: both look the same."""
    return answer(
        request,
        PageMissing(
            "page.missing",
            _("There is nothing at this address, or it is not for you to see."),
        ),
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Refused by Django itself rather than by one of our rules."""
    return answer(request, NotAllowed("page.forbidden", _("You may not do this.")))


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token: nearly always a page left open for long, or cookies off."""
    words = _(
        "This form was open for too long, you have signed in or out meanwhile, or your browser "
        "blocks cookies. Go back: what you typed is still there. Copy it, open the page anew and "
        "send it from there: only reloading would empty the form."
    )
    return answer(request, FormExpired("form.expired", words))


def fault_of(error: BaseException | None) -> Fault:
    """What an unexpected exception means to the person who met it."""
    for one in _causes(error):
        if isinstance(one, postgres.DiskFull):
            return DISK_FULL
        if isinstance(one, OSError) and one.errno in {errno.ENOSPC, errno.EDQUOT}:
            return DISK_FULL
    if any(isinstance(one, OperationalError | InterfaceError) for one in _causes(error)):
        return DATABASE_GONE
    return BROKEN


def show(request: HttpRequest, fault: Fault) -> HttpResponse:
    """A page that needs nothing, or JSON for who asked for that."""
    response: HttpResponse
    if request.accepts("text/html"):
        nonce = str(getattr(request, "csp_nonce", ""))
        words = render_to_string("ui/down.html", {"fault": fault, "nonce": nonce})
        response = HttpResponse(words, status=fault.status)
    else:
        message = f"{fault.title_zh} {fault.title_en}"
        response = JsonResponse({"code": fault.code, "message": message}, status=fault.status)
    response["Cache-Control"] = "no-store"
    if fault.again_in:
        response["Retry-After"] = str(fault.again_in)
    return response


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
