"""Keeping memory small: what processes have in common is made once, and what is freed goes back."""

import ctypes
import gc
import sys
from importlib import import_module

# Of glibc's mallopt(3).
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8


def spare() -> None:
    """Let threads share two arenas, and give back what is freed. To be called before threads begin."""
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other libraries of C have none
    if mallopt is not None:
        mallopt(_ARENA_MAX, 2)
        mallopt(_MMAP_THRESHOLD, 128 * 1024)
        mallopt(_TRIM_THRESHOLD, 256 * 1024)


def load_pages() -> None:
    """Everything that pages need and no database has to say, before processes are forked: they then
    share it. Afterwards the garbage collector leaves it alone, so that it stays shared."""
    import_module("gulou.config.wsgi")
    from django.conf import settings  # noqa: PLC0415  Django is set up by the line above
    from django.urls import get_resolver  # noqa: PLC0415
    from django.utils import translation  # noqa: PLC0415
    from django.utils.translation import trans_real  # noqa: PLC0415

    for code, _ in settings.LANGUAGES:
        with translation.override(code):
            trans_real.translation(code)
            get_resolver().reverse_dict.get("")  # it imports every view
    gc.collect()
    gc.freeze()
