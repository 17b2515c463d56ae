"""What the public does not see of a picture: looked at, drawn and taken away."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gulou.cases import operations, queries, states
from gulou.desk.cover_forms import CoversForm
from gulou.desk.shell import page, reader_of
from gulou.kit.errors import NotAllowed, NotFound
from gulou.photos import queries as photos
from gulou.ui.forms import refused_in
from gulou.ui.guards import signed_in

if TYPE_CHECKING:
    from gulou.cases.models import Case
    from gulou.photos.models import Photo


@signed_in
@require_http_methods(["GET", "POST"])
def covers(request: HttpRequest, number: str, uid: UUID) -> HttpResponse:
    """One picture of a case with its covers. Who may release pictures changes them."""
    reader = reader_of(request)
    case = queries.case_seen_by(reader, number)
    if states.RELEASE not in queries.moves_open_to(reader, case):
        raise NotAllowed(
            "access.not_allowed",
            _("Your posting does not let you do this here. Ask the office whom it belongs to."),
        )
    photo = next((one for one in queries.photos_of(case) if one.uid == uid), None)
    if photo is None:
        raise NotFound("photo.not_found", _("There is no such picture."))
    kept = queries.photo_seen_by(reader, uid)
    standing = photos.covers_of(kept)
    form = CoversForm(request.POST or None, standing=standing)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            with refused_in(form) as outcome:
                operations.change_covers(
                    case, uid, by=reader, drawn=form.drawn, removed=form.removed
                )
                messages.success(request, _("Saved. The public copy is made anew in a moment."))
                return redirect("desk:covers", number=number, uid=uid)
            status = outcome.status
    return _page(request, case, kept, form, photo, status)


def _page(
    request: HttpRequest, case: "Case", kept: "Photo", form: CoversForm, photo: object, status: int
) -> HttpResponse:
    return page(
        request,
        "desk/covers.html",
        {"case": case, "photo": photo, "kept": kept, "form": form, "ready": kept.public_uid},
        status=status,
    )
