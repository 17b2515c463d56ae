"""Files in a bucket that speaks S3: for several web and worker processes on several machines."""

import errno
import tempfile
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from django.utils.deconstruct import deconstructible
from storages.backends.s3 import S3Storage

P = ParamSpec("P")
R = TypeVar("R")

_IN_MEMORY = 4 * 1024 * 1024
_MISSING = {"404", "NoSuchKey", "NotFound"}


def _as_os_error(call: Callable[P, R]) -> Callable[P, R]:
    """What the network or the bucket does wrong is an OSError, as it is with a folder."""

    @wraps(call)
    def done(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(*args, **kwargs)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _MISSING:
                raise FileNotFoundError(errno.ENOENT, "not in the bucket") from error
            raise OSError(errno.EIO, f"the bucket refused: {code}") from error
        except BotoCoreError as error:
            raise OSError(
                errno.EIO, f"the bucket does not answer: {type(error).__name__}"
            ) from error

    return done


@deconstructible
class BucketStorage(S3Storage):  # type: ignore[misc]  # django-storages ships no types
    """Django's storage on a bucket. An object is there whole or not at all; it is never public."""

    def __init__(self, **given: Any) -> None:
        super().__init__(
            default_acl=None, file_overwrite=True, querystring_auth=True,
            signature_version="s3v4", addressing_style="path", **given,
        )  # fmt: skip

    @_as_os_error
    def _open(self, name: str, mode: str = "rb") -> "File[Any]":
        """The whole object at once: errors come here, and not while somebody reads."""
        file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  who opened it closes it
        try:
            self.bucket.meta.client.download_fileobj(self.bucket_name, self._key(name), file)
        except BaseException:
            file.close()
            raise
        size = file.tell()
        file.seek(0)
        opened = File(file, name)
        opened.size = size
        return opened

    @_as_os_error
    def _save(self, name: str, content: "File[Any]") -> str:
        return str(super()._save(name, content))

    @_as_os_error
    def delete(self, name: str) -> None:
        super().delete(name)

    @_as_os_error
    def exists(self, name: str) -> bool:
        try:
            self.bucket.meta.client.head_object(Bucket=self.bucket_name, Key=self._key(name))
        except ClientError as error:
            if error.response.get("Error", {}).get("Code", "") in _MISSING:
                return False
            raise
        return True

    @_as_os_error
    def size(self, name: str) -> int:
        return int(super().size(name))

    @_as_os_error
    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        folders, files = super().listdir(name)
        return list(folders), list(files)

    @_as_os_error
    def get_modified_time(self, name: str) -> datetime:
        found: datetime = super().get_modified_time(name)
        return found

    def _key(self, name: str) -> str:
        return str(self._normalize_name(name.replace("\\", "/")))
