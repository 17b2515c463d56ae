"""Forms whose answer may be no: a refusal appears beside its field, and nothing typed is lost."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.forms import BaseForm

from gulou.kit.errors import NotAllowed, NotFound, Refusal


@dataclass
class Outcome:
    """How the operation behind a form went. `status` is what the form is shown with again."""

    refusal: Refusal | None = None

    @property
    def status(self) -> int:
        """422 for what the form itself found wrong, else the refusal's own."""
        return self.refusal.status if self.refusal else 422


@contextmanager
def refused_in(form: BaseForm, *, fields: Mapping[str, str] | None = None) -> Iterator[Outcome]:
    """Show what an operation refuses in the form it came from.

    `fields` maps the operation's names of fields to the form's where they differ; a refusal without
    a field of the form stands on top. Who may not, and what is not there, is no matter of a form:
    those go on to the middleware.

        with refused_in(form) as outcome:
            handle_case(case, by=user, ...)
            return redirect(...)
        return render(request, "...", {"form": form}, status=outcome.status)
    """
    outcome = Outcome()
    try:
        yield outcome
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        outcome.refusal = refusal
        name = (fields or {}).get(refusal.field, refusal.field)
        form.add_error(name if name in form.fields else None, str(refusal.message))
