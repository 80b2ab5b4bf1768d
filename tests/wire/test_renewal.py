"""The credentials in force: read anew each time they are asked for, and kept where they cannot be read."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable

import pytest

from kiosk.core.fault import ExitCode, Fault
from kiosk.wire import renewal
from kiosk.wire.credentials import Credentials
from kiosk.wire.renewal import CredentialSource

OLD = Credentials("wss://planted-old.example/voice", "planted-old-4711", "here")
NEW = Credentials("wss://planted-new.example/voice?a=1", 'planted "new" 4711', "here")


class Place:
    """Holds what a test puts in, or does something else when it is read."""

    def __init__(self) -> None:
        self.read: Callable[[], Credentials] = lambda: OLD
        self.threads: list[str] = []

    def __call__(self) -> Credentials:
        self.threads.append(threading.current_thread().name)
        return self.read()


async def test_whoever_listens_has_the_new_ones_before_anybody_else(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    place, told = Place(), []
    source = CredentialSource(place)
    source.tell(told.append)
    assert (await source.ask(), told) == (OLD, [OLD])
    place.read = lambda: NEW
    assert (await source.ask(), told) == (NEW, [OLD, NEW])
    assert (await source.ask(), told) == (NEW, [OLD, NEW])
    assert place.threads[1:] == ["credentials"] * 3, "a key ring may block: never on the loop"
    assert "new credentials from here" in caplog.text
    assert "planted" not in caplog.text + repr(source) + repr(told)


async def test_what_cannot_be_read_leaves_the_last_in_force(caplog: pytest.LogCaptureFixture):
    def half_written() -> Credentials:
        raise Fault("there is no Client ID", where="key ring", remedy="set both", code=ExitCode.CREDENTIALS)

    place = Place()
    source = CredentialSource(place)
    place.read = half_written
    assert await source.ask() is source.current is OLD
    assert "there is no Client ID (key ring); the last ones stay in force" in caplog.text


async def test_a_place_that_hangs_holds_no_conversation_up_and_is_asked_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(renewal, "PATIENCE_S", 0.05)
    place, answer = Place(), threading.Event()
    source = CredentialSource(place)

    def hang() -> Credentials:
        answer.wait(10)
        return NEW

    place.read = hang
    assert await source.ask() is OLD
    assert await source.ask() is OLD
    assert len(place.threads) == 2, "one at the start, and one that hangs"
    monkeypatch.setattr(renewal, "PATIENCE_S", 5.0)
    answer.set()
    assert await source.ask() == NEW


async def test_a_fault_of_the_programs_own_is_told_and_the_last_stay_in_force(monkeypatch: pytest.MonkeyPatch):
    told, hook = [], threading.Event()
    monkeypatch.setattr(threading, "excepthook", lambda args: (told.append(args.exc_type), hook.set()))

    def broken() -> Credentials:
        raise ZeroDivisionError

    place = Place()
    source = CredentialSource(place)
    place.read = broken
    assert await source.ask() is OLD
    place.read = lambda: NEW
    assert await source.ask() == NEW
    assert await asyncio.to_thread(hook.wait, 5)
    assert told == [ZeroDivisionError]


def test_every_face_of_the_two():
    assert set(NEW.faces) == {
        NEW.endpoint,
        NEW.client_id,
        "planted-new.example",
        "wss%3A%2F%2Fplanted-new.example%2Fvoice%3Fa%3D1",
        "planted%20%22new%22%204711",
        'planted \\"new\\" 4711',
    }
    assert "localhost" not in Credentials("ws://localhost:1/planted", "planted").faces
