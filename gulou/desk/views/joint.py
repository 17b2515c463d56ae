"""Joint enforcement: what is planned, under way and closed; one operation, and every move on it."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gulou.cases.states import JOINT
from gulou.desk import drafts, joint_sentences, paging
from gulou.desk.drafts import Draft
from gulou.desk.forms import joint as forms
from gulou.desk.forms.ground import numbers_in
from gulou.desk.selection import MOST_PICKED, picked
from gulou.desk.shell import page, reader_of
from gulou.joint import operations, queries, states
from gulou.joint.queries import OperationSeen, TaskSeen
from gulou.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from gulou.papers import operations as papers
from gulou.photos import queries as files
from gulou.ui.forms import refused_in
from gulou.ui.guards import needs, signed_in

DAY = 24 * 3600


@signed_in
@require_GET
def operations_(request: HttpRequest) -> HttpResponse:
    """The operations that the reader's units lead or take part in."""
    reader = reader_of(request)
    counts = queries.tab_counts(reader)
    asked = request.GET.get("tab", "")
    # What goes on now, else what is to come, else what is over.
    first = next((one for one in ("under_way", "planned", "closed") if counts[one]), "planned")
    tab = asked if asked in queries.TABS else first
    found = queries.lines(reader, tab, page=paging.asked(request))
    words = {name: states.State(name).label for name in queries.TABS}
    context = {
        "tabs": [(name, words[name], counts[name], name == tab) for name in words],
        "tab": tab, "lines": found, "may_plan": queries.may_plan(reader),
        **paging.links(request, found, size=queries.PAGE),
    }  # fmt: skip
    return page(request, "desk/joint/list.html", context)


@needs(JOINT)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form of a new one. A POST from the list of cases brings those along that were selected."""
    by, status = reader_of(request), 200
    if request.method == "POST" and request.POST.get("from") != "list":
        form = forms.NewForm(request.POST, by=by)
        status = 422
        if form.is_valid():
            with refused_in(form) as outcome:
                operation = operations.plan_operation(
                    form.plan, by=by, lead_id=form.cleaned_data["lead"], parts=form.parts,
                    cases=form.named,
                )  # fmt: skip
                messages.success(request, _("%(number)s is planned. The units are told.") % {"number": operation.number})  # fmt: skip
                return redirect(f"{_url(operation.number)}?done=joint-new")
            status = outcome.status
    else:
        form = forms.NewForm(by=by, initial=_selected(request))
    context = {"form": form, "forbidden": forms.FORBIDDEN}
    return page(request, "desk/joint/new.html", context, status=status)


def _selected(request: HttpRequest) -> dict[str, Any]:
    """The numbers of the cases that were picked on a list, and the place of the first."""
    if request.method != "POST":
        numbers = numbers_in(request.GET.get("cases", ""))
        cases, _missing = queries.cases_named(reader_of(request), numbers)
    else:
        found = picked(request.POST).selection.cases(reader_of(request))
        cases = list(found.filter(restricted=False)[: min(MOST_PICKED, operations.MOST_CASES)])
    if not cases:
        return {}
    first = cases[0]
    return {
        "cases": " ".join(case.number for case in cases), "lat": first.lat, "lon": first.lon,
        "address": first.address,
    }  # fmt: skip


@signed_in
@require_GET
def one(request: HttpRequest, number: str) -> HttpResponse:
    """One operation: its plan, its parts, its cases and what happened."""
    reader = reader_of(request)
    shown = queries.operation_of(queries.operation_seen_by(reader, number), reader=reader)
    likely = next((move for move in (states.BEGIN, states.CLOSE) if move in shown.moves), None)
    mine = any(states.REPORT in task.moves for task in shown.tasks)
    context = {
        "shown": shown, "one": shown.operation,
        "lines": [joint_sentences.line(entry) for entry in reversed(shown.story)],
        "likely": None if mine else likely,
        "others": [move for move in shown.moves if move not in (likely, states.DROP_CASE)],
    }  # fmt: skip
    return page(request, "desk/joint/one.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, number: str, name: str, part: int | None = None) -> HttpResponse:
    """One move on an operation or on one of its parts: its form, or the move itself."""
    reader = reader_of(request)
    shown = queries.operation_of(queries.operation_seen_by(reader, number), reader=reader)
    found = states.named(name)
    if found is None or (part is None) != (found not in states.OF_TASKS):
        raise NotFound("desk.no_such_move", _("There is no such move."))
    task = next((one for one in shown.tasks if one.id == part), None)
    if part is not None and task is None:
        raise NotFound("joint.no_such_task", _("There is no such part in this operation."))
    kind = forms.FORMS[name]
    if request.method == "GET":
        _require(shown, found, task)
        first = forms.begin_with(found, shown.operation, task)
        form = kind(initial={**_stood(shown), **first})
        draft = drafts.new_draft() if kind.takes_photos else Draft("")
        return _page(request, shown, found, task, form, draft)
    form = kind(request.POST)
    draft = drafts.draft_of(request, by=reader) if kind.takes_photos else Draft("")
    if draft.changed:
        return _page(request, shown, found, task, kind(initial=_typed(form)), draft)
    for words in draft.refusals:
        form.add_error("photos", words)
    status = 422
    if form.is_valid():
        with refused_in(form) as outcome:
            _MAKE[name](shown, task, form, reader, draft)
            messages.success(request, _("Done: %(move)s.") % {"move": found.label})
            return redirect(f"{_url(number)}?done={_draft_key(found, number, part)}")
        status = outcome.status
        if isinstance(outcome.refusal, Conflict):
            return _changed_meanwhile(request, number, found, part, kind, draft)
    return _page(request, shown, found, task, form, draft, status=status)


def _changed_meanwhile(
    request: HttpRequest, number: str, found: states.Move, part: int | None, kind: Any,
    draft: Draft,
) -> HttpResponse:  # fmt: skip
    """Somebody was faster: what they did, and the form with everything that was typed."""
    reader = reader_of(request)
    shown = queries.operation_of(queries.operation_seen_by(reader, number), reader=reader)
    task = next((one for one in shown.tasks if one.id == part), None)
    told = request.POST.get("told", "")
    known = int(told) if told.isascii() and told.isdigit() and len(told) < 9 else len(shown.story)
    form = kind(initial={**_typed(kind(request.POST)), **_stood(shown)})
    news = [joint_sentences.line(entry) for entry in shown.story[known:]]
    still = _open_to(shown, found, task)
    unsent = "" if still else request.POST.get("words") or request.POST.get("task_words") or "–"
    return _page(
        request, shown, found, task, form, draft, status=409, news=news, unsent=unsent[:2000]
    )


def _typed(form: Any) -> dict[str, Any]:
    return {
        name: field.widget.value_from_datadict(form.data, form.files, name)
        for name, field in form.fields.items()
    }


def _stood(shown: OperationSeen) -> dict[str, int]:
    return {"seen": shown.operation.version, "told": len(shown.story)}


def _open_to(shown: OperationSeen, found: states.Move, task: TaskSeen | None) -> bool:
    return found in (task.moves if task is not None else shown.moves)


def _require(shown: OperationSeen, found: states.Move, task: TaskSeen | None) -> None:
    """Raise what stands in the way of a move: how the operation stands, or the lack of a verb."""
    if not _open_to(shown, found, task):
        found.check(shown.operation.state)
        raise NotAllowed("access.not_allowed", _("This is not for you to do, or not now."))


def _page(
    request: HttpRequest, shown: OperationSeen, found: states.Move, task: TaskSeen | None,
    form: Any, draft: Draft, *, status: int = 200, news: Sequence[Any] = (), unsent: str = "",
) -> HttpResponse:  # fmt: skip
    context = {
        "shown": shown, "one": shown.operation, "move": found, "task": task, "form": form,
        "draft": draft, "news": news, "unsent": unsent, "forbidden": forms.FORBIDDEN,
        "draft_key": _draft_key(found, shown.operation.number, task.id if task else None),
        "danger": found in (states.CALL_OFF, states.CALL_OFF_TASK),
    }  # fmt: skip
    return page(request, "desk/joint/move.html", context, status=status)


def _draft_key(found: states.Move, number: str, part: int | None) -> str:
    """Under which the browser keeps what is typed: each part has forms of its own."""
    return f"joint-{found.name}-{number}" + (f"-{part}" if part is not None else "")


def _url(number: str) -> str:
    return reverse("desk:joint_one", args=[number])


Make = Callable[[OperationSeen, Any, Any, Any, Draft], Any]


def _cases(shown: OperationSeen, task: Any, form: Any, by: Any, draft: Draft) -> None:
    numbers = numbers_in(form.cleaned_data["cases"])
    found, missing = queries.cases_named(by, numbers)
    if missing:
        words = _("No case that you see has this number: %(numbers)s")
        raise Invalid(
            "joint.case_unknown", words % {"numbers": ", ".join(missing[:5])}, field="cases"
        )
    operations.add_cases(shown.operation, found, by=by, seen=form.cleaned_data["seen"])


def _drop(shown: OperationSeen, task: Any, form: Any, by: Any, draft: Draft) -> None:
    number = form.cleaned_data["case"]
    linked = queries.case_in(shown.operation, number)
    operations.drop_case(shown.operation, linked, by=by, seen=form.cleaned_data["seen"])


def _add_task(shown: OperationSeen, task: Any, form: Any, by: Any, draft: Draft) -> None:
    given = form.cleaned_data
    part = operations.Part(unit_id=given["unit"], words=given["task_words"], due_at=given["due_at"])
    operations.add_task(shown.operation, part, by=by, seen=given["seen"])


def _report(shown: OperationSeen, task: Any, form: Any, by: Any, draft: Draft) -> None:
    given = form.cleaned_data
    operations.report_task(
        shown.operation, task.id, by=by, words=given["words"], evidence=draft.evidence,
        seen=given["seen"],
    )  # fmt: skip


def _of_task(operation: Callable[..., Any], *names: str) -> Make:
    def make(shown: OperationSeen, task: Any, form: Any, by: Any, draft: Draft) -> None:
        given = {name: form.cleaned_data[name] for name in ("words", "seen", *names)}
        operation(shown.operation, task.id, by=by, **given)

    return make


def _of_all(operation: Callable[..., Any], *names: str) -> Make:
    def make(shown: OperationSeen, task: Any, form: Any, by: Any, draft: Draft) -> None:
        given = {name: form.cleaned_data[name] for name in ("seen", *names)}
        operation(shown.operation, by=by, **given)

    return make


def _change(shown: OperationSeen, task: Any, form: Any, by: Any, draft: Draft) -> None:
    operations.change_plan(shown.operation, form.plan, by=by, seen=form.cleaned_data["seen"])


_MAKE: dict[str, Make] = {
    states.CHANGE.name: _change,
    states.CASES.name: _cases,
    states.DROP_CASE.name: _drop,
    states.ADD_TASK.name: _add_task,
    states.BEGIN.name: _of_all(operations.begin_operation),
    states.CLOSE.name: _of_all(operations.close_operation, "words"),
    states.CALL_OFF.name: _of_all(operations.call_off_operation, "words"),
    states.REPORT.name: _report,
    states.SEND_BACK.name: _of_task(operations.send_task_back, "due_at"),
    states.CHANGE_TASK.name: _of_task(operations.change_task, "due_at"),
    states.CALL_OFF_TASK.name: _of_task(operations.call_off_task),
}


@signed_in
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest, number: str) -> HttpResponse:
    """Erase somebody's words on an operation, after asking once."""
    reader = reader_of(request)
    shown = queries.operation_of(queries.operation_seen_by(reader, number), reader=reader)
    if not shown.may_erase:
        raise NotAllowed(
            "access.not_allowed",
            _("Your posting does not let you do this here. Ask the office whom it belongs to."),
        )
    words = (request.POST if request.method == "POST" else request.GET).get("words", "")
    if request.method == "GET":
        context = {"one": shown.operation, "words": words}
        return page(request, "desk/joint/erase.html", context)
    known = words.isascii() and words.isdigit() and len(words) < 19
    operations.erase_words(shown.operation, by=reader, words_id=int(words) if known else 0)
    messages.success(request, _("Erased. The record still shows that something was said."))
    return redirect(_url(number))


@signed_in
@require_GET
def points(request: HttpRequest, number: str) -> JsonResponse:
    """Where the units meet, and the cases it is about."""
    reader = reader_of(request)
    shown = queries.operation_of(queries.operation_seen_by(reader, number), reader=reader)
    one = shown.operation
    found = [
        _point(one.lon, one.lat, title=one.address, tone="late", icon="users", url="")
    ] + [
        _point(
            each.row.lon, each.row.lat, title=f"{each.row.category} {each.row.number}",
            tone="underway", icon="map-pin",
            url=reverse("desk:record", args=[each.row.number]) if each.mine else "",
        )
        for each in shown.cases
    ]  # fmt: skip
    return JsonResponse({"type": "FeatureCollection", "features": found})


def _point(lon: float, lat: float, **said: str) -> dict[str, Any]:
    place = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": place, "properties": said}


@signed_in
@require_GET
def photo(request: HttpRequest, uid: UUID, size: str) -> HttpResponseBase:
    """A picture of a part of an operation that the reader sees."""
    if size not in ("list", "page", "full"):
        raise NotFound("photo.not_found", _("There is no such picture."))
    kept = queries.task_photo_seen_by(reader_of(request), uid)
    file, mime = files.open_rendition(kept, size)
    answer = FileResponse(file, content_type=mime)
    answer["Cache-Control"] = f"private, max-age={DAY}"
    return answer


@signed_in
@require_GET
def sheet(request: HttpRequest, number: str, form: str) -> HttpResponseBase:
    """The plan with its parts and the result, as DOCX or PDF."""
    reader = reader_of(request)
    operation = queries.operation_seen_by(reader, number)
    ready = papers.make_joint_sheet(operation, form, by=reader)
    answer = FileResponse(
        ready.file, as_attachment=True, filename=ready.name, content_type=ready.made.mime
    )
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
