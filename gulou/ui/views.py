"""The switches of language and theme, and the gallery of components."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseForbidden,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from gulou.kit import clock
from gulou.ui.context import THEMES
from gulou.ui.gallery import context as samples
from gulou.ui.guards import public

YEAR = 365 * 24 * 3600


@public
@csrf_exempt  # a page that caches keep for everybody holds no token: the origin is looked at
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language that was asked for and go back to the page."""
    if _foreign(request):
        return HttpResponseForbidden()
    answer = _back(request)
    wanted = request.POST.get("language", "")
    if check_for_language(wanted) and wanted in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, wanted, max_age=YEAR, samesite="Lax", httponly=True
        )
    return answer


@public
@csrf_exempt
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark, or forget it to follow the device, and go back to the page."""
    if _foreign(request):
        return HttpResponseForbidden()
    answer = _back(request)
    wanted = request.POST.get("theme", "")
    if wanted in THEMES:
        answer.set_cookie("theme", wanted, max_age=YEAR, samesite="Lax")
    else:
        answer.delete_cookie("theme")
    return answer


def _foreign(request: HttpRequest) -> bool:
    """Whether a page of another site sent this form: browsers say so with every form."""
    origin = request.headers.get("Origin", "")
    return bool(origin) and urlsplit(origin).netloc != request.get_host()


def _back(request: HttpRequest) -> HttpResponse:
    next_url = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        next_url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(next_url if safe else "/")


@public
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component at work. Only where the house shows itself: the demo or a developer's."""
    if not open_to_all():
        raise Http404
    frame = "desk" if "desk" in request.GET else "public"
    return render(request, f"ui/gallery_{frame}.html", samples(clock.now()))


def open_to_all() -> bool:
    """Whether this house shows how it is built."""
    return bool(settings.DEBUG or settings.GULOU.demo)
