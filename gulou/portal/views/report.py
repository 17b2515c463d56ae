"""Reporting a problem: one page that keeps everything until it has been received."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from gulou.cases import queries as cases
from gulou.cases.operations import ContactDetails, Snap, receive_report
from gulou.catalogue import queries as catalogue
from gulou.catalogue.queries import CategoryRef
from gulou.kit import clock
from gulou.kit.errors import Conflict, Refusal
from gulou.kit.words import clean, name_of
from gulou.photos import operations as photo_operations
from gulou.photos import queries as photos
from gulou.portal import drafts, limits
from gulou.portal.forms import ReportForm
from gulou.portal.hints import Hints, all_shown, hints_for
from gulou.portal.limits import limited
from gulou.portal.pins import Pin, pin_in, pin_of, pin_of_photos, snapped_at
from gulou.portal.privacy import private
from gulou.ui.forms import refused_in
from gulou.ui.guards import public

from .photos import discard, preview_url
from .places import area_of, found_for

if TYPE_CHECKING:
    from gulou.cases.models import Report
    from gulou.photos.models import Photo

SEND, ENTER, FIND_PLACE, FIND_CATEGORY = "send", "enter", "find_place", "find_category"
COMMON = 16
FOUND, GUESSED = 8, 4
# What an operation calls it, and where the form shows it.
FIELDS = {"snapped_at": "photos", "accuracy_m": "place", "lat": "place", "lon": "place"}


@dataclass
class Sheet:
    """What the page shows beside its fields. It lives as long as one request."""

    draft: str
    client_id: Any
    photos: Sequence["Photo"] = ()
    pin: Pin | None = None
    hints: Hints = field(default_factory=Hints)
    found_places: list[Pin] = field(default_factory=list)
    place_q: str = ""
    searched: bool = False
    category_q: str = ""
    found_categories: Sequence[CategoryRef] = ()
    client_sent: Any = None
    """The id under which it may have been sent already."""
    before: "Report | None" = None
    """The same, where the form was changed since."""
    stop: bool = False
    """Whether the hints have stopped the sending, to be seen once."""

    @cached_property
    def sent(self) -> "Report | None":
        """What this form has become already, when it comes a second time."""
        return cases.report_sent_as(self.client_sent) if self.client_sent else None

    @property
    def waiting(self) -> list["Photo"]:
        """The photos that went with no report yet."""
        return [photo for photo in self.photos if photo.kept_at is None]

    @property
    def gone(self) -> int:
        """How many went with a report already: those stay with it."""
        return len(self.photos) - len(self.waiting)


@public
@private
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form, and its sending. Works without a script."""
    draft = drafts.draft_of(request)
    response = _posted(request, draft) if request.method == "POST" else _fresh(request, draft)
    drafts.hand_out(response, draft)
    return response


@public
@private
@require_POST
@limited(limits.LOOKUPS)
def check(request: HttpRequest) -> HttpResponse:
    """What is known already about what is being typed: refreshes a part of the page."""
    form = ReportForm(request.POST)
    form.is_valid()
    data = form.cleaned_data
    staged = photos.staged_photos(drafts.draft_of(request)) if "photo" in request.POST else ()
    hints = hints_for(
        pin_of(form, ()), data.get("category"), data.get("words") or "",
        data.get("address") or "", staged,
    )  # fmt: skip
    joins = data.get("joins")
    return render(request, "portal/_checked.html", {"hints": hints, "joins": str(joins or "")})


@public
@private
@require_POST
@limited(limits.LOOKUPS)
def categories(request: HttpRequest) -> HttpResponse:
    """Categories for what was typed: refreshes a part of the page."""
    chosen = clean(request.POST.get("category", ""))
    text = clean(request.POST.get("category_q", ""))
    words = clean(request.POST.get("words", ""))
    found = _categories_for(text) if text else _categories_for(words, GUESSED)
    return render(
        request,
        "portal/_found_categories.html",
        {"found": _with_chosen(found, chosen), "chosen": chosen, "searched": bool(text)},
    )


def _fresh(request: HttpRequest, draft: str) -> HttpResponse:
    web = catalogue.channel("web")
    if not web.is_open:
        told = {"web": web, "hotline": catalogue.channel("hotline")}
        return render(request, "portal/closed.html", told)
    staged = photos.staged_photos(draft)
    form = ReportForm(initial={"category": request.GET.get("category", "")})
    sheet = Sheet(draft, uuid4(), staged, pin_of_photos(staged))
    return _page(request, form, sheet)


def _posted(request: HttpRequest, draft: str) -> HttpResponse:
    form = ReportForm(request.POST)
    form.is_valid()
    new, refused = _stage_chosen(request, draft)
    discard(request.POST.get("discard", ""), draft)
    uids = [*_uids(request.POST.getlist("photo")), *(photo.uid for photo in new)]
    client_sent = form.cleaned_data.get("client_id")
    sheet = Sheet(draft, _client_id(request), client_sent=client_sent)
    sheet.photos = _chosen(uids, sheet)
    sheet.pin = pin_of(form, sheet.photos)
    asked = _asked(request)
    if asked != SEND:
        return _looked_up(request, sheet, asked, refused)
    if refused:
        form.add_error("photos", [str(words) for words in refused])
    response = _send(request, form, sheet, uids)
    if response.status_code == HTTPStatus.FOUND:
        # A file that came a second time with a form received before waits for nothing.
        for photo in new:
            photo_operations.discard_photo(photo.uid, draft=draft)
    return response


def _send(
    request: HttpRequest, form: ReportForm, sheet: Sheet, uids: Sequence[UUID]
) -> HttpResponse:
    if sheet.pin is None:
        form.add_error(
            "place",
            _(
                "Say where it is: by your location, on the map, by a name, or with a photo that knows its place."
            ),
        )
    if sheet.pin is None or not form.is_valid():
        return _page(request, form, sheet, status=422)
    data = form.cleaned_data
    known = sheet.pin, data["category"], data["words"], data["address"], sheet.photos
    shown = request.POST.getlist("asked")
    if not all_shown(shown):
        sheet.hints = hints_for(*known)
        if sheet.hints.new_to(shown) and sheet.sent is None:
            sheet.stop = True
            return _page(request, form, sheet)
    with refused_in(form, fields=FIELDS) as outcome:
        return _received(request, sheet, _snap(form, sheet, sheet.pin, uids))
    sheet.hints = hints_for(*known)
    if isinstance(outcome.refusal, Conflict):
        return _in_conflict(request, form, sheet)
    return _page(request, form, sheet, status=outcome.status)


def _received(request: HttpRequest, sheet: Sheet, snap: Snap) -> HttpResponse:
    """Take it in within the limit of its network. What was received before does not count."""
    if sheet.sent is not None:
        return redirect("portal:receipt", token=receive_report(snap).token)
    begun = clock.now()
    with limits.spent(request, limits.REPORTS):
        received = receive_report(snap)
    if received.received_at < begun:
        limits.give_back(request, limits.REPORTS)
    return redirect("portal:receipt", token=received.token)


def _snap(form: ReportForm, sheet: Sheet, pin: Pin, uids: Sequence[UUID]) -> Snap:
    data = form.cleaned_data
    return Snap(
        client_id=data["client_id"], category_id=data["category"], lat=pin.lat, lon=pin.lon,
        accuracy_m=pin.accuracy_m, words=data["words"], address=data["address"] or pin.name,
        photos=tuple(uids), draft=sheet.draft, snapped_at=snapped_at(sheet.photos),
        language=get_language() or "", joins=data["joins"],
        contact=ContactDetails(name=data["name"], phone=data["phone"], email=data["email"]),
    )  # fmt: skip


def _in_conflict(request: HttpRequest, form: ReportForm, sheet: Sheet) -> HttpResponse:
    """Other than what was sent before: it may go as another report, with what it holds by now."""
    # Asked anew: its twin may have been faster than we.
    sheet.before = cases.report_sent_as(sheet.client_sent) if sheet.client_sent else None
    if sheet.before is not None:
        sheet.client_id = uuid4()
    return _page(request, form, sheet, status=409)


def _stage_chosen(request: HttpRequest, draft: str) -> tuple[list["Photo"], list[Any]]:
    """Take in the files that came with the form, before anything else can be refused."""
    taken, refused = [], []
    for file in request.FILES.getlist("photos"):
        try:
            taken.append(_stage(request, file, draft))
        except Refusal as refusal:
            refused.append(f"{clean(file.name or '')}: {refusal.message}")
    return taken, refused


def _stage(request: HttpRequest, file: "UploadedFile[bytes]", draft: str) -> "Photo":
    limits.spend(request, limits.PHOTOS)
    return photo_operations.stage_photo(file, draft=draft)


def _uids(texts: Sequence[str]) -> list[UUID]:
    uids = []
    for text in texts[: photo_operations.MOST_PHOTOS]:
        try:
            uids.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(uids))


def _chosen(uids: Sequence[UUID], sheet: Sheet) -> list["Photo"]:
    """The photos of the form, in its order: those that wait, and those that were sent with it."""
    if not uids:
        return []
    there = {photo.uid: photo for photo in photos.staged_photos(sheet.draft)}
    if not there.keys() >= set(uids) and sheet.sent is not None:
        there |= {photo.uid: photo for photo in cases.photos_sent_with(sheet.sent)}
    return [there[uid] for uid in dict.fromkeys(uids) if uid in there]


def _client_id(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("client_id", ""))
    except ValueError:
        return uuid4()


def _asked(request: HttpRequest) -> str:
    """What the person wants. The Enter key looks up what stands in a search, else it sends."""
    if "discard" in request.POST:
        return "discard"
    asked = request.POST.get("do", SEND)
    if asked != ENTER:
        return asked
    if request.POST.get("place_q", "").strip():
        return FIND_PLACE
    return FIND_CATEGORY if request.POST.get("category_q", "").strip() else SEND


def _looked_up(
    request: HttpRequest, sheet: Sheet, asked: str, refused: Sequence[Any]
) -> HttpResponse:
    """The page again after a button that only looks something up; nothing is checked yet."""
    form = ReportForm(initial=request.POST.dict())
    if asked == FIND_PLACE:
        sheet.place_q = clean(request.POST.get("place_q", ""))
        sheet.searched = True
        sheet.found_places = [
            Pin(place.lat, place.lon, None, "search", _line(name_of(place), area_of(place)))
            for place in found_for(sheet.place_q)
        ]
    if asked == FIND_CATEGORY:
        sheet.category_q = clean(request.POST.get("category_q", ""))
        sheet.found_categories = _categories_for(sheet.category_q)
    return _page(request, form, sheet, refused=refused)


def _line(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _categories_for(text: str, most: int = FOUND) -> list[CategoryRef]:
    return catalogue.suggest_categories(text[:200], limit=most) if text else []


def _common() -> list[CategoryRef]:
    return catalogue.categories_for_public()[:COMMON]


def _more_kinds() -> list[tuple[CategoryRef, list[CategoryRef]]]:
    """All the others, by class: a kind is offered in one place only."""
    common = set(_common())
    grouped = [
        (one, [kind for kind in below if kind not in common])
        for one, below in catalogue.categories_by_class()
    ]
    return [(one, below) for one, below in grouped if below]


def _with_chosen(found: Sequence[CategoryRef], chosen: str) -> list[CategoryRef]:
    """What is chosen stays to be seen, even where it was not found again."""
    known = catalogue.category_refs().get(int(chosen)) if _is_id(chosen) else None
    if known is None or known in found or known in _common():
        return list(found)
    return [known, *found]


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _page(
    request: HttpRequest,
    form: ReportForm,
    sheet: Sheet,
    *,
    status: int = 200,
    refused: Sequence[Any] = (),
) -> HttpResponse:
    chosen = form.shown("category")
    place = pin_in(form.shown("place"))
    if place is not None and place.choice not in [pin.choice for pin in sheet.found_places]:
        sheet.found_places.insert(0, place)
    pin = sheet.pin
    context = {
        "form": form,
        "sheet": sheet,
        "staged": [{"uid": photo.uid, "url": preview_url(photo.uid)} for photo in sheet.waiting],
        "photo_errors": [*form["photos"].errors, *refused],
        "lat": f"{pin.lat:.6f}" if pin else form.shown("lat"),
        "lon": f"{pin.lon:.6f}" if pin else form.shown("lon"),
        "accuracy": f"{pin.accuracy_m:.0f}" if pin and pin.accuracy_m else "",
        "source": pin.source if pin else "",
        "place": place.choice if place else "",
        "chosen": chosen,
        "common": _common(),
        "classes": _more_kinds(),
        "found": _with_chosen(sheet.found_categories, chosen),
        "hints": sheet.hints,
        "joins": form.shown("joins"),
        "contact_open": any(form.shown(name) for name in ("name", "phone", "email")),
        "dangers": [channel for channel in catalogue.elsewhere() if channel.is_danger],
        "most": photo_operations.MOST_PHOTOS,
    }
    return render(request, "portal/report.html", context, status=status)
