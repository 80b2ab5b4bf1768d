"""How loud visitors are here, and who is too quiet to be one: a bystander's voice opens nothing. Pure.

In the babble of a lobby every voice detector fires (37 to 97 times a minute at 5 dB, all of those measured): level is
what tells the person in front of the kiosk from the people behind.
"""

from __future__ import annotations

import numpy as np

from kiosk.audio.formats import SILENCE_DBFS

CANCELLER_TAKES_DB = 10.0  # of a voice in double talk (5 dB in the mean, measured), and of its soft syllables
LEAST_TURNS = 3  # heard before anybody is too soft: the first visitor may shout
LEAST_TURN_MS = 400.0  # less speech says little about how loud somebody is
FOLLOW = 0.3  # of the way to a turn's level that the estimate goes
MOST_STEP_DB = 4.0  # a shout and a whisper do not move it further
LOUD_HOP_DB = 4.0  # the loudest syllables of speech stand at least so far above its mean, and one of them is enough
HOLD_DB = 8.0  # a turn that is open is held by speech that is so much weaker still
ABOVE_NOISE_DB = 10.0  # a soft voice, and not the room's babble, which is its own floor
SOFT_MS = 2000.0  # of soft speech, less what is silent between, that lets a soft visitor in
SOFT_LEAK = 0.25  # of each silent hop: people pause, and babble does so less than one person
SOFT_FOR_S = 20.0  # after the last soft speech, the soft one has the word


class SpeechLevel:
    """RMS, dBFS, of the hops that were speech. `ms` of them were."""

    def __init__(self) -> None:
        self.ms = 0.0
        self._energy = 0.0

    def add(self, level_dbfs: float, length_ms: float) -> None:
        self._energy += 10 ** (level_dbfs / 10) * length_ms
        self.ms += length_ms

    @property
    def dbfs(self) -> float:
        return 10 * float(np.log10(self._energy / self.ms)) if self._energy else SILENCE_DBFS


class Visitors:
    """Running estimate of how loud they speak at the microphone, and who counts as one. Capture thread only.

    dbfs            as measured in this room, or None; nobody is too soft before it was measured or three turns heard
    bystander_db    how much weaker than that a voice must be to count as somebody else's (`capture.bystander_db`);
                    0: nobody's is

    Levels only, in this process only; of a voice nothing is kept but how loud it was.
    """

    def __init__(self, dbfs: float | None, bystander_db: float) -> None:
        self.dbfs = dbfs
        self._bystander_db = bystander_db
        self._turns = 0 if dbfs is None else LEAST_TURNS
        self._turn = SpeechLevel()
        self._soft_ms = 0.0
        self._soft_until = float("-inf")

    @property
    def least_dbfs(self) -> float | None:
        """What a voice must have in the mean to count as a visitor's; None while every voice does."""
        if self.dbfs is None or self._turns < LEAST_TURNS or not self._bystander_db:
            return None
        return self.dbfs - self._bystander_db

    def near(self, level_dbfs: float, *, open_now: bool = False) -> bool:
        """Whether a hop of speech with this level is loud enough for a visitor's. Between words nobody is asked."""
        least = self.least_dbfs
        return least is None or level_dbfs >= least + LOUD_HOP_DB - (HOLD_DB if open_now else 0.0)

    def least_behind_canceller(self) -> float | None:
        """What is softer behind a canceller is a bystander's: it takes some of a visitor's voice too."""
        least = self.least_dbfs
        return None if least is None else least - CANCELLER_TAKES_DB

    def hear(self, level_dbfs: float, *, speech: bool, floor_dbfs: float, length_ms: float, at: float) -> bool:
        """A hop while nobody has the word. Returns whether whoever speaks in it may have it.

        at      monotonic time of the hop
        """
        if speech and self.near(level_dbfs):
            return True
        if speech and level_dbfs > floor_dbfs + ABOVE_NOISE_DB:
            self._soft_ms = min(SOFT_MS, self._soft_ms + length_ms)
            if self._soft_ms >= SOFT_MS or at < self._soft_until:
                self._soft_until = at + SOFT_FOR_S
                return True
        else:
            self._soft_ms = max(0.0, self._soft_ms - SOFT_LEAK * length_ms)
        return False

    def holds(self, level_dbfs: float, at: float) -> bool:
        """Whether a hop of speech keeps an open turn open."""
        return at < self._soft_until or self.near(level_dbfs, open_now=True)

    def spoke(self, level_dbfs: float, length_ms: float) -> None:
        """A hop of speech in an open turn."""
        self._turn.add(level_dbfs, length_ms)

    def turn_over(self) -> None:
        """The estimate follows what was heard of it."""
        turn, self._turn = self._turn, SpeechLevel()
        if turn.ms < LEAST_TURN_MS:
            return
        self._turns += 1
        if self.dbfs is None:
            self.dbfs = turn.dbfs
        else:
            self.dbfs += float(np.clip(FOLLOW * (turn.dbfs - self.dbfs), -MOST_STEP_DB, MOST_STEP_DB))

    def forget(self) -> None:
        """The next visitor is another one: how loud people are here stays, who was let in does not."""
        self._turn = SpeechLevel()
        self._soft_ms = 0.0
        self._soft_until = float("-inf")
