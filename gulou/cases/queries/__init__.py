"""Every way of reading cases. Each takes the reader, and shows only what that reader may see."""

from .around import neighbours, original_seen_by, powers_over, report_on, sources
from .lists import Filters, Page, Row, chips, my_work, queue
from .public import (
    Nearby,
    Told,
    Tracked,
    nearby_open,
    photos_sent_with,
    public_photo,
    report_by_token,
    report_sent_as,
    tracked,
)
from .seen import (
    case_seen_by,
    cases_seen_by,
    may_enter,
    moves_open_to,
    photo_seen_by,
    rechecker_choices,
)
from .story import Entry, PhotoSeen, Record, ReportSeen, StepSeen, record_of
from .telling import Brief, Reader, brief_of, reader_of_report, readers_of_case

__all__ = [
    "Brief",
    "Entry",
    "Filters",
    "Nearby",
    "Page",
    "PhotoSeen",
    "Reader",
    "Record",
    "ReportSeen",
    "Row",
    "StepSeen",
    "Told",
    "Tracked",
    "brief_of",
    "case_seen_by",
    "cases_seen_by",
    "chips",
    "may_enter",
    "moves_open_to",
    "my_work",
    "nearby_open",
    "neighbours",
    "original_seen_by",
    "photo_seen_by",
    "powers_over",
    "photos_sent_with",
    "public_photo",
    "queue",
    "reader_of_report",
    "readers_of_case",
    "rechecker_choices",
    "record_of",
    "report_by_token",
    "report_on",
    "report_sent_as",
    "sources",
    "tracked",
]
