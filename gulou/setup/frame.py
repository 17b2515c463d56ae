"""The frame of the setup pages, and their three patterns: a list, a form, a history with undo.

list_page(request, title=…, columns=[…], rows=[Row(…)], add=Link(…))
edit_page(request, title=…, form=form, word=_("Save"), back=Link(…))
form_page(request, form, save, title=…, back=Link(…))
preview(request, form, consequences)     # the page between, when something follows
history_page(request, title=…, changes=…, room="people", back=Link(…))
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib import messages
from django.forms import BaseForm, HiddenInput
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from gulou.desk import shell
from gulou.kit.changes import Change
from gulou.people import queries as people
from gulou.setup.sections import sections_for
from gulou.ui.forms import refused_in

CONFIRMED = "confirmed"
"""The field that a form carries once its consequences were seen."""


@dataclass(frozen=True)
class Link:
    """Where a button or a chip leads. `on`: one is there; `danger`: drawn in red."""

    words: Any
    url: str
    sign: str = ""
    on: bool = False
    danger: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell of a list: words, or a badge where `tone` or `sign` is given."""

    words: Any = ""
    tone: str = ""
    sign: str = ""
    number: bool = False
    url: str = ""
    faint: bool = False

    @property
    def in_one_piece(self) -> bool:
        """Whether it is a day, a code or a name to sign in with: never broken at a hyphen."""
        words = str(self.words)
        return words.isascii() and len(words) <= 24

    @property
    def is_badge(self) -> bool:
        """Whether it is drawn as a badge."""
        return bool(self.tone or self.sign)


@dataclass(frozen=True)
class Row:
    """One thing in a list: its title leads to its page. `depth` indents it in a tree."""

    title: Any
    url: str = ""
    cells: Sequence[Cell] = ()
    depth: int = 0
    badges: Sequence[Cell] = ()
    ended: bool = False


@dataclass(frozen=True)
class Shown:
    """A change with the name of who made it."""

    change: Change
    who: str


@dataclass(frozen=True)
class Consequence:
    """What a change would bring about, in a sentence; `url` leads to what it speaks of."""

    words: Any
    url: str = ""
    sign: str = "arrow-right"


@dataclass(frozen=True)
class Act:
    """Something else that can be done to the thing of an edit page: a button that posts or leads."""

    words: Any
    url: str
    sign: str = ""
    posts: bool = False
    danger: bool = False
    hint: Any = ""


@dataclass(frozen=True)
class Nothing:
    """What an empty list says: what would be here and how it gets here."""

    title: Any
    words: Any = ""


@dataclass(frozen=True)
class Table:
    """A small table below a form: what belongs to the thing."""

    title: Any
    columns: Sequence[Any]
    rows: Sequence[Row]
    nothing: Nothing
    add: Link | None = None
    words: Any = ""
    acts: Sequence[Act] = field(default=())


def sheets_link(*registers: str) -> list[Link]:
    """The buttons of a list that lead to its register as a workbook."""
    return [
        Link(_("Import and export"), reverse("setup:sheet_register", args=[code]), "table")
        for code in registers
    ]


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of the setup face: the desk's shell, with the sections this reader may open."""
    frame = {"sections": sections_for(shell.reader_of(request))}
    return shell.page(request, template, {**frame, **context}, status=status)


def list_page(
    request: HttpRequest,
    *,
    title: Any,
    columns: Sequence[Any],
    rows: Sequence[Row],
    nothing: Nothing,
    lead: Any = "",
    add: Link | None = None,
    links: Sequence[Link] = (),
    chips: Sequence[Link] = (),
    template: str = "setup/list.html",
    **more: Any,
) -> HttpResponse:
    """A list of things of one kind. `add` is the filled button; `links` stand quietly beside it."""
    context = {"title": title, "lead": lead, "columns": columns, "rows": rows, "nothing": nothing,
               "add": add, "links": links, "chips": chips}  # fmt: skip
    return page(request, template, {**context, **more})


def edit_page(
    request: HttpRequest,
    *,
    title: Any,
    form: BaseForm | None,
    back: Link,
    word: Any = "",
    lead: Any = "",
    links: Sequence[Link] = (),
    acts: Sequence[Act] = (),
    tables: Sequence[Table] = (),
    facts: Sequence[tuple[Any, Any]] = (),
    ended: Any = "",
    status: int = 200,
    template: str = "setup/edit.html",
    **more: Any,
) -> HttpResponse:
    """One thing: what is known of it, its form, what else can be done, what belongs to it.

    `form` None: the reader may only look. `ended` says why it is no longer in use.
    """
    context = {"title": title, "form": form, "back": back, "word": word or _("Save"),
               "lead": lead, "links": links, "acts": acts, "tables": tables, "facts": facts,
               "ended": ended}  # fmt: skip
    return page(request, template, {**context, **more}, status=status)


def form_page(
    request: HttpRequest, form: BaseForm | None, save: Callable[[dict[str, Any]], HttpResponse],
    **page: Any,
) -> HttpResponse:  # fmt: skip
    """A page as `edit_page`, and what becomes of its form: `save` takes what is valid and leads on;
    what is refused is shown again with the reason."""
    status = 200
    if form is not None and request.method == "POST":
        status = 422
        if form.is_valid():
            with refused_in(form) as outcome:
                return save(form.cleaned_data)
            status = outcome.status
    return edit_page(request, form=form, status=status, **page)


def saved(request: HttpRequest, where: str, **to: Any) -> HttpResponse:
    """On to the page that shows it, with a word that it was saved."""
    messages.success(request, _("Saved. The history takes it back."))
    answer: HttpResponse = redirect(where, **to)
    return answer


def confirmed(request: HttpRequest) -> bool:
    """Whether who sends this form has seen what would follow."""
    return CONFIRMED in request.POST


def preview(
    request: HttpRequest,
    form: BaseForm,
    consequences: Sequence[Consequence],
    *,
    title: Any,
    back: Link,
    word: Any = "",
    danger: bool = False,
) -> HttpResponse | None:
    """The page that says what would follow and asks once; None when nothing follows or it was
    said already. The form, which is valid, travels along in hidden fields."""
    if confirmed(request) or not consequences:
        return None
    for one in form.fields.values():
        one.widget = one.hidden_widget() if hasattr(one, "hidden_widget") else HiddenInput()
    context = {"title": title, "form": form, "consequences": consequences, "back": back,
               "word": word or _("Do it"), "danger": danger, "confirmed": CONFIRMED}  # fmt: skip
    return page(request, "setup/preview.html", context)


def history_page(
    request: HttpRequest,
    *,
    title: Any,
    changes: Iterable[Change],
    room: str,
    back: Link,
    may_undo: bool = True,
) -> HttpResponse:
    """Who changed what, when, from what to what; with a button that takes the last change back."""
    found = list(changes)
    names = people.names_of_actors({change.actor for change in found})
    shown = [
        Shown(
            change if may_undo else replace(change, can_undo=False),
            names.get(change.actor) or _("The system"),
        )
        for change in found
    ]
    here = request.get_full_path()
    return page(
        request,
        "setup/history.html",
        {"title": title, "shown": shown, "room": room, "back": back, "here": here},
    )
