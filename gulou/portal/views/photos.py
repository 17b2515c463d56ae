"""Photos on their way in, seen by who sends them; and released ones, seen by all."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from gulou.cases import queries as cases
from gulou.kit.errors import Invalid
from gulou.photos import operations
from gulou.photos import queries as photos
from gulou.portal import drafts, limits
from gulou.portal.limits import limited
from gulou.portal.opened import CASES, opened
from gulou.portal.privacy import private
from gulou.ui.guards import public

if TYPE_CHECKING:
    from gulou.photos.models import Photo

PREVIEW = "list"


@public
@private
@require_POST
def stage(request: HttpRequest) -> HttpResponse:
    """Take in one photo, or one back, for the page's script. Answers JSON."""
    draft = request.POST.get("draft", "")
    if not drafts.well_formed(draft):
        raise Invalid("photo.draft", _("This form is not valid any more. Open it again."))
    response = (
        _discarded(request, draft) if request.POST.get("discard") else _staged(request, draft)
    )
    drafts.hand_out(response, draft)
    return response


def _staged(request: HttpRequest, draft: str) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None:
        raise Invalid("photo.none", _("No photo came with this. Choose it again."), field="photos")
    limits.spend(request, limits.PHOTOS)
    photo = operations.stage_photo(file, draft=draft)
    return JsonResponse(
        {
            "uid": str(photo.uid),
            "url": preview_url(photo.uid),
            "lat": photo.taken_lat,
            "lon": photo.taken_lon,
            "accuracy": photo.taken_accuracy_m,
            "taken": photo.taken_at.isoformat() if photo.taken_at else None,
        },
        status=201,
    )


def _discarded(request: HttpRequest, draft: str) -> HttpResponse:
    discard(request.POST.get("uid", ""), draft)
    return JsonResponse({})


def discard(text: str, draft: str) -> None:
    """Remove a staged photo. What is no id names no photo."""
    try:
        uid = UUID(text)
    except ValueError:
        return
    operations.discard_photo(uid, draft=draft)


def preview_url(uid: UUID) -> str:
    """Where the holder of a draft sees a staged photo."""
    return reverse("portal:preview", args=[uid])


@public
@private
@require_safe
@limited(limits.PICTURES)
def preview(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """A staged photo, for whose browser holds its draft. Nobody else learns that it is there."""
    photo = photos.staged_photo(uid, draft=drafts.held_by(request))
    file, mime = photos.open_rendition(photo, PREVIEW)
    return FileResponse(file, content_type=mime)


@public
@require_safe
@limited(limits.PICTURES)
@opened(*CASES, seconds=60)
def released(request: HttpRequest, uid: UUID, size: str) -> HttpResponseBase:
    """A picture of a released case. It may be withheld again, so caches keep it briefly."""
    return _public(cases.public_photo(uid), size)


@public
@private
@require_safe
@limited(limits.PICTURES)
def tracked(request: HttpRequest, token: str, uid: UUID, size: str) -> HttpResponseBase:
    """A picture that a person has released, for whoever follows a report of its case."""
    return _public(cases.tracked_photo(cases.report_by_token(token), uid), size)


def _public(photo: "Photo", size: str) -> HttpResponseBase:
    file, mime = photos.open_public_rendition(photo, size)
    response = FileResponse(file, content_type=mime)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
