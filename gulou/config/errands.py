"""Every kind of long work that a person may ask for. Each row says who may, by verbs."""

from django.utils.translation import gettext_lazy as _

from gulou.cases import states as cases
from gulou.config.replicas import read_elsewhere
from gulou.errands.table import Kind, Table
from gulou.papers import kinds as papers
from gulou.papers.operations import make_asked
from gulou.sheets.operations import ERRAND as SHEETS
from gulou.sheets.operations import read_asked
from gulou.sheets.registers import REGISTERS

ERRANDS: Table = {
    papers.ERRAND: Kind(
        _("A paper from cases"), read_elsewhere(make_asked), (cases.READ, cases.READ_RESTRICTED)
    ),
    SHEETS: Kind(
        _("A file for a register"),
        read_asked,
        tuple(sorted({one.verb for one in REGISTERS.values()})),
    ),
}
