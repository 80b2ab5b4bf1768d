"""Workers as real processes, with engines of a stranger's plug-in: they answer, die, hang, outlive nobody."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import psutil
import pytest

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.engines import EngineLost
from kiosk.service.workers.crew import Crew, Errand
from kiosk.service.workers.process import Died, Failed, Process
from kiosk.service.workers.queue import Urgency
from kiosk.service.workers.recognising import Recognisers
from kiosk.settings.schema import Service

ASKED = {"final": True, "language": "en", "guess": False}

ENGINE = '''
import os, time
import numpy as np
from kiosk.core.fault import ExitCode, Fault
from kiosk.service.engines import Recognition

print("a library that prints to standard output")


class Obedient:
    """Does what the first sample says."""

    name = "obedient"

    def __init__(self, settings):
        if settings.language == "xx":
            raise Fault("no such language", where="the test", remedy="speak", code=ExitCode.MODEL)

    def recognise(self, audio, *, final, language=None):
        match round(float(audio[0])):
            case 1:
                os._exit(9)
            case 2:
                raise ValueError(f"{len(audio)} words")
            case 3:
                time.sleep(60)
            case 4:
                return Recognition(" ".join(sorted(os.environ)), "en", 1.0)
            case 5:
                time.sleep(0.3)
        return Recognition(f"{len(audio)} {os.getpid()}", language or "en", 0.5)
'''


@pytest.fixture(scope="module", autouse=True)
def plugin(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[None]:
    """A stranger's package with a recogniser, installed for this module's workers."""
    folder = tmp_path_factory.mktemp("stranger")
    (folder / "obedient.py").write_text(ENGINE)
    info = folder / "obedient-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: obedient\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[kiosk.stt]\nobedient = obedient:Obedient\n")
    root = Path(__file__).resolve().parents[2]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", f"{folder}:{root}")
        patch.setenv("EXEI_VOICE_CLIENT_ID", "planted")
        yield


def process(**settings: str) -> Process:
    return Process("stt", Service(stt="obedient", **settings).model_dump(mode="json"))


@asynccontextmanager
async def crew(count: int = 1) -> AsyncIterator[Crew]:
    crew = Crew([process() for _ in range(count)])
    crew.begin()
    try:
        assert crew.ready() == {"name": "obedient"}
        yield crew
    finally:
        pids = crew.pids
        crew.stop()
        assert not any(psutil.pid_exists(pid) for pid in pids)


def errand(order: float, *, slow: bool = False) -> Errand:
    sound = np.full(16, order, np.float32).tobytes()
    return Errand(
        Urgency.WAITED_FOR,
        time.monotonic(),
        slow,
        request={"final": True, "language": "en", "guess": False},
        sound=sound,
    )


async def test_a_worker_answers_whatever_its_engine_prints_and_knows_no_secret() -> None:
    async with crew() as one:
        reply, _ = await one.do(errand(0), 20)
        assert reply["text"].split()[0] == "16"
        assert reply["confidence"] == 0.5
        reply, _ = await one.do(errand(4), 20)
        assert "PATH" in reply["text"].split()
        assert "EXEI_VOICE_CLIENT_ID" not in reply["text"]


async def test_a_fault_of_the_engine_costs_one_answer_and_no_worker(capfd: pytest.CaptureFixture[str]) -> None:
    async with crew() as one:
        with pytest.raises(EngineLost):
            await one.do(errand(2), 20)
        said = capfd.readouterr().err
        assert "obedient.py" in said
        assert "ValueError" in said
        assert "16 words" not in said
        await one.do(errand(0), 20)
        assert one.restarts == 0


async def test_a_worker_that_dies_is_started_again_and_its_work_tried_once_more() -> None:
    async with crew() as one:
        before = one.pids
        with pytest.raises(EngineLost):
            await one.do(errand(1), 20)
        reply, _ = await one.do(errand(0), 20)  # whoever comes next waits for the new one
        assert one.restarts == 2
        assert before != [int(reply["text"].split()[1])]


async def test_a_worker_killed_in_the_middle_costs_nobody_an_answer() -> None:
    async with crew() as one:
        doing = asyncio.create_task(one.do(errand(5), 20))
        await asyncio.sleep(0)
        os.kill(one.pids[0], signal.SIGKILL)
        reply, _ = await doing
        assert reply["text"].startswith("16")


async def test_one_that_hangs_is_ended_and_the_next_is_answered() -> None:
    async with crew() as one:
        with pytest.raises(EngineLost):
            await one.do(errand(3), 0.3)
        await one.do(errand(0), 20)


async def test_a_monologue_leaves_a_worker_to_the_others() -> None:
    async with crew(2) as two:
        await asyncio.gather(two.do(errand(5), 20), two.do(errand(5), 20))  # the second may still be loading
        long = [asyncio.create_task(two.do(errand(3, slow=True), 20)) for _ in range(2)]
        for _ in range(3):
            await two.do(errand(0), 20)
        assert not any(task.done() for task in long)
        for task in long:
            task.cancel()
        await asyncio.gather(*long, return_exceptions=True)


async def test_a_partial_is_not_waited_for() -> None:
    async with crew() as one:
        ears, sound = Recognisers(one, "obedient"), np.zeros(16, np.float32)
        busy = asyncio.create_task(one.do(errand(5), 20))
        await asyncio.sleep(0)
        assert await ears.recognise(sound, final=False, language="en", due_in_s=0, guess=False) is None
        await busy
        found = await ears.recognise(sound, final=False, language="fr", due_in_s=0, guess=False)
        assert found is not None
        assert found.language == "fr"


def test_what_the_engine_finds_wrong_is_said_as_it_says_it() -> None:
    broken = process(language="xx")
    with pytest.raises(Fault, match="No such language") as fault:
        broken.start()
    broken.stop()
    assert fault.value.code is ExitCode.MODEL


def test_a_signal_to_the_whole_group_does_not_end_it_and_the_end_of_the_pipe_does() -> None:
    one = process()
    one.start()
    assert one.pid is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(one.pid, number)
    assert one.ask(ASKED, bytes(64))[0]["text"].startswith("16")
    with pytest.raises(Failed):
        one.ask(ASKED, np.full(16, 2, np.float32).tobytes())
    with pytest.raises(Died):
        one.ask(ASKED, np.full(16, 1, np.float32).tobytes())
    one.stop()


HOLDS_ONE = """
import sys, threading
from kiosk.service.workers.process import Process
from kiosk.settings.schema import Service
import numpy as np
one = Process("stt", Service(stt="obedient").model_dump(mode="json"))
one.start()
print(one.pid, flush=True)
one.ask({"final": True, "language": "en", "guess": False}, np.full(16, 3, np.float32).tobytes())
"""


def test_no_worker_outlives_a_service_that_was_killed_while_it_worked() -> None:
    service = subprocess.Popen([sys.executable, "-c", HOLDS_ONE], stdout=subprocess.PIPE, text=True)
    assert service.stdout is not None
    worker = psutil.Process(int(service.stdout.readline()))
    service.kill()
    service.wait()
    service.stdout.close()
    psutil.wait_procs([worker], timeout=10)
    assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE
