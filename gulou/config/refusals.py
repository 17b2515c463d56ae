"""Turns a refusal into an answer, once, for every face."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from gulou.kit.errors import Refusal

GetResponse = Callable[[HttpRequest], HttpResponse]


class RefusalMiddleware:
    """JSON for who asks for JSON, a notice for htmx, else a page with the way on."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refusal):
            return None
        if request.accepts("text/html"):
            return render(request, "ui/refused.html", {"refusal": error}, status=error.status)
        body = {"code": error.code, "message": str(error.message), "field": error.field}
        return JsonResponse(body, status=error.status)
