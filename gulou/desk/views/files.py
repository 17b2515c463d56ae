"""Pictures, drafts and borders: what pages of the desk fetch beside themselves."""

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gulou.cases import queries
from gulou.desk.drafts import preview_url, uuid_of
from gulou.desk.shell import reader_of
from gulou.kit.errors import Invalid, NotAllowed
from gulou.kit.words import name_of
from gulou.orders import queries as orders
from gulou.photos import operations as photos
from gulou.photos import queries as files
from gulou.places import queries as places
from gulou.ui.guards import signed_in

DAY = 24 * 3600


@signed_in
@require_GET
def photo(request: HttpRequest, uid: UUID, size: str) -> HttpResponseBase:
    """A picture of a case that the reader sees; the original only for who releases pictures."""
    reader = reader_of(request)
    if size == "original":
        kept = queries.original_seen_by(reader, uid)
        file, mime = files.open_original(kept)
        name = f"{uid}.{mime.rsplit('/', 1)[-1]}"
        answer = FileResponse(file, content_type=mime, as_attachment=True, filename=name)
        answer["Cache-Control"] = "private, no-store"
        return answer
    file, mime = files.open_rendition(queries.photo_for_task(reader, uid), size)
    answer = FileResponse(file, content_type=mime)
    answer["Cache-Control"] = f"private, max-age={DAY}"
    return answer


@signed_in
@require_POST
def stage(request: HttpRequest) -> JsonResponse:
    """Take one photo under a draft, or take it back."""
    reader = reader_of(request)
    if not (queries.may_send_photos(reader) or orders.has_to_answer(reader)):
        raise NotAllowed(
            "photo.not_yours_to_add", _("Your posting only lets you read, so no photo is needed.")
        )
    draft = request.POST.get("draft", "")
    if request.POST.get("discard"):
        uid = uuid_of(request.POST.get("uid", ""))
        if uid is not None:
            photos.discard_photo(uid, draft=draft)
        return JsonResponse({})
    file = request.FILES.get("file")
    if file is None:
        raise Invalid("photo.missing", _("No photo came. Choose it again."), field="photos")
    staged = photos.stage_photo(
        file, draft=draft, by=reader_of(request), captured=request.POST.get("capture", "")
    )
    found = {
        "uid": str(staged.uid),
        "url": preview_url(staged.uid),
        "lat": staged.taken_lat,
        "lon": staged.taken_lon,
        "taken": staged.taken_at.isoformat() if staged.taken_at else None,
    }
    return JsonResponse(
        {key: value for key, value in found.items() if value is not None}, status=201
    )


@signed_in
@require_GET
def draft(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """A photo that waits in a form, for who put it there."""
    photo = files.photo_staged_by(uid, by=reader_of(request))
    file, mime = files.open_rendition(photo, "list")
    answer = FileResponse(file, content_type=mime)
    answer["Cache-Control"] = "private, no-store"
    return answer


@signed_in
@require_GET
def areas(request: HttpRequest) -> HttpResponse:
    """The borders of the district, for maps inside the house."""
    borders = places.border_file(public=False)
    etag = f'"{borders.etag}"'
    if request.headers.get("If-None-Match") == etag:
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(borders.body, content_type="application/geo+json")
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, max-age=60"
    return answer


@signed_in
@require_GET
def named_places(request: HttpRequest) -> JsonResponse:
    """Named places for what somebody types into the search of a pin."""
    found = places.search_places(request.GET.get("q", "")[:60], limit=8)
    return JsonResponse({
        "places": [
            {"name": name_of(one), "area": name_of(one.area) if one.area else "",
             "lat": one.lat, "lon": one.lon}
            for one in found
        ]
    })  # fmt: skip
