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


def watched(
    planted: Callable[[], None], *, tries: int = 3, enough: Callable[[Held], bool] = lambda held: False
) -> list[Held]:
    """What is found of `planted`, called until something is `enough`. Beside other programs (a machine that lends its
    processor elsewhere, too) a call may be taken for a wait for the processor: three of three were, once."""
    watch = Watch()
    watch.start()
    python_alone(0.2)
    for _ in range(tries):
        planted()
        python_alone(0.1)
        if any(map(enough, watch.held)):
            break
    watch.stop()
    return watch.held


def python_alone(seconds: float) -> None:
    """Python code, which gives the interpreter away."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        sum(number * number for number in range(200))


@pytest.mark.usefixtures("quick_switches")
@pytest.mark.parametrize("planted", [planted_sleep, planted_work])
def test_a_planted_c_call_is_found_where_it_stands(planted: Callable[[], None]) -> None:
    def where_it_stands(held: Held) -> bool:
        calls = held.stacks["MainThread"]
        return held.ms > 20 and any(planted.__name__ in call or "watched" in call for call in calls)

    found = watched(planted, tries=30, enough=where_it_stands)
    assert any(map(where_it_stands, found)), found


@pytest.mark.usefixtures("quick_switches")
def test_python_and_calls_that_let_go_are_not_found() -> None:
    assert [held for held in watched(lambda: time.sleep(0.1)) if held.ms > 20] == []
