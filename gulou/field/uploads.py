"""Files in pieces, as tus 1.0 has it (creation, creation-with-upload, termination, checksum,
expiration). The secret of the draft stands in a header, so it is in no log."""

import base64
import hashlib
import tempfile
from typing import IO, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _

from gulou.catalogue import queries as catalogue
from gulou.catalogue.states import ChannelCode
from gulou.kit.errors import Conflict, Invalid, Refusal
from gulou.phones import operations
from gulou.photos.operations import MOST_BYTES
from gulou.photos.told import read as read_told
from gulou.ui import limits
from gulou.ui.answers import problem
from gulou.ui.guards import public

from .who import reader_of

VERSION = "1.0.0"
KIND = "application/offset+octet-stream"
_CHUNK = 64 * 1024
_IN_MEMORY = 1024 * 1024
_COUNTS_ONCE = 2 * 1024 * 1024
"""A photo counts once for every so many bytes announced. The app sends them smaller than that."""


class Mismatch(Refusal):
    """A piece is not what its checksum says. Answered with 460."""

    status = 460


class WrongKind(Refusal):
    status = 415


@public
def uploads(request: HttpRequest) -> HttpResponse:
    """Begin one, perhaps with its first piece."""
    if request.method == "OPTIONS":
        return _told(204)
    if request.method != "POST":
        return _told(405)
    return _answered(request, _begin)


@public
def upload(request: HttpRequest, uid: UUID) -> HttpResponse:
    """How much has come, the next piece, or taking it back."""
    does: Any = {"HEAD": _look, "PATCH": _go_on, "DELETE": _abandon}.get(request.method or "")
    return _answered(request, does, uid) if does else _told(405)


def _answered(request: HttpRequest, does: Any, *given: Any) -> HttpResponse:
    try:
        answer: HttpResponse = does(request, *given)
    except Refusal as error:
        answer = problem(error.status, error.code, error.message, field=error.field)
    return _with_version(answer)


def _begin(request: HttpRequest) -> HttpResponse:
    said = _said(request)
    size = _number(request, "Upload-Length")
    reader = reader_of(request)
    if reader is None:
        catalogue.require_channel(ChannelCode.FIELD)
    try:
        uid = UUID(said.get("uid", ""))
    except ValueError:
        raise Invalid("upload.uid", _("A value is missing."), field="uid") from None
    if said.get("kind", "photo") != "photo":
        raise Invalid("upload.kind", _("Only photos are taken here."), field="kind")
    for _count in range(1 + min(size, MOST_BYTES) // _COUNTS_ONCE):
        limits.spend(request, limits.PHOTOS)
    found = operations.begin_upload(
        uid, draft=_draft(request), size=size, sha256=said.get("sha256", ""),
        capture=said.get("capture", ""), told=read_told(said), by=reader,
    )  # fmt: skip
    if request.content_type == KIND and found.offset == 0:
        found = _take(request, uid, 0)
    answer = _state(found, 201)
    answer["Location"] = request.build_absolute_uri(reverse("field:upload", args=[uid]))
    return answer


def _look(request: HttpRequest, uid: UUID) -> HttpResponse:
    found = operations.upload_of(uid, draft=_draft(request))
    answer = _state(found, 200)
    answer["Upload-Length"] = str(found.size)
    return answer


@limits.limited(limits.PIECES)
def _go_on(request: HttpRequest, uid: UUID) -> HttpResponse:
    if request.content_type != KIND:
        raise WrongKind("upload.kind", _("Send it as application/offset+octet-stream."))
    return _state(_take(request, uid, _number(request, "Upload-Offset")), 204)


def _abandon(request: HttpRequest, uid: UUID) -> HttpResponse:
    operations.abandon_upload(uid, draft=_draft(request))
    return HttpResponse(status=204)


def _take(request: HttpRequest, uid: UUID, offset: int) -> Any:
    """What came of a piece is kept also where the network broke off in the middle of it."""
    draft = _draft(request)
    before = operations.upload_of(uid, draft=draft)
    if before.offset != offset:
        raise Conflict("upload.offset", _("Another piece comes next."))
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as piece:
        size, digest = _read(request, piece, before.size - offset)
        _check_sum(request, digest)
        piece.seek(0)
        return operations.take_piece(uid, draft=draft, offset=offset, content=piece, size=size)


def _read(request: HttpRequest, piece: IO[bytes], most: int) -> tuple[int, bytes]:
    """Without a lock and outside a transaction: a phone may be slow."""
    digest, size = hashlib.sha256(), 0
    while size <= most:
        try:
            chunk = request.read(_CHUNK)
        except OSError:
            break
        if not chunk:
            break
        size += len(chunk)
        digest.update(chunk)
        piece.write(chunk)
    return size, digest.digest()


def _check_sum(request: HttpRequest, digest: bytes) -> None:
    said = request.headers.get("Upload-Checksum", "")
    if not said:
        return
    kind, _space, value = said.partition(" ")
    if kind != "sha256":
        raise Invalid("upload.checksum", _("Only sha256 is understood."))
    if value != base64.b64encode(digest).decode():
        raise Mismatch("upload.checksum", _("This piece was changed on its way. Send it again."))


def _said(request: HttpRequest) -> dict[str, str]:
    """Upload-Metadata: names and values in base64, separated by commas."""
    said = {}
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        name, _space, value = pair.strip().partition(" ")
        try:
            said[name] = base64.b64decode(value, validate=True).decode()
        except ValueError:
            raise Invalid("upload.metadata", _("This request cannot be understood.")) from None
    return said


def _number(request: HttpRequest, name: str) -> int:
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise Invalid("upload.header", _("A value is missing."), field=name)
    return int(text)


def _draft(request: HttpRequest) -> str:
    return request.headers.get("X-Gulou-Draft", "")


def _state(found: Any, status: int) -> HttpResponse:
    answer = HttpResponse(status=status)
    answer["Upload-Offset"] = str(found.offset)
    answer["Upload-Expires"] = http_date(found.expires_at.timestamp())
    return answer


def _told(status: int) -> HttpResponse:
    return _with_version(HttpResponse(status=status))


def _with_version(answer: HttpResponse) -> HttpResponse:
    answer["Tus-Resumable"] = answer["Tus-Version"] = VERSION
    answer["Tus-Extension"] = "creation,creation-with-upload,termination,checksum,expiration"
    answer["Tus-Checksum-Algorithm"] = "sha256"
    answer["Tus-Max-Size"] = str(MOST_BYTES)
    answer["Cache-Control"] = "no-store"
    return answer
