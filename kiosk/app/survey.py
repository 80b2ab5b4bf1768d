"""`kiosk doctor --sound`: plays, listens, says what it found in a technician's words, keeps it as the site's profile.

What was heard is numbers when this ends: no sound is written anywhere.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from math import isfinite, isnan, nan
from pathlib import Path

import numpy as np

from kiosk.app.checks import room as words
from kiosk.app.checks.finding import Examination, Skipped
from kiosk.app.earcons import NAMES, Earcons
from kiosk.audio import profile as profiles
from kiosk.audio.files import read_wav
from kiosk.audio.formats import Floats, Resampler, to_float
from kiosk.audio.mic import FAR_HEADROOM_S
from kiosk.audio.profile import Pair, Profile
from kiosk.audio.recording import Session
from kiosk.audio.room import GuardChain, Room, measure, visitor_dbfs
from kiosk.audio.sound import load_backend
from kiosk.audio.stimulus import programme, spoken_like
from kiosk.core.fault import Fault
from kiosk.settings import places
from kiosk.settings.installed import has_agent
from kiosk.settings.schema import Settings

SILENCE_S = 2.5
TAIL_S = 0.8
VISITOR_S = 6.0
SPEECH_S = 14.0
TEXT = (
    "This is the voice of the kiosk. It speaks for a quarter of a minute, so that it can hear itself. "
    "Please be quiet as long as it does. The ships in the harbour carried grain, timber, salt and letters, "
    "and whoever came ashore had something to tell."
)

Voice = tuple[Floats, str]
"""(speech at the device's rate, what it is)"""


class Survey:
    """The steps, in their order: the first one measures, the others say what it found. One thread.

    ask     tells whoever stands there when to speak; None: there is nobody to ask, and it is said
    voice   speech to play, at a rate; else the local agent's voice where it is installed
    """

    def __init__(
        self,
        settings: Settings,
        *,
        ask: Callable[[str], None] | None,
        tell: Callable[[str], None],
        voice: Callable[[int], Voice] | None = None,
    ) -> None:
        self._settings = settings
        self._ask = ask
        self._tell = tell
        self._voice = voice or partial(house_voice, settings)
        self._room: Room | None = None
        self._visitor = nan
        self._pair: Pair | None = None

    def steps(self) -> Iterator[Examination]:
        yield "measurement", self._measure
        for name, meaning in (
            ("room noise", words.noise),
            ("echo", words.echo),
            ("clipping", words.clipping),
            ("gains", words.steadiness),
            ("loop delay", words.delay),
            ("clocks", words.clocks),
            ("canceller", words.canceller),
            ("false alarms", words.alarms),
        ):
            yield name, partial(self._say, meaning)
        yield "visitor", self._say_visitor
        yield "profile", self._keep

    def _measure(self) -> str:
        sound = self._settings.sound
        backend = load_backend(sound)
        self._pair = profiles.pair_of(sound, backend.devices())
        speech, what = self._voice(sound.rate_hz)
        earcons = Earcons(sound)
        heard = [pcm for name in NAMES if (pcm := earcons.get(name))]
        shown = programme(sound.rate_hz, speech, [_at(sound.rate_hz, pcm, earcons.rate) for pcm in heard])
        seconds = len(shown.samples) / shown.rate
        with Session(backend, sound) as session:
            self._tell(f"Please be quiet. {SILENCE_S:.0f} s of silence, then {seconds:.0f} s of sound ...")
            session.listen(SILENCE_S)
            session.play(shown)
            session.listen(TAIL_S)
            near, far = session.tapes()
            underruns, cancelled = session.underruns, session.cancelled
            if self._ask is not None:
                self._ask("Now stand where visitors stand, and say two or three sentences as a visitor would ...")
                begun = session.mark()
                session.listen(VISITOR_S)
                spoken, _ = session.tapes()
                self._visitor = visitor_dbfs(spoken.pcm[begun:], spoken.rate)
        self._room = measure(
            near,
            far,
            shown,
            GuardChain(self._settings.capture),
            self._settings.capture,
            ahead_s=FAR_HEADROOM_S,
            cancelled=cancelled,
        )
        pieces = f"chirps, {len(shown.of('earcon'))} earcon{'s' * (len(shown.of('earcon')) != 1)}, {what}"
        system = "; the sound system cancels the echo" if cancelled else ""
        late = f"; {underruns} underruns of the loudspeaker" if underruns else ""
        return (
            f"{seconds:.0f} s at sound.volume_db {sound.volume_db:g}: {pieces}; heard by {self._pair.microphone!r} "
            f"from {self._pair.loudspeaker!r}{system}{late}"
        )

    def _say(self, meaning: Callable[[Room], str]) -> str:
        return meaning(self._measured())

    def _say_visitor(self) -> str:
        room = self._measured()
        if self._ask is None:
            raise Skipped("nobody was asked to speak: `kiosk doctor --sound --visitor` on a terminal asks for it")
        return words.visitor(room, self._visitor)

    def _keep(self) -> str:
        made = self.profile()
        file = profiles.file_of(self._settings.sound)
        profiles.keep(file, made)
        duplex = "full" if made.full_duplex else "half"
        return f"kept in {file} for these two devices: {duplex} duplex; the next start of the kiosk uses it"

    def profile(self) -> Profile:
        """Raises `Skipped` when nothing was measured."""
        room = self._measured()
        assert self._pair is not None
        heard = room.loop is not None
        earlier = profiles.in_force(self._settings.sound, load_backend(self._settings.sound).devices())
        # A measurement without a visitor keeps the level of an earlier one: the visitors are the same.
        visitor = self._visitor if not isnan(self._visitor) else (earlier.visitor_dbfs if earlier else None)
        return Profile(
            microphone=self._pair.microphone,
            loudspeaker=self._pair.loudspeaker,
            made_at=round(time.time()),
            volume_db=self._settings.sound.volume_db,
            full_duplex=words.full_duplex(room),
            noise_dbfs=round(room.noise_dbfs, 1),
            echo_dbfs=_number(room.echo_dbfs if heard else None),
            echo_gain_db=_number(room.echo_gain_db if heard else None),
            loop_ms=_number(room.loop.measured_ms if room.loop else None),
            path_ms=_number(room.loop.path_ms if room.loop else None),
            drift_ppm=_number(room.loop.drift_ppm if room.loop else None),
            erle_first_db=_number(room.cancelled.first_db),
            erle_steady_db=_number(room.cancelled.steady_db),
            false_alarms=room.alarms.interruptions,
            alarms_in_s=round(room.alarms.in_s, 1),
            clipped=round(room.clipping.share, 5),
            visitor_dbfs=_number(visitor),
        )

    def _measured(self) -> Room:
        if self._room is None:
            raise Skipped("nothing was measured")
        return self._room


def examinations(settings: Settings, *, visitor: bool) -> Iterator[Examination]:
    """For the command line: what it asks and tells goes to standard error, findings to whoever reports."""
    asked = visitor and sys.stdin.isatty()
    return Survey(settings, ask=_say if asked else None, tell=_say).steps()


def house_voice(settings: Settings, rate: int) -> Voice:
    """The local agent's, where it is installed; spoken once and kept in the user's cache folder."""
    if has_agent():
        file = places.cache() / f"doctor-{settings.service.voice}-{settings.service.language}.wav"
        try:
            if not file.exists():
                _speak(settings, file)
            return to_float(read_wav(file, rate)), f"the local agent's voice {settings.service.voice}"
        except Fault as fault:
            _say(f"The local agent's voice cannot be used: {fault.sentence}")
    return spoken_like(rate, SPEECH_S), "a made-up voice that says nothing (no voice is installed)"


def _speak(settings: Settings, file: Path) -> None:
    """All or nothing: half a file would be played for ever."""
    from kiosk.service.say import say  # noqa: PLC0415 - the engines bring seconds of imports

    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        spoken = Path(folder) / "spoken.wav"
        say(settings.service, TEXT, None, spoken)
        spoken.replace(file)


def _at(rate: int, pcm: bytes, own_rate: int) -> Floats:
    resampler = Resampler(own_rate, rate, aligned=True)
    return np.concatenate((resampler.feed(to_float(np.frombuffer(pcm, "<i2").astype(np.int16))), resampler.finish()))


def _number(value: float | None) -> float | None:
    return round(value, 1) if value is not None and isfinite(value) else None


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
