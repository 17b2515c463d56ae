"""OpenTelemetry by option: on where OTEL_EXPORTER_OTLP_ENDPOINT is set and the extra `otel` is installed.

Spans are our own, so nothing is told that logs would not tell: a request by its route, a question
to the database by its verb and table, never with its values.
"""

import importlib.util
import os
import re
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from gulou.kit import trace

from .routes import route_of

_ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_SHAPE = re.compile(r"\s*(\w+)(?:.*?\b(?:FROM|INTO|UPDATE)\s+\"?(\w+))?", re.IGNORECASE | re.DOTALL)


def wanted() -> bool:
    """Whether traces are to be sent, and can be."""
    return bool(os.environ.get(_ENDPOINT)) and bool(importlib.util.find_spec("opentelemetry.sdk"))


class Traced:
    """A span for each request, and within it one for each question to the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.tracer = _tracer()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with self.tracer.start_as_current_span(f"{request.method}") as span:
            with connection.execute_wrapper(self._asked):
                response = self.get_response(request)
            route = route_of(request)
            span.update_name(f"{request.method} {route}")
            span.set_attributes({
                "http.request.method": str(request.method), "http.route": route,
                "http.response.status_code": response.status_code,
                "gulou.request": trace.request_id(),
            })  # fmt: skip
        return response

    def _asked(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        with self.tracer.start_as_current_span(shape_of(sql)):
            return execute(sql, params, many, context)


def shape_of(sql: Any) -> str:
    """The verb and the table of a statement: nothing that anybody has typed."""
    found = _SHAPE.match(str(sql))
    return " ".join(part for part in found.groups() if part) if found else "SQL"


def _tracer() -> Any:
    """One for this process, which sends in the background as the OTEL_* variables say."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415  an option
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({"service.name": "gulou"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider.get_tracer("gulou")
