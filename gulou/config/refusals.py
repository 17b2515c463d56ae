"""Turns a refusal into an answer, once, for every face."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from gulou.kit.errors import NotFound, Refusal

GetResponse = Callable[[HttpRequest], HttpResponse]


class RefusalMiddleware:
    """JSON for who asks for JSON, a notice for htmx, else a page with the way on."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return answer(request, error) if isinstance(error, Refusal) else None


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page or the JSON of a refusal."""
    if request.accepts("text/html"):
        context = {"refusal": refusal, "case_url": _case_url(request, refusal)}
        return render(request, "ui/refused.html", context, status=refusal.status)
    body = {"code": refusal.code, "message": str(refusal.message), "field": refusal.field}
    return JsonResponse(body, status=refusal.status)


def _case_url(request: HttpRequest, refusal: Refusal) -> str:
    """The record of the case on which something was refused; none where it was not found."""
    match = request.resolver_match
    if match is None or match.namespace != "desk" or refusal.status == NotFound.status:
        return ""
    number = match.kwargs.get("number")
    return reverse("desk:record", args=[number]) if number else ""
