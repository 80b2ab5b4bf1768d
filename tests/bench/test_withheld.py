"""The watcher's own ruler: it finds a C call that keeps the interpreter, and says where; it does not find Python."""

from __future__ import annotations

import ctypes
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import repeat

import pytest

from tests.bench.withheld import Held, Watch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads the kernel's own account of each thread")
C = ctypes.PyDLL(None)  # its calls keep the interpreter


def planted_sleep() -> None:
    C.usleep(80_000)  # a machine that is busy with others takes some of it for its own


def planted_work() -> None:
    deque(repeat(0, 25_000_000), maxlen=0)


@pytest.fixture
def quick_switches() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)
    yield
    sys.setswitchinterval(before)


def watched(planted: Callable[[], None]) -> list[Held]:
    watch = Watch()
    watch.start()
    until = time.monotonic() + 0.2
    while time.monotonic() < until:  # Python, which gives the interpreter away
        sum(number * number for number in range(200))
    for _ in range(3):  # beside other programs one may be taken for a wait for the processor
        planted()
        until = time.monotonic() + 0.1
        while time.monotonic() < until:
            sum(number * number for number in range(200))
    watch.stop()
    return watch.held


@pytest.mark.usefixtures("quick_switches")
@pytest.mark.parametrize("planted", [planted_sleep, planted_work])
def test_a_planted_c_call_is_found_where_it_stands(planted: Callable[[], None]) -> None:
    longest = max(watched(planted), key=lambda held: held.ms)
    assert longest.ms > 20
    assert any(planted.__name__ in call or "watched" in call for call in longest.stacks["MainThread"])


@pytest.mark.usefixtures("quick_switches")
def test_python_and_calls_that_let_go_are_not_found() -> None:
    assert [held for held in watched(lambda: time.sleep(0.1)) if held.ms > 20] == []
