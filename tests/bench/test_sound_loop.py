"""The sound bench's loop on a few recordings that are always there: does the kiosk's chain work at all?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.bench.sound_loop import Order, Ours, play
from tests.bench.sound_scene import CONDITIONS, scene
from tests.bench.sound_score import scored
from tests.bench.sound_speech import word_errors
from tests.bench.sound_wire import Wired

BASE = replace(CONDITIONS["base"], delay_ms=40.0)


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def test_an_agent_alone_never_stops_itself() -> None:
    assert scored(play(scene("small", BASE, 0, seconds=30), Ours())).stops == 0


def test_whoever_talks_over_the_agent_stops_it_and_only_then() -> None:
    run = play(scene("small", BASE.at(-5.0), 0, seconds=30), Ours())
    score = scored(run)
    assert len(score.to_stop) == 4
    assert sum(at is not None for at in score.to_stop) >= 3
    assert score.stops == 0


def test_through_rings_and_stamps_of_48_khz_it_works_too() -> None:
    score = scored(play(scene("small", BASE.at(-5.0), 1, seconds=20), Wired()))
    assert sum(at is not None for at in score.to_stop) >= 1
    assert score.stops == 0


def test_a_slip_that_the_stamps_tell_stops_nobody() -> None:
    assert scored(play(scene("small", replace(BASE, slips="known"), 0, seconds=30), Ours())).stops == 0


def test_the_loudspeaker_obeys() -> None:
    """A chain that stops at once is followed by silence at the microphone, one that never speaks is not."""

    class Hasty:
        def __init__(self, order: Order | None) -> None:
            self.order, self.far = order, []

        def arm(self, at: float) -> None: ...
        def disarm(self, at: float) -> None: ...
        def slipped(self, at: float) -> None: ...

        def step(self, near, far, at):
            self.far.append(0 if far is None else int(abs(far).max()))
            return [self.order] if self.order and at == 1.0 else []

    loud, ducked, stopped = Hasty(None), Hasty(Order.DUCK), Hasty(Order.STOP)
    for chain in (loud, ducked, stopped):
        play(scene("small", BASE, 0, seconds=2), chain)
    assert max(loud.far[110:190]) > 0
    assert max(ducked.far[110:190]) == pytest.approx(max(loud.far[110:190]) * 10 ** (-13 / 20), rel=0.05)
    assert max(stopped.far[110:190]) == 0


def test_words_are_counted() -> None:
    assert word_errors("go forward ten meters", "Go forward, 10 meters.") == (0, 4)
    assert word_errors("go forward ten meters", "forward ten miles please") == (3, 4)
    assert word_errors("five five", "") == (2, 2)


def test_tuning_and_test_material_share_nothing() -> None:
    from tests.bench.sound_corpus import SPLIT
    from tests.bench.sound_room import ROOMS

    tuning, test = SPLIT["tuning"], SPLIT["test"]
    for kind in ("agents", "visitors", "music"):
        assert not set(getattr(tuning, kind)) & set(getattr(test, kind))
    assert not set(ROOMS["tuning"]) & set(ROOMS["test"])
