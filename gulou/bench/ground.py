"""Where the benchmark takes place: a folder, a port and settings of its own. No models here."""

import socket
from collections.abc import Mapping

from gulou.kit.env import Env


def environment(env: Env) -> Mapping[str, str]:
    """What the environment says to everything that is measured; the user's own data stay away."""
    return {
        "GULOU_DATA_DIR": str(env.data_dir / "bench"), "GULOU_LISTEN": "127.0.0.1",
        "GULOU_PORT": str(_free_port()), "GULOU_HOSTS": "127.0.0.1", "GULOU_WEB_PROCESSES": "2",
        # Residents come from different addresses, as a proxy would say it.
        "GULOU_TRUSTED_PROXIES": "1",
    }  # fmt: skip


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
