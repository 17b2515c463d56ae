"""Django's cache in the database, with one statement where Django takes five."""

import base64
import pickle
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import DatabaseError, connection

# Every so many times the entries are counted, and thinned out where there are too many.
_COUNTED_EVERY = 1000
_GET = 'SELECT value FROM "{}" WHERE cache_key = %s AND expires >= %s'
# Seconds since 1970, each of ten digits, the oldest first.
_TAKE = """
    INSERT INTO "{}" AS known (cache_key, value, expires) VALUES (%(key)s, %(now)s, %(until)s)
    ON CONFLICT (cache_key) DO UPDATE
    SET value = right(known.value || excluded.value, %(length)s), expires = excluded.expires
    WHERE length(known.value) < %(length)s
       OR left(right(known.value, %(length)s), 10)::bigint <= %(since)s
    RETURNING 0
"""
_OLDEST = 'SELECT left(right(value, %s), 10)::bigint FROM "{}" WHERE cache_key = %s'
_GIVE_BACK = 'UPDATE "{}" SET value = left(value, -10) WHERE cache_key = %s'


class QuickDatabaseCache(DatabaseCache):
    """Sets a value without looking first, gets one without making its question anew, and counts
    the entries now and then only. What is over stays until the entries are thinned out."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, or the default where there is none or it is over."""
        key = self.make_and_validate_key(key, version=version)
        with connection.cursor() as cursor:
            cursor.execute(_GET.format(self._table), [key, datetime.now(UTC)])  # type: ignore[attr-defined]
            found = cursor.fetchone()
        return pickle.loads(base64.b64decode(found[0])) if found else default  # noqa: S301  ours

    def _base_set(self, mode: str, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT) -> bool:
        if mode != "set" or secrets.randbelow(_COUNTED_EVERY) == 0:
            return bool(super()._base_set(mode, key, value, timeout))  # type: ignore[misc]
        until = self.get_backend_timeout(timeout)
        forever = datetime(9999, 12, 31, tzinfo=UTC)
        expires = forever if until is None else datetime.fromtimestamp(int(until), UTC)
        packed = base64.b64encode(pickle.dumps(value, self.pickle_protocol)).decode("latin1")
        table = connection.ops.quote_name(self._table)  # type: ignore[attr-defined]
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"INSERT INTO {table} (cache_key, value, expires) VALUES (%s, %s, %s) "  # noqa: S608
                    "ON CONFLICT (cache_key) DO UPDATE SET value = EXCLUDED.value, "
                    "expires = EXCLUDED.expires",
                    [key, packed, expires],
                )
        except DatabaseError:
            return False
        return True

    def take(self, key: str, *, at: datetime, most: int, seconds: int) -> datetime | None:
        """Take one of `most` that there are in any so many seconds, in one statement. None if there
        was one; else since when there is none. Such a key is for this alone."""
        table, key, now = self._table, self.make_and_validate_key(key), int(at.timestamp())  # type: ignore[attr-defined]
        length = 10 * most
        with connection.cursor() as cursor:
            cursor.execute(
                _TAKE.format(table),
                {"key": key, "now": f"{now:010}", "until": at + timedelta(seconds=seconds),
                 "length": length, "since": now - seconds},
            )  # fmt: skip
            if cursor.fetchone():
                return None
            cursor.execute(_OLDEST.format(table), [length, key])
            found = cursor.fetchone()
        # Between the two it may have been thinned out.
        return datetime.fromtimestamp(found[0], UTC) if found else at

    def give_back(self, key: str) -> None:
        """Give back what was taken last."""
        with connection.cursor() as cursor:
            cursor.execute(_GIVE_BACK.format(self._table), [self.make_and_validate_key(key)])  # type: ignore[attr-defined]
