"""Whose turn it is at the engines."""

from __future__ import annotations

import io

import pytest

from kiosk.service.limits import Admission, Load
from kiosk.service.workers import frames
from kiosk.service.workers.process import environment
from kiosk.service.workers.queue import Queue, Urgency, Work


def work(due: float, urgency: Urgency = Urgency.WAITED_FOR, *, slow: bool = False) -> Work:
    return Work(urgency, due, slow)


def order(queue: Queue) -> list[Work]:
    taken = []
    while (one := queue.take()) is not None:
        taken.append(one)
        queue.done(one)
    return taken


def test_what_is_waited_for_goes_first_and_of_that_what_is_due_first() -> None:
    queue = Queue(workers=1)
    ahead, partial = work(0.0, Urgency.AHEAD, slow=True), work(1.0, Urgency.PARTIAL, slow=True)
    guess, final, second = work(5.2), work(5.0), work(9.0)
    for one in (ahead, partial, second, guess, final):
        queue.add(one)
    assert order(queue) == [final, guess, second, partial, ahead]


def test_a_monologue_never_holds_the_last_worker() -> None:
    queue = Queue(workers=2)
    long, longer, short = work(1.0, slow=True), work(2.0, slow=True), work(3.0)
    for one in (long, longer, short):
        queue.add(one)
    assert [queue.take(), queue.take(), queue.take()] == [long, short, None]
    queue.done(long)
    assert queue.take() is longer


def test_where_there_is_one_worker_only_the_monologue_has_it() -> None:
    queue = Queue(workers=1)
    queue.add(long := work(1.0, slow=True))
    assert queue.take() is long


def test_what_is_withdrawn_is_not_done() -> None:
    queue = Queue(workers=1)
    queue.add(gone := work(1.0))
    assert queue.remove(gone)
    assert not queue.remove(gone)
    assert queue.take() is None
    assert len(queue) == 0


def test_a_message_comes_out_as_it_went_in_and_half_of_one_is_an_end() -> None:
    pipe = io.BytesIO()
    frames.write(pipe, {"final": True, "language": "en"}, b"sound")
    whole = pipe.getvalue()
    assert frames.read(io.BytesIO(whole)) == ({"final": True, "language": "en"}, b"sound")
    for size in (0, 3, len(whole) - 1):
        with pytest.raises(EOFError):
            frames.read(io.BytesIO(whole[:size]))


@pytest.mark.parametrize("noise", [b"Loading weights... done\n", b"\x02\0\0\0\0\0\0\0[]", b"\x02\0\0\0\0\0\0\0{,"])
def test_what_a_library_printed_is_no_message(noise: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json's own is one too
        frames.read(io.BytesIO(noise))


def test_a_worker_gets_no_secret_of_the_environment() -> None:
    secrets = {
        "EXEI_VOICE_CLIENT_ID": "a",
        "CREDENTIALS_DIRECTORY": "b",
        "KIOSK_SERVICE__CONVERSATIONS_DB": "postgresql://user:password@host/name",
        "SOME_API_KEY": "c",
    }
    harmless = {"PATH": "/bin", "HOME": "/root", "LC_ALL": "C", "OMP_NUM_THREADS": "1"}
    assert environment(secrets | harmless) == harmless


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_house_is_full_when_visitors_wait_for_each_other_and_not_for_long_after() -> None:
    clock = Clock()
    load = Load(400, clock)
    admission = Admission(8, load)
    admission.begin("one")
    for _ in range(2):
        load.waited(3.0)
    assert not admission.full  # two may have met the loading of an engine
    load.waited(0.0)
    assert admission.full
    clock.now += Load.LATELY_S + 1
    assert not admission.full


def test_who_is_alone_is_let_in_however_late_the_engines_are() -> None:
    load = Load(400, Clock())
    for _ in range(5):
        load.waited(3.0)
    admission = Admission(8, load)
    assert not admission.full
    admission.begin("one")
    assert admission.full


def test_being_in_time_most_of_the_time_is_enough() -> None:
    load = Load(400, Clock())
    for late in (0.0, 0.0, 0.0, 1.0, 0.0):
        load.waited(late)
    assert not load.late
