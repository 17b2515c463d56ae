"""What the worker does by the clock."""

from datetime import UTC, datetime

from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection

from gulou.config import jobs


def test_it_removes_the_sessions_that_have_run_out(db: None) -> None:
    for key, year in (("over", 2020), ("still-on", 2120)):
        until = datetime(year, 1, 1, tzinfo=UTC)
        Session.objects.create(session_key=key, session_data="", expire_date=until)
    jobs.clear_sessions()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["still-on"]
    assert jobs.clear_sessions in {job.call for job in jobs.JOBS}


def test_it_removes_what_has_run_out_of_the_shared_cache(clean_cache: None) -> None:
    cache.set("over", 1, timeout=-1)
    cache.set("over-too", 1, timeout=1)
    cache.set("still-on", 1, timeout=3600)
    cache.set("for-ever", 1, timeout=None)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kit_cache SET expires = '2020-01-01' WHERE cache_key = ':1:over-too'"
        )
        jobs.forget_expired()
        cursor.execute("SELECT cache_key FROM kit_cache ORDER BY cache_key")
        assert [key for (key,) in cursor.fetchall()] == [":1:for-ever", ":1:still-on"]
    assert jobs.forget_expired in {job.call for job in jobs.JOBS}
