"""Settings: layers, and one clear sentence for each thing that can be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.core.fault import ExitCode, Fault
from kiosk.settings import example
from kiosk.settings.house import HouseWords
from kiosk.settings.languages import offered
from kiosk.settings.load import load
from kiosk.settings.schema import Settings
from kiosk.settings.sound import CaptureMode

DE = "[words.de]\nplace = 'x'\nguide = 'y'\n"


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
        (f"{DE}invitaton = 'x'\n", {}, ["words.de.invitaton", "site.toml:4", "did you mean words.de.invitation"]),
        ("[word.de]\nplace = 'x'\n", {}, ["word", "site.toml:1", "did you mean words"]),
        ("[words.deutsch]\nplace = 'x'\nguide = 'y'\n", {}, ["words.deutsch", "site.toml:1", "match pattern"]),
        ("[words.de]\nplace = 'x'\n", {}, ["words.de.guide is missing", "site.toml:1"]),
        (
            "[words.de]\nplace = 'x'\ngiude = 'y'\n",
            {},
            ["words.de.giude", "site.toml:3", "did you mean words.de.guide"],
        ),
        (f"{DE}choices = ['{'x' * 41}']\n", {}, ["words.de.choices.0", "site.toml:4", "at most 40"]),
        (f"{DE}choices = ['a', 'b', 'c', 'd', 'e']\n", {}, ["words.de.choices", "site.toml:4", "at most 4"]),
        ("[words]\nde = 3\n", {}, ["words.de", "site.toml:2"]),
        (DE, {}, ["site.language", "default", "'en'", "[words.en]", "name one of de"]),
        (f"[site]\nlanguage = 'de'\nlanguages = ['de', 'fr']\n{DE}", {}, ["site.languages", "site.toml:3", "'fr'"]),
        (
            "[site]\nlanguage = 'nb'\n[words.nb]\nplace = 'x'\nguide = 'y'\n",
            {},
            ["site.language", "site.toml:2", "the window has no words in it", "packaging/words"],
        ),
        ("[words.de]\nplace = 'x'\n", {"KIOSK_WORDS__DE__GUIDES": "y"}, ["KIOSK_WORDS__DE__GUIDES", "words.de.guide"]),
        ("", {"KIOSK_WORDS__PLACE": "y"}, ["KIOSK_WORDS__PLACE", "did you mean words"]),
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


def test_a_wrong_address_that_may_carry_a_token_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(Fault) as fault:
        load(site(tmp_path, '[person]\nwebhook = "htps://house.example/planted-7"\n'), {})
    assert "person.webhook" in fault.value.sentence
    assert "planted" not in fault.value.sentence


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="cannot be read"):
        load(tmp_path / "nowhere.toml", {})


def test_the_example_site_is_valid_and_shows_every_default() -> None:
    assert load(example.FILE, {}).settings == Settings()
    assert example.FILE.read_text(encoding="utf-8") == example.text(), "run `python -m kiosk.settings.example`"


def test_words_of_a_site_replace_all_of_the_museum_s(tmp_path: Path) -> None:
    path = site(tmp_path, '[site]\nlanguage = "de"\n[words.de]\nplace = "Rathaus"\nguide = "Jule"\n')
    loaded = load(path, {"KIOSK_WORDS__DE__GUIDE": "Ida", "KIOSK_WORDS__DE__CHOICES": '["Parkplatz"]'})
    assert list(loaded.settings.words) == ["de"]
    assert loaded.settings.house == HouseWords(place="Rathaus", guide="Ida", choices=("Parkplatz",))
    rows = {row["key"]: row["layer"] for row in loaded.explain()}
    assert (rows["words.de.place"], rows["words.de.offer"]) == ("site.toml:4", "default")
    assert rows["words.de.guide"] == "environment KIOSK_WORDS__DE__GUIDE"
    assert not any(key.startswith("words.en") for key in rows)


def test_every_language_of_both_is_offered_the_site_s_own_first(tmp_path: Path) -> None:
    assert offered(Settings()) == ("en", "de", "ar")
    assert offered(load(None, {"KIOSK_SITE__LANGUAGE": "ar"}).settings) == ("ar", "en", "de")
    named = load(site(tmp_path, '[site]\nlanguage = "de"\nlanguages = ["ar"]\n'), {}).settings
    assert offered(named) == ("de", "ar")
    norse = '[words.en]\nplace = "x"\nguide = "y"\n[words.nb]\nplace = "x"\nguide = "y"\n'
    assert offered(load(site(tmp_path, norse), {}).settings) == ("en",), "the window does not speak it"
