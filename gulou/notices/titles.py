"""What an inbox and its messages say: made when somebody reads them, in the language that is on.

Nothing of who reported a case, and none of anybody's words.
"""

from collections import defaultdict
from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from gulou.catalogue import queries as catalogue
from gulou.kit.words import name_of
from gulou.people import queries as people
from gulou.places import queries as places

from .kinds import KINDS, WHATS, kind_of
from .models import Item
from .post import Note


def title(item: Item) -> str:
    """One thing in one line. Its case and who did it are read along with it."""
    known = WHATS.get(item.what)
    given = {"who": str(item.by) if item.by else _("The system"), **item.given}
    if item.case is not None:
        case = item.case
        unit_id = item.given.get("unit_id") or case.step_unit_id or case.unit_id
        given |= {
            "number": case.number,
            "category": name_of(catalogue.category_refs()[case.category_id]),
            "unit": name_of(people.unit_refs()[unit_id]),
        }
    elif "unit_id" in given:
        given["unit"] = name_of(people.unit_refs()[int(given["unit_id"])])
    if known is None:
        return str(given.get("number", item.what))
    if "area_id" in given:
        area = places.area_refs().get(int(given["area_id"]))
        given["place"] = _(" (%(area)s)") % {"area": name_of(area)} if area else ""
    # What an older notice was not given stays out.
    return str(known.words) % defaultdict(str, given)


def where(item: Item, said: str) -> str:
    """Street, community and unit of its case, but for what is said already. From registers at hand."""
    case = item.case
    if case is None:
        return ""
    areas, units = places.area_refs(), people.unit_refs()
    found = [areas.get(case.street_id or 0), areas.get(case.community_id or 0),
             units.get(case.step_unit_id or case.unit_id or 0)]  # fmt: skip
    names = [name_of(one) for one in found if one is not None]
    return " · ".join(one for one in dict.fromkeys(names) if one not in said)


def path_of(item: Item) -> str:
    """Where it leads, on our own site."""
    if item.case is not None and not item.path:
        return f"/desk/cases/{item.case.number}/"
    return item.path or "/desk/inbox/"


def url_of(item: Item) -> str:
    """The whole address of where it leads."""
    return f"{settings.GULOU.public_url}{path_of(item)}"


def note(item: Item, key: str) -> Note:
    """A message that tells one thing."""
    url, asked = url_of(item), _("Sign in to read it:")
    case_id = None if item.path else item.case_id
    return Note(title(item), f"{asked}\n\n{url}\n", url, key, case_id=case_id)


def digest(items: Sequence[Item], key: str) -> Note:
    """A message that tells many, by kind; of one case and thing, the last."""
    last = {(one.what, one.case_id or one.pk): one for one in items}
    parts = []
    for code, kind in KINDS.items():
        of_kind = [one for one in last.values() if kind_of(one.what).code == code]
        if of_kind:
            lines = [f"· {title(one)}\n  {url_of(one)}" for one in of_kind]
            parts.append("\n".join([str(kind.label), *lines]))
    head = _("What you were told, and have not read yet: %(n)d") % {"n": len(last)}
    body, url = "\n\n".join(parts), f"{settings.GULOU.public_url}/desk/inbox/"
    return Note(head, f"{body}\n\n{url}\n", url, key)
