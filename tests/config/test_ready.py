"""`gulou ready` answers for supervisors without starting anything."""

import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from gulou.config.runtime import pulse, ready
from gulou.kit.env import Env
from gulou.outbox import heartbeats


def test_a_worker_is_ready_while_its_pulse_is_young(
    tmp_path: Path, settings: pytest.FixtureRequest, db: None
) -> None:
    env = settings.GULOU = Env(data_dir=tmp_path)  # type: ignore[attr-defined]
    assert ready.ready(env, worker=True) == 1
    with pulse.living():
        pulse.beat()
        assert ready.ready(env, worker=True) == 0
        assert len(heartbeats.ages()) == 1
        os.utime(ready.pulse_of(env, os.getpid()), (0, 0))
        assert ready.ready(env, worker=True) == 1
    assert heartbeats.ages() == []
    assert ready.ready(env, worker=True) == 1


def test_a_web_server_that_does_not_answer_is_not_ready(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        env = replace(Env(data_dir=tmp_path), port=held.getsockname()[1])
        assert ready.ready(env, worker=False) == 1
    assert "nothing answers" in capsys.readouterr().err


def test_systemd_hears_of_a_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        pulse.tell_systemd("READY=1")
        assert systemd.recv(100) == b"READY=1"
