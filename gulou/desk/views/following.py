"""What a person follows, what colleagues ask of them, and what those above wait for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gulou.cases import queries
from gulou.desk import paging
from gulou.desk.shell import page, reader_of
from gulou.ui.guards import signed_in
from gulou.workbench import operations
from gulou.workbench import queries as bench


@signed_in
@require_GET
def following(request: HttpRequest) -> HttpResponse:
    """What others wait for from me, and what changed on the cases that I follow."""
    reader = reader_of(request)
    context = {"mentions": bench.mentions_of(reader), "followed": bench.followed_by(reader)}
    return page(request, "desk/following.html", context)


@signed_in
@require_POST
def settle(request: HttpRequest, mention_id: int) -> HttpResponse:
    """Say that a colleague's question is settled."""
    reader = reader_of(request)
    operations.settle_mention(bench.mention_of(reader, mention_id), by=reader)
    messages.success(request, _("Settled."))
    return redirect("desk:following")


@signed_in
@require_GET
def assigned(request: HttpRequest) -> HttpResponse:
    """What was assigned from above: due first, or what was replied to."""
    replied = "replied" in request.GET
    at = paging.asked(request)
    found = queries.assigned_from_above(reader_of(request), replied=replied, page=at)
    context = {"found": found, "replied": replied, **paging.links(request, found)}
    return page(request, "desk/assigned.html", context)
