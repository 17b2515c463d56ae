"""The environment is read once, and whoever misspells it is told."""

import stat
from pathlib import Path

import pytest

from gulou.kit.env import Env, EnvError


def test_nothing_set_is_a_working_environment() -> None:
    assert Env.read({"PATH": "/bin"}) == Env()


def test_a_knob_of_another_program_does_not_matter() -> None:
    assert Env.read({"GULOUX": "1", "PORT": "x"}) == Env()


def test_an_unknown_name_is_refused_and_the_known_ones_are_listed() -> None:
    with pytest.raises(EnvError, match=r"GULOU_PRT is not a setting.*GULOU_PORT"):
        Env.read({"GULOU_PRT": "80"})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("GULOU_PORT", "0"),
        ("GULOU_PORT", "65536"),
        ("GULOU_PORT", "http"),
        ("GULOU_PORT", "８０"),
        ("GULOU_DEBUG", "maybe"),
        ("GULOU_WEB_THREADS", "0"),
        ("GULOU_TRUSTED_PROXIES", "-1"),
        ("GULOU_TRUSTED_ORIGINS", "gulou.example"),
        ("GULOU_HOSTS", ","),
        ("GULOU_TIME_ZONE", "Fuzhou"),
        ("GULOU_SECRET_KEY", "short"),
        ("GULOU_PORT", "8²"),
        ("DATABASE_URL", "mysql://x"),
        ("DATABASE_URL", "postgres://host:port/name"),
        ("DATABASE_URL", "postgres://host"),
        ("GULOU_EMAIL_URL", "mail.example"),
    ],
)
def test_a_malformed_value_is_named_with_what_would_be_right(name: str, text: str) -> None:
    with pytest.raises(EnvError, match=f"^{name} cannot be used: it should be .+"):
        Env.read({name: text})


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(EnvError) as told:
        Env.read({"GULOU_PORT": "x", "GULOU_DEBUG": "x", "GULOU_X": "x"})
    assert len(str(told.value).splitlines()) == 3


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    env = Env.read({"GULOU_DATA_DIR": str(tmp_path)})
    first = env.key("secret_key")
    assert len(first) >= 48
    assert env.key("secret_key") == first != env.key("data_key")
    files = list((tmp_path / "keys").iterdir())
    assert len(files) == 2
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)


def test_a_given_key_is_used_and_nothing_is_written(tmp_path: Path) -> None:
    env = Env.read({"GULOU_DATA_DIR": str(tmp_path), "GULOU_DATA_KEY": "k" * 40})
    assert env.key("data_key") == "k" * 40
    assert list(tmp_path.iterdir()) == []
