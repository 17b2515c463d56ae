"""Where WeChat brings what people write to the official account. Closed until that is set up."""

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseNotFound
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from gulou.providers import answering
from gulou.providers.passive import MOST_BYTES, Forged
from gulou.ui.guards import public


@public
@csrf_exempt  # WeChat signs what it sends: that is checked, and no cookie is looked at
@require_http_methods(["GET", "POST"])
def wechat(request: HttpRequest) -> HttpResponse:
    """A greeting when the address is entered there, else an answer within the same request."""
    if not answering.is_open():
        return HttpResponseNotFound()
    given = {name: str(text) for name, text in request.GET.items()}
    try:
        if request.method == "GET":
            return HttpResponse(answering.greet(given), content_type="text/plain; charset=utf-8")
        if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
            return HttpResponseForbidden()
        said = answering.answer(given, request.body)
    except Forged:
        return HttpResponseForbidden()
    return HttpResponse(
        said or b"success", content_type="application/xml" if said else "text/plain"
    )
