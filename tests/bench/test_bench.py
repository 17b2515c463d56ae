"""The harness itself, small: a database and a web server of its own, and every kind of request."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gulou.bench import phone
from gulou.bench.runner import ROWS

NAMES = set(ROWS)
NUMBERS = {"rps", "p50_ms", "p99_ms", "cpu_app_ms", "cpu_db_ms", "limit_ms", "ratio"}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_measures_every_kind_without_a_bad_answer(tmp_path: Path) -> None:
    words = ["--cases", "200", "--requests", "8", "--seconds", "1", "--check"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("GULOU_", "DATABASE"))}
    run = subprocess.run(
        [sys.executable, "-m", "gulou.config.cli", "bench", *words],
        env={**environment, "GULOU_DATA_DIR": str(tmp_path)}, capture_output=True, text=True,
        timeout=400,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    assert "The record holds." in run.stdout
    found = json.loads((tmp_path / "bench.json").read_text())
    assert set(found) == {"cases", "rows", "memory_mb", "field_interactive"}
    assert found["cases"] == 200 and found["memory_mb"] > 0
    assert {row["name"] for row in found["rows"]} == NAMES
    for row in found["rows"]:
        assert set(row) == {"name", "bad", *NUMBERS}
        assert row["bad"] == 0
        assert all(row[name] >= 0 for name in NUMBERS) and row["rps"] > 0, row
    opened = found["field_interactive"]
    assert (opened is None) == (not phone.browser())
    if opened:
        assert 0 < opened["again_ms"] < opened["first_ms"]
    assert not (tmp_path / "bench" / "postgres").exists()
