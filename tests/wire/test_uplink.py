from __future__ import annotations

import pytest

from kiosk.wire.canonical import Audio, Mute, Playback, SpeechEnd
from kiosk.wire.uplink import ControlQueueFull, Uplink

FRAME = 640


@pytest.fixture
def uplink() -> Uplink:
    made = Uplink(16000, 20)
    made.open()
    return made


def taken(uplink: Uplink) -> list[object]:
    return list(iter(uplink.take, None))


def test_audio_is_cut_into_frames(uplink: Uplink):
    assert uplink.audio(bytes(1000))
    assert uplink.audio(bytes(300))
    assert taken(uplink) == [Audio(bytes(FRAME)), Audio(bytes(FRAME))]


def test_the_end_of_a_turn_follows_its_last_sound(uplink: Uplink):
    uplink.audio(bytes(FRAME + 100))
    uplink.control(SpeechEnd(40))
    assert taken(uplink) == [Audio(bytes(FRAME)), Audio(bytes(100)), SpeechEnd(40)]


def test_audio_that_waits_for_more_than_400_ms_is_dropped():
    now = [0.0]
    uplink = Uplink(16000, 20, lambda: now[0])
    uplink.open()
    for number in range(25):
        now[0] = number * 0.02
        uplink.audio(bytes([number]) * FRAME)
    uplink.control(Mute(True))
    assert uplink.dropped == 4
    now[0] += 0.1
    assert [item.pcm[0] for item in taken(uplink) if isinstance(item, Audio)] == list(range(9, 25))


def test_a_burst_of_pre_roll_goes_up_whole(uplink: Uplink):
    for number in range(40):
        uplink.audio(bytes([number]) * FRAME)
    assert [item.pcm[0] for item in taken(uplink) if isinstance(item, Audio)] == list(range(40))
    assert uplink.dropped == 0


def test_what_is_told_before_the_release_goes_up_ahead_of_held_audio(uplink: Uplink):
    uplink.audio(bytes(FRAME + 100))
    uplink.hold()
    uplink.audio(bytes([1]) * (FRAME + 50))
    assert taken(uplink) == [Audio(bytes(FRAME)), Audio(bytes(100))]
    uplink.control(Mute(True))
    uplink.audio(bytes([1]) * (FRAME - 50))
    uplink.release()
    assert taken(uplink) == [Mute(True), Audio(bytes([1]) * FRAME), Audio(bytes([1]) * FRAME)]


def test_two_holds_want_two_releases_and_a_new_connection_none(uplink: Uplink):
    uplink.hold()
    uplink.hold()
    uplink.audio(bytes(FRAME))
    uplink.release()
    assert taken(uplink) == []
    uplink.release()
    assert taken(uplink) == [Audio(bytes(FRAME))]
    uplink.hold()
    uplink.close()
    uplink.open()
    uplink.audio(bytes(FRAME))
    assert taken(uplink) == [Audio(bytes(FRAME))]
    uplink.release()
    uplink.hold()
    uplink.audio(bytes(FRAME))
    assert taken(uplink) == [], "a release of the connection before counts for none"


def test_held_audio_grows_old_like_any_other():
    now = [0.0]
    uplink = Uplink(16000, 20, lambda: now[0])
    uplink.open()
    uplink.hold()
    uplink.audio(bytes(FRAME))
    now[0] = 0.5
    uplink.audio(bytes([1]) * FRAME)
    uplink.release()
    assert taken(uplink) == [Audio(bytes([1]) * FRAME)]
    assert uplink.dropped == 1


def test_control_is_never_dropped_and_playback_is_coalesced(uplink: Uplink):
    uplink.control(Playback("r1", "started", 0))
    uplink.control(Playback("r2", "started", 0))
    uplink.control(Playback("r1", "finished", 9))
    assert taken(uplink) == [Playback("r1", "finished", 9), Playback("r2", "started", 0)]
    for _ in range(64):
        uplink.control(Mute(True))
    with pytest.raises(ControlQueueFull):
        uplink.control(Mute(False))
    assert len(taken(uplink)) == 64


def test_nothing_is_carried_over_to_another_conversation(uplink: Uplink):
    uplink.audio(bytes(FRAME + 2))
    uplink.close()
    assert not uplink.audio(bytes(FRAME))
    uplink.open()
    assert taken(uplink) == []
