"""From a record back to the list one came from, and on to the next case in its order."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from gulou.cases import queries
from gulou.desk.filters import asked
from gulou.desk.shell import reader_of

if TYPE_CHECKING:
    from gulou.cases.models import Case

MOST = 2000


@dataclass(frozen=True)
class Walk:
    """The list, and the records before and after in it ("" where there is none).

    `tail` is what every address on the record carries along.
    """

    tail: str
    list_url: str
    before_url: str
    after_url: str


def tail_of(request: HttpRequest) -> str:
    """What the addresses of this record carry along, "" where one came from no list."""
    came = request.GET.get("from")
    return "?" + urlencode({"from": came[:MOST]}) if came is not None else ""


def walk_of(request: HttpRequest, case: "Case") -> Walk | None:
    """Where one may walk to from this record. None where one came from no list."""
    tail = tail_of(request)
    if not tail:
        return None
    ask = asked(QueryDict(request.GET["from"][:MOST]))
    numbers = queries.beside(reader_of(request), ask.filters, case, sort=ask.sort)
    before, after = (
        reverse("desk:record", args=[number]) + tail if number else "" for number in numbers
    )
    here = urlencode({"at": case.number})
    joined = f"{ask.list_url}&{here}" if ask.list_url else here
    return Walk(tail, f"{reverse('desk:cases')}?{joined}", before, after)
