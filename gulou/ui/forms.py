"""Forms whose answer may be no: a refusal appears beside its field, and nothing typed is lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType

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


class refused_in:  # noqa: N801 read as a statement: with refused_in(form)
    """Show what an operation refuses in the form it came from.

    `fields` maps the operation's names of fields to the form's where they differ; a refusal without
    a field of the form stands on top. Who may not, and what is not there, is no matter of a form:
    those go on to the middleware.

        with refused_in(form) as outcome:
            handle_case(case, by=user, ...)
            return redirect(...)
        return render(request, "...", {"form": form}, status=outcome.status)
    """

    def __init__(self, form: BaseForm, *, fields: Mapping[str, str] | None = None) -> None:
        self.form = form
        self.fields = fields or {}
        self.outcome = Outcome()

    def __enter__(self) -> Outcome:
        return self.outcome

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Refusal) or isinstance(error, NotAllowed | NotFound):
            return False
        self.outcome.refusal = error
        name = self.fields.get(error.field, error.field)
        self.form.add_error(name if name in self.form.fields else None, str(error.message))
        return True
