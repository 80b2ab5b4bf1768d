"""What the screen says of keeping, what is kept, and the texts that packaging/privacy has for both."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from kiosk.app.checks.site import promises
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.schema import Settings

PRIVACY = Path(__file__).parents[3] / "packaging" / "privacy"
KEPT = {
    "A": {},
    "B": {"keep_days": 30},
    "C": {"keep_days": 30, "keep_audio": True},
    "D": {},
}


def site(words: dict[str, object] | None = None, *, consent: bool = False, **service: object) -> Settings:
    house = {"en": {"place": "Hotel Linden", "guide": "Nora", **words}} if words is not None else None
    tables = {"visit": {"consent": consent}, "service": service, **({"words": house} if house else {})}
    return Settings.model_validate(tables)


def test_nothing_kept_is_nothing_to_say() -> None:
    assert promises(site()) == "nothing of what is said is kept here"
    assert "service.chat_endpoint" in promises(site(chat_endpoint="https://chat.example/v1"))


@pytest.mark.parametrize(
    ("settings", "setting"),
    [
        (site(keep_days=30), "words.ar.footer"),
        (site({"footer": "This kiosk keeps nothing you say"}, keep_days=1), "words.en.footer"),
        (site({}, keep_days=1), "words.en.footer"),
        (site({"notice": ["Words are kept."]}, keep_days=1), "words.en.footer"),
        (site({"footer": "Kept for a day"}, keep_days=1, keep_audio=True), "service.keep_audio"),
    ],
)
def test_a_screen_that_says_otherwise_or_nothing_is_a_fault(settings: Settings, setting: str) -> None:
    with pytest.raises(Fault, match=re.escape(setting)) as told:
        promises(settings)
    assert told.value.code is ExitCode.SETTINGS


def test_a_screen_that_says_something_is_left_to_the_house() -> None:
    assert "30 days" in promises(site({"footer": "Words are kept for 30 days"}, keep_days=30))
    assert "words are kept" in promises(site({"notice": ["Words are kept."]}, consent=True, keep_days=1))


@pytest.mark.parametrize("case", sorted(KEPT))
def test_the_texts_for_each_case_fit_the_glass_and_their_settings(case: str) -> None:
    page = (PRIVACY / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"^### {case}: .*?^```toml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert found
    tables = tomllib.loads(found[1])
    assert set(tables["words"]) == {"en", "de", "ar"}
    for words in tables["words"].values():
        words.update(place="Hotel Linden", guide="Nora")
        assert len(words["notice"]) == 3
    settings = Settings.model_validate({**tables, "service": KEPT[case]})  # bounds of every line
    assert promises(settings)


def test_every_blank_is_marked_and_every_marked_one_is_closed() -> None:
    for page in PRIVACY.glob("*.md"):
        text = page.read_text(encoding="utf-8").replace("[SITE:` ", "").replace("\\[SITE:", "").replace("[SITE:`,", "")
        for blank in re.findall(r"\[SITE[^\]]*\]?", text):
            assert re.fullmatch(r"\[SITE(: [^\[\]]+)?\]", blank), f"{page.name}: {blank}"
