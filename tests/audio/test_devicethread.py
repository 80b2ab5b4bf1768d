from __future__ import annotations

import threading

import pytest

from kiosk.audio.devicethread import DeviceThread
from kiosk.core.fault import ExitCode, Fault


def test_it_returns_and_raises_what_the_call_does() -> None:
    thread = DeviceThread(OSError)

    def fail() -> None:
        raise OSError("unplugged")

    assert thread.call(lambda: threading.current_thread().name, within_s=5) == "sound devices"
    with pytest.raises(OSError, match="unplugged"):
        thread.call(fail, within_s=5)
    assert thread.call(lambda: 1, within_s=5) == 1


def test_a_call_that_hangs_is_a_fault_and_its_late_result_is_taken_back() -> None:
    thread, thaw = DeviceThread(), threading.Event()
    undone: list[str] = []

    def opens() -> str:
        thaw.wait()
        return "stream"

    with pytest.raises(Fault, match="does not answer") as raised:
        thread.call(opens, within_s=0.01, undo=undone.append)
    assert raised.value.code is ExitCode.NO_DEVICE
    begun: list[str] = []
    with pytest.raises(Fault):
        thread.call(lambda: begun.append("opened behind it"), within_s=0.01, undo=lambda _: None)
    with pytest.raises(Fault):
        thread.call(lambda: begun.append("closed behind it"), within_s=0.01)
    thaw.set()
    thread.call(lambda: None, within_s=5)
    assert undone == ["stream"]
    assert begun == ["closed behind it"]  # nobody waits for an opening any more; a closing is owed


def test_a_job_of_a_job_does_not_wait_for_itself() -> None:
    thread = DeviceThread()
    assert thread.call(lambda: thread.call(lambda: 2, within_s=5), within_s=5) == 2
