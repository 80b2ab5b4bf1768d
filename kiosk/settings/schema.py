"""Every setting of a site: its meaning in a sentence, its unit in its name, its bounds, and when a change takes effect.

Secrets (endpoint and Client ID) are not here: they never stand in TOML, see `kiosk.wire.credentials`.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field

from kiosk.settings.console import Console
from kiosk.settings.gateway import Gateway
from kiosk.settings.hours import OpeningHours
from kiosk.settings.house import MUSEUM, HouseWords
from kiosk.settings.section import Section, TakesEffect, setting
from kiosk.settings.sound import Capture, Sound

Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]


class Site(Section):
    """Who and where the kiosk is."""

    device_id: str = setting(
        "kiosk-1",
        "Name of this device on the wire and in the fleet.",
        TakesEffect.RESTART,
        pattern=r"^[A-Za-z0-9._-]{1,64}$",
    )
    language: Language = setting("en", "Language the kiosk starts in, as a two-letter code.", TakesEffect.RESTART)
    languages: tuple[Language, ...] = setting(
        (),
        "Languages that a visitor can choose, as two-letter codes; empty for all that window and site have words in.",
        TakesEffect.RESTART,
        max_length=6,
    )


class Agent(Section):
    """The voice agent behind the wire. Its endpoint and Client ID are secrets and stand elsewhere."""

    dialect: str = setting(
        "exei-voice", "Name of a shipped dialect, or path of a dialect file, that describes the agent's socket."
    )
    connect_timeout_s: float = setting(10.0, "Longest wait for the socket to stand, seconds.", ge=1, le=60)
    answer_due_s: float = setting(
        12.0,
        "Longest silence of the agent after a turn was committed before the link counts as dead, seconds.",
        ge=3,
        le=120,
    )
    extra_ca_file: Path | None = setting(
        None, "Extra certificate authority (PEM file) that the socket may be signed by.", TakesEffect.RESTART
    )


class Visit(Section):
    """Limits of one visit."""

    consent: bool = setting(False, "Whether a notice must be answered before the microphone opens.")
    start_by_voice: bool = setting(
        False, "Whether a voice near the microphone begins a visit too; nothing is sent before it has begun."
    )
    connect_limit_s: float = setting(20.0, "Longest time on the connecting screen, seconds.", ge=3, le=120)
    silence_s: float = setting(12.0, "Silence of the visitor before a reprompt, seconds.", ge=3, le=120)
    reprompts: int = setting(2, "Reprompts before the kiosk asks whether anyone is there.", ge=0, le=2)
    thinking_limit_s: float = setting(
        20.0, "Longest wait for an answer before the visitor gets the word back, seconds.", ge=5, le=120
    )
    checking_s: float = setting(20.0, "How long the question 'are you still there?' stands, seconds.", ge=20, le=300)
    farewell_s: float = setting(12.0, "How long the goodbye stands, seconds.", ge=3, le=60)
    notice_s: float = setting(60.0, "How long the notice waits for an answer, seconds.", ge=20, le=600)
    handover_limit_s: float = setting(600.0, "Longest time a person who answers says nothing, seconds.", ge=30, le=7200)
    staff_limit_s: float = setting(300.0, "Idle time after which the staff panel closes, seconds.", ge=30, le=3600)
    offline_retry_s: float = setting(
        30.0, "Pause between tries to come back from the offline screen, seconds.", ge=1, le=600
    )
    longest_s: float = setting(1800.0, "Longest visit, seconds.", ge=60, le=7200)
    patience: float = setting(1.0, "Factor on every limit for visitors who need more time.", ge=1, le=10)
    stall_s: float = setting(
        3.0, "Time the speaker clock may stand still in an answer before it counts as over, seconds.", ge=1, le=10
    )


class Person(Section):
    """How somebody of the house is reached when a visitor asks for a person. Neither named: the agent is asked."""

    webhook: str = setting(
        "",
        "Address that is told by HTTP POST (JSON: device, place, language, time, visit; no words of the visitor); "
        "empty for none.",
        pattern=r"^(|https?://\S+)$",
        repr=False,
    )
    command: tuple[str, ...] = setting(
        (), "Program and arguments that are run when a person is wanted; empty for none.", max_length=20
    )
    timeout_s: float = setting(
        10.0, "How long either may take before the visitor is told that nobody was reached, seconds.", ge=1, le=60
    )


class Corner(StrEnum):
    TOP_START = "top_start"
    TOP_END = "top_end"
    BOTTOM_START = "bottom_start"
    BOTTOM_END = "bottom_end"


class Staff(Section):
    """How staff get behind the screens. The PIN itself is chosen at the first start and stands in a file of its own."""

    corner: Corner = setting(
        Corner.TOP_START,
        "Corner of the screen that staff tap: top_start, top_end, bottom_start or bottom_end, where start is the side "
        "that the site's own language begins on.",
        TakesEffect.RESTART,
    )
    corner_taps: int = setting(
        7, "Taps in that corner, within four seconds, that ask for the PIN.", TakesEffect.RESTART, ge=3, le=12
    )
    pin_file: Path | None = setting(
        None, "File that keeps the staff PIN, as a hash; empty for the user's state folder.", TakesEffect.RESTART
    )


class Service(Section):
    """The local Voice API."""

    host: str = setting("127.0.0.1", "Address the service listens on.", TakesEffect.RESTART)
    port: int = setting(8765, "Port the service listens on; 0 picks a free one.", TakesEffect.RESTART, ge=0, le=65535)
    knowledge: Path | None = setting(
        None, "Knowledge file of the agent; empty for the shipped harbour museum.", TakesEffect.RESTART
    )
    greeting: str = setting(
        "Hello, I'm Maren, the museum's AI guide. What can I show you?", "What the agent says first; empty for nothing."
    )
    sorry: str = setting(
        "I'm sorry, I lost that. Could you say it again, please?",
        "What the agent says to a visitor whose words its recogniser failed over.",
        min_length=1,
    )
    language: str = setting("en", "Language the agent understands and speaks.", pattern=r"^[a-z]{2}$")
    stt: str = setting("whisper", "Recognition engine, by its plug-in name.", TakesEffect.RESTART)
    stt_model: Path | None = setting(
        None, "Folder of another CTranslate2 Whisper model; empty for the packaged one.", TakesEffect.RESTART
    )
    tts: str = setting(
        "auto",
        "Speech engine by plug-in name, or auto: the first of kokoro, piper that a timed warm-up finds fast enough.",
        TakesEffect.RESTART,
    )
    tts_model: Path | None = setting(
        None, "Another model file for the speech engine; empty for the packaged one.", TakesEffect.RESTART
    )
    voice: str = setting("af_heart", "Voice of the agent.")
    speed: float = setting(1.0, "Speed of the agent's speech.", ge=0.7, le=1.3)
    style: str = setting("plain", "Style of the agent's speech, by its name among the styles.", TakesEffect.RESTART)
    styles: Path | None = setting(
        None, "File with the site's own styles of speech; empty for the shipped ones.", TakesEffect.RESTART
    )
    person_due_s: float = setting(
        90.0,
        "Silence of visitor and person after which a person who took a conversation counts as gone, seconds.",
        ge=10,
        le=500,
    )
    answers: str = setting("knowledge", "Answer engine, by its plug-in name.", TakesEffect.RESTART)
    threshold: float = setting(
        0.35,
        "How sure the agent must be of an answer, 0 to 1; under it, it says that it does not know.",
        TakesEffect.RESTART,
        ge=0.0,
        le=1.0,
    )
    chat_endpoint: str = setting(
        "",
        "OpenAI-compatible endpoint, such as https://host/v1, that words answers from what the house has written; "
        "what visitors say goes there. Empty for the house's own words. Its key never stands here: it is a systemd "
        "credential chat_key, or the environment's EXEI_CHAT_KEY.",
        TakesEffect.RESTART,
    )
    chat_model: str = setting(
        "default", "Model of the chat endpoint, by the endpoint's name for it.", TakesEffect.RESTART
    )
    chat_timeout_ms: int = setting(
        1500,
        "How long the chat endpoint may take for a sentence before the house's own words are said, milliseconds.",
        TakesEffect.RESTART,
        ge=200,
        le=10000,
    )
    threads: int = setting(2, "Processor threads for one recognition or synthesis.", TakesEffect.RESTART, ge=1, le=16)
    recognisers: int = setting(
        0,
        "Recognisers that work at the same time, each a process with its own copy of the model; 0 is as many as cores "
        "and memory bear.",
        TakesEffect.RESTART,
        ge=0,
        le=16,
    )
    late_ms: int = setting(
        400,
        "How late the engines may be on average of the last half minute before new conversations are asked to come "
        "back later, milliseconds.",
        TakesEffect.RESTART,
        ge=50,
        le=10000,
    )
    end_of_turn_ms: int = setting(
        300, "Silence that ends the turn of a visitor who has surely finished, milliseconds.", ge=200, le=2000
    )
    thinking_ms: int = setting(
        1200,
        "Silence that ends the turn of a visitor who is surely thinking, milliseconds; shorter than "
        "capture.hang_over_ms. As short as service.end_of_turn_ms: every pause counts alike.",
        ge=200,
        le=2500,
    )
    conversations: int = setting(4, "Most conversations at the same time.", TakesEffect.RESTART, ge=1, le=64)
    idle_s: float = setting(180.0, "Silence on the wire after which a conversation is closed, seconds.", ge=10, le=3600)
    longest_s: float = setting(1800.0, "Longest conversation, seconds.", ge=60, le=14400)
    keep_days: int = setting(
        0,
        "How long the local agent keeps what was said, days; older conversations are deleted. 0 keeps nothing and "
        "deletes what was kept. Who keeps any says so to visitors: see words.en.footer.",
        TakesEffect.RESTART,
        ge=0,
        le=3650,
    )
    keep_audio: bool = setting(
        False,
        "Whether visitors' voices are kept beside their words, for as long as those are. A recording of a voice needs "
        "consent: see visit.consent and words.en.notice.",
        TakesEffect.RESTART,
    )
    conversations_db: str = setting(
        "",
        "Where conversations are kept: path of an SQLite file, or URL of a database; empty for a file in the user's "
        "state folder.",
        TakesEffect.RESTART,
        repr=False,
    )
    house_db: str = setting(
        "",
        "Where the house itself is kept (accounts, corrections, how the agent speaks): path of an SQLite file, or URL "
        "of a database; empty for a file in the user's state folder.",
        TakesEffect.RESTART,
        repr=False,
    )
    cache: Path | None = setting(
        None, "Folder for spoken fixed answers; empty for the user's cache folder.", TakesEffect.RESTART
    )


class Screen(Section):
    """The window: how it looks."""

    theme: str = setting(
        "harbour-dark",
        "Name of a shipped theme (harbour-dark, harbour-light, high-contrast), or path of a theme file.",
        TakesEffect.RESTART,
    )
    diagonal_in: float = setting(
        0.0, "Diagonal of the screen, inches; 0 asks the display.", TakesEffect.RESTART, ge=0, le=120
    )
    viewing_distance_mm: int = setting(
        0,
        "How far away a visitor stands, millimetres; 0 takes 600 for portrait and 810 for landscape.",
        TakesEffect.RESTART,
        ge=0,
        le=5000,
    )
    bottom_mm: int = setting(
        0,
        "How high the lower edge of the glass hangs above the floor, millimetres; 0 where nobody has measured it.",
        TakesEffect.RESTART,
        ge=0,
        le=2500,
    )
    lowered: bool = setting(
        False,
        "Whether every control stands in the lower part of the glass, in reach of a visitor who sits.",
        TakesEffect.RESTART,
    )
    reduced_motion: bool = setting(False, "Whether everything but a level bar stands still.", TakesEffect.RESTART)
    pointer: bool = setting(False, "Whether the mouse pointer is shown.", TakesEffect.RESTART)
    renderer: str = setting(
        "auto",
        "How the window is drawn: gpu, software, or auto, which is software where there is no OpenGL.",
        TakesEffect.RESTART,
        pattern="^(auto|gpu|software)$",
    )


class Journal(Section):
    """Logs."""

    level: str = setting(
        "info",
        "How much is logged: debug, info, warning or error.",
        TakesEffect.RESTART,
        pattern="^(debug|info|warning|error)$",
    )
    folder: Path | None = setting(None, "Folder of the log files; empty logs to standard error.", TakesEffect.RESTART)


class Settings(Section):
    """All of a site's settings."""

    site: Site = Site()
    agent: Agent = Agent()
    sound: Sound = Sound()
    capture: Capture = Capture()
    hours: OpeningHours = OpeningHours()
    visit: Visit = Visit()
    person: Person = Person()
    staff: Staff = Staff()
    service: Service = Service()
    gateway: Gateway = Gateway()
    console: Console = Console()
    screen: Screen = Screen()
    words: dict[Language, HouseWords] = Field(default=MUSEUM, min_length=1)
    journal: Journal = Journal()

    @property
    def house(self) -> HouseWords:
        """The site's words in its own language."""
        return self.words[self.site.language]

    def tables(self) -> Iterator[tuple[str, Section]]:
        """Each table by its name in the file, `[words.de]` among them."""
        for name in type(self).model_fields:
            table = getattr(self, name)
            if isinstance(table, Section):
                yield name, table
            else:
                yield from ((f"{name}.{language}", words) for language, words in table.items())
