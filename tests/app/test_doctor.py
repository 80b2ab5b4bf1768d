"""`kiosk doctor` and `kiosk check` as commands: what they print, as lines and as JSON, and never a secret."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.core.fault import ExitCode
from kiosk.settings.schema import Settings

SECRETS = ("planted-host", "planted-path", "planted-client-4711", "planted-hook")


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """A machine with sound from files, no display, and an account that nobody knows."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {
        **kept,
        "HOME": str(tmp_path),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "EXEI_VOICE_CLIENT_ID": "planted-client-4711",
        "EXEI_VOICE_ENDPOINT": "wss://planted-host.invalid/planted-path",
        "KIOSK_SOUND__BACKEND": "wav",
        "KIOSK_PERSON__WEBHOOK": "https://planted-hook.invalid/",
    }


def kiosk(*words: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kiosk", *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)


def silent_about_secrets(done: subprocess.CompletedProcess[str], *more: str) -> bool:
    return not any(secret in done.stdout + done.stderr for secret in (*SECRETS, *more))


@pytest.mark.models
def test_every_check_is_told_with_its_state(env: dict[str, str]) -> None:
    done = kiosk("doctor", "--json", env=env)
    told = json.loads(done.stdout)
    assert set(told) == {"version", "ok", "checks"}
    assert told["ok"] is False
    for check in told["checks"]:
        assert set(check) == {"name", "state", "sentence", "what", "where", "remedy", "code"}
        assert check["state"] in {"ok", "fail", "skipped"}
        assert check["sentence"]
        assert all(check[part] for part in ("what", "where", "remedy", "code")) is (check["state"] == "fail")
    states = {check["name"]: check["state"] for check in told["checks"]}
    assert states["display"] == states["touch"] == "skipped"
    assert states["microphone"] == "fail"  # silence of a file is a muted microphone
    assert states["address"] == "fail"
    assert states["agent"] == "skipped"
    first = next(check["code"] for check in told["checks"] if check["state"] == "fail")
    assert done.returncode == first == ExitCode.NO_DEVICE
    assert silent_about_secrets(done)


@pytest.mark.models
def test_the_same_in_lines(env: dict[str, str]) -> None:
    done = kiosk("doctor", env=env)
    lines = done.stdout.splitlines()
    assert all(line.startswith(("ok  ", "FAIL", "skip")) for line in lines[:-2])
    assert lines[-1].endswith("failed.")
    assert silent_about_secrets(done)


@pytest.mark.slow  # tests/app/checks/test_road.py is the quick one
@pytest.mark.models
def test_an_endpoint_for_once(env: dict[str, str]) -> None:
    env = {**env, "EXEI_VOICE_ENDPOINT": ""}
    for endpoint, code in (("ws://127.0.0.1:9/another-secret", 22), ("https://another-secret.invalid/", 21)):
        done = kiosk("doctor", "--json", "--endpoint", endpoint, env={**env, "KIOSK_SOUND__BACKEND": "wav"})
        failures = [check for check in json.loads(done.stdout)["checks"] if check["state"] == "fail"]
        assert failures[-1]["code"] == code, failures
        assert silent_about_secrets(done, "another-secret")


def test_a_wrong_setting_ends_it_with_its_line(env: dict[str, str], tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text("[sound]\nrate_hz = 48000\nblock_ms = 'ten'\n")
    for command in ("doctor", "check"):
        done = kiosk(command, "--site", str(site), env=env)
        assert done.returncode == ExitCode.SETTINGS
        assert "sound.block_ms" in done.stderr
        assert "site.toml:3" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


def test_check_shows_every_setting_with_layer_and_meaning(env: dict[str, str], tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text("[visit]\n\nsilence_s = 9\n")
    told = json.loads(kiosk("check", "--json", "--site", str(site), env=env).stdout)
    rows = {row["key"]: row for row in told["settings"]}
    for section, field in Settings.model_fields.items():
        for name in getattr(field.annotation, "model_fields", {}):
            assert {"key", "value", "layer", "meaning", "takes_effect"} <= set(rows[f"{section}.{name}"])
    assert rows["visit.silence_s"]["value"] == 9
    assert rows["visit.silence_s"]["layer"] == "site.toml:3"
    assert rows["sound.backend"]["layer"] == "environment KIOSK_SOUND__BACKEND"
    assert rows["site.device_id"]["layer"] == "default"


def test_check_says_what_follows_from_theme_and_screen(env: dict[str, str]) -> None:
    blind = json.loads(kiosk("check", "--json", env=env).stdout)["derived"]
    assert "not known" in blind["sizes"]
    assert ":1" in blind["least contrast"]
    seeing = {**env, "QT_QPA_PLATFORM": "offscreen", "KIOSK_SCREEN__DIAGONAL_IN": "21.5"}
    derived = json.loads(kiosk("check", "--json", env=seeing).stdout)["derived"]
    assert "px" in derived["text body"]
    assert "mm" in derived["control pill"]
    plain = kiosk("check", env=seeing).stdout
    assert "text body" in plain
    assert "visit.silence_s = " in plain


def test_check_repeats_no_secret(env: dict[str, str]) -> None:
    done = kiosk("check", env=env)
    assert done.returncode == 0, done.stderr
    assert silent_about_secrets(done)
