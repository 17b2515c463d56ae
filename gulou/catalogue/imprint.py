"""What the public reads of the office, kept in this process: every public page asks for it."""

import re
from dataclasses import dataclass

from gulou.kit.words import in_language
from gulou.outbox.kept import Kept

from .models import Imprint

FIELDS = ("name_zh", "name_en", "address_zh", "address_en", "hours_zh", "hours_en",
          "complaint_number", "complaint_zh", "complaint_en", "icp_number", "police_number")  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImprintRef:
    """What is empty is not shown."""

    name_zh: str = ""
    name_en: str = ""
    address_zh: str = ""
    address_en: str = ""
    hours_zh: str = ""
    hours_en: str = ""
    complaint_number: str = ""
    complaint_zh: str = ""
    complaint_en: str = ""
    icp_number: str = ""
    police_number: str = ""

    @property
    def name(self) -> str:
        """What the site is called, for the present reader."""
        return in_language(self.name_zh, self.name_en)

    @property
    def address(self) -> str:
        """Where the office is."""
        return in_language(self.address_zh, self.address_en)

    @property
    def hours(self) -> str:
        """When somebody is there."""
        return in_language(self.hours_zh, self.hours_en)

    @property
    def complaint(self) -> str:
        """How one complains about the office itself."""
        return in_language(self.complaint_zh, self.complaint_en)

    @property
    def police_code(self) -> str:
        """The digits of the police's number, by which their register is asked."""
        return "".join(re.findall(r"[0-9]", self.police_number))


def _read() -> ImprintRef:
    row = Imprint.objects.values_list(*FIELDS).first()
    return ImprintRef(*row) if row else ImprintRef()


_kept = Kept("catalogue.imprint", _read)
imprint, changing = _kept.now, _kept.changing
