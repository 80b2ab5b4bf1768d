"""Which Client IDs may connect, and that a rotation of them needs no restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.clients import KnownClients

OLD, NEW = "the-old-client-id", "the-new-client-id"


def test_a_rotation_lets_both_in_and_then_the_new_one_alone(tmp_path: Path) -> None:
    file = tmp_path / "client_id"
    file.write_text(f"{OLD}\n")
    clients = KnownClients.of({"CREDENTIALS_DIRECTORY": str(tmp_path), "EXEI_VOICE_CLIENT_ID": "another"})
    told: set[str] = set()
    clients.tell(told.update)
    assert (clients.allow(OLD), clients.allow(NEW), clients.allow("another")) == (True, False, False)

    _replace(file, f"{OLD}\n\n{NEW}\n")
    assert (clients.allow(OLD), clients.allow(NEW)) == (True, True)
    assert told == {OLD, NEW}, "the log's gate knows it before anybody is let in"
    _replace(file, f"{NEW}\n")
    assert (clients.allow(OLD), clients.allow(NEW)) == (False, True)


@pytest.mark.parametrize("text", ["", " \n\n", None, b"\xff\xfe"])
def test_a_file_that_says_nothing_for_a_moment_changes_nothing(tmp_path: Path, text: str | bytes | None) -> None:
    file = tmp_path / "client_id"
    file.write_text(OLD)
    clients = KnownClients.of({"CREDENTIALS_DIRECTORY": str(tmp_path)})
    if text is None:
        file.unlink()
    else:
        _replace(file, text)
    assert clients.allow(OLD)


@pytest.mark.parametrize("environ", [{}, {"EXEI_VOICE_CLIENT_ID": "  "}])
def test_none_at_all_is_a_fault(environ: dict[str, str]) -> None:
    with pytest.raises(Fault, match="no Client ID") as caught:
        KnownClients.of(environ)
    assert caught.value.code == ExitCode.CREDENTIALS


def test_the_environment_gives_one() -> None:
    clients = KnownClients.of({"EXEI_VOICE_CLIENT_ID": OLD})
    assert clients.allow(OLD)
    assert not clients.allow("")


def _replace(file: Path, text: str | bytes) -> None:
    new = file.with_suffix(".new")
    new.write_bytes(text.encode() if isinstance(text, str) else text)
    new.replace(file)
