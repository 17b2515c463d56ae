"""What the worker does by the clock."""

from datetime import UTC, datetime

from django.contrib.sessions.models import Session

from gulou.config import jobs


def test_it_removes_the_sessions_that_have_run_out(db: None) -> None:
    for key, year in (("over", 2020), ("still-on", 2120)):
        until = datetime(year, 1, 1, tzinfo=UTC)
        Session.objects.create(session_key=key, session_data="", expire_date=until)
    jobs.clear_sessions()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["still-on"]
    assert jobs.clear_sessions in {job.call for job in jobs.JOBS}
