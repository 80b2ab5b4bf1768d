"""Settings: layers, and one clear sentence for each thing that can be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.load import load
from kiosk.settings.places import assets
from kiosk.settings.schema import CaptureMode, Settings


def site(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "site.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_file_and_environment_in_this_order(tmp_path: Path) -> None:
    path = site(tmp_path, '[visit]\nsilence_s = 9\nreprompts = 1\n[capture]\nmode = "push_to_talk"\n')
    loaded = load(path, {"KIOSK_VISIT__SILENCE_S": "7.5"})
    assert loaded.settings.visit.silence_s == 7.5
    assert loaded.settings.visit.reprompts == 1
    assert loaded.settings.capture.mode is CaptureMode.PUSH_TO_TALK
    assert loaded.settings.visit.farewell_s == Settings().visit.farewell_s
    rows = {row["key"]: row for row in loaded.explain()}
    assert rows["visit.silence_s"]["layer"] == "environment KIOSK_VISIT__SILENCE_S"
    assert rows["visit.reprompts"]["layer"] == "site.toml:3"
    assert rows["visit.farewell_s"]["layer"] == "default"
    assert all(row["meaning"].endswith((".", ")")) for row in rows.values())


@pytest.mark.parametrize(
    ("text", "environment", "said"),
    [
        ("[visit]\nsilense_s = 9\n", {}, ["visit.silense_s", "site.toml:2", "did you mean visit.silence_s"]),
        ("[vist]\nsilence_s = 9\n", {}, ["vist", "site.toml:1", "did you mean visit"]),
        ("[visit]\nsilence_s = 1\n", {}, ["visit.silence_s", "greater than or equal to 3", "site.toml:2", "1"]),
        ("[visit]\nsilence_s = \n", {}, ["not valid TOML", "line 2"]),
        ("", {"KIOSK_VISIT__SILENSE_S": "9"}, ["KIOSK_VISIT__SILENSE_S", "did you mean visit.silence_s"]),
        ("[visit]\njitter_ms = 20\n", {}, ["visit.jitter_ms", "did you mean"]),
    ],
)
def test_a_wrong_setting_is_named_with_its_place(
    tmp_path: Path, text: str, environment: dict[str, str], said: list[str]
) -> None:
    with pytest.raises(Fault) as fault:
        load(site(tmp_path, text), environment)
    assert fault.value.code is ExitCode.SETTINGS
    for part in said:
        assert part in fault.value.sentence


@pytest.mark.parametrize(
    "line", ['endpoint = "wss://planted.example/x"', 'client_id = "planted-7d1"', 'clientId = "planted-7d1"']
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path: Path, line: str) -> None:
    with pytest.raises(Fault) as fault:
        load(site(tmp_path, f"[agent]\n{line}\n"), {})
    assert "secret" in fault.value.sentence
    assert "line 2" in fault.value.sentence
    assert "planted" not in fault.value.sentence


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="cannot be read"):
        load(tmp_path / "nowhere.toml", {})


def test_the_example_site_is_valid_and_shows_every_default() -> None:
    loaded = load(assets() / "sites" / "example.toml", {})
    assert loaded.settings == Settings()
    shown = (assets() / "sites" / "example.toml").read_text(encoding="utf-8")
    for row in loaded.explain():
        assert row["meaning"] in shown, row["key"]
