"""Saved views and columns of the queue, and who else is at a case."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gulou.cases import queries, states
from gulou.desk import columns
from gulou.desk.filters import asked
from gulou.desk.shell import page, part, reader_of
from gulou.people import access
from gulou.people import queries as people
from gulou.ui.guards import signed_in
from gulou.workbench.operations import presence, saving
from gulou.workbench.queries import presence as seen
from gulou.workbench.queries import saved


@signed_in
@require_GET
def views(request: HttpRequest) -> HttpResponse:
    """My views and those shared with me: open, rename, share, delete, begin with."""
    reader = reader_of(request)
    liking = saved.liking_of(reader)
    reached = access.unit_ids_where(reader, states.READ)
    refs = people.unit_refs()
    context = {
        "views": saved.views_seen_by(reader, first=liking.view_id),
        "units": [unit for unit in refs.values() if unit.active and unit.id in reached],
        "may_everybody": people.office().id in reached,
    }
    return page(request, "desk/views.html", context)


@signed_in
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the queue that one looks at under a name."""
    reader, ask = reader_of(request), asked(request.POST)
    unit_id, everybody = _shared(request)
    view = saving.save_view(
        by=reader, name=request.POST.get("name", ""), query=ask.saved, unit_id=unit_id,
        everybody=everybody,
    )  # fmt: skip
    if request.POST.get("first") == "1":
        saving.open_with(view.pk, by=reader, seen=[view.pk])
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return redirect(f"{reverse('desk:cases')}?{view.query}&view={view.pk}")


@signed_in
@require_POST
def change(request: HttpRequest, view_id: int) -> HttpResponse:
    """Rename a view, share it, delete it, or begin with it: as the button says."""
    reader, do = reader_of(request), request.POST.get("do", "")
    if do == "delete":
        name = saving.delete_view(view_id, by=reader).name
        messages.success(request, _("The view “%(name)s” is deleted.") % {"name": name})
    elif do in ("first", "unfirst"):
        ids = [view.id for view in saved.views_seen_by(reader)]
        saving.open_with(view_id if do == "first" else None, by=reader, seen=ids)
        messages.success(request, _("Your queue opens so from now on."))
    else:
        unit_id, everybody = _shared(request)
        saving.change_view(
            view_id, by=reader, name=request.POST.get("name", ""), unit_id=unit_id,
            everybody=everybody,
        )  # fmt: skip
        messages.success(request, _("Saved."))
    return redirect("desk:views")


def _shared(request: HttpRequest) -> tuple[int | None, bool]:
    """With whom: "" nobody, "all" everybody, else a unit by its id."""
    given = request.POST.get("share", "")
    known = given.isascii() and given.isdigit() and len(given) < 19
    return (int(given) if known else None), given == "all"


@signed_in
@require_POST
def choose_columns(request: HttpRequest) -> HttpResponse:
    """Keep the columns of one's own queue."""
    chosen = columns.known(request.POST.getlist("column"))
    saving.choose_columns([] if request.POST.get("do") == "ship" else chosen, by=reader_of(request))
    ask = asked(request.POST)
    return redirect(reverse("desk:cases") + ask.url(cols=""))


@signed_in
@require_POST
def here(request: HttpRequest, number: str) -> HttpResponse:
    """Say that one has this case before one, or has gone; hear who else has."""
    reader = reader_of(request)
    case = queries.case_seen_by(reader, number)
    if request.POST.get("gone") == "1":
        presence.go_from(case, by=reader)
        return HttpResponse(status=204)
    presence.be_at(case, by=reader, writing=request.POST.get("writing") == "1")
    others = seen.others_at([case.pk], reader=reader).get(case.pk, [])
    return part(request, "desk/parts/here.html", {"others": others})
