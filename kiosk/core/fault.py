"""A wrong thing that a person can put right, said in one sentence, and the program's exit codes."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process tells its supervisor. The session units map 0, 1, 10, 11 and 12; the rest name a fault."""

    STAFF_LEFT = 0
    CRASH = 1
    USAGE = 2
    RESTART_PROGRAM = 10
    RESTART_MACHINE = 11
    ROLL_BACK = 12
    SETTINGS = 20
    CREDENTIALS = 21
    ENDPOINT_UNREACHABLE = 22
    NOT_A_VOICE_SOCKET = 23
    AUDIO_FORMAT = 24
    NO_DEVICE = 25
    KNOWLEDGE = 26
    PORT_TAKEN = 27
    MODEL = 28
    MISSING_PACKAGE = 29
    VISIT_FAILED = 30
    MACHINE = 31
    ALREADY_RUNNING = 32
    ROOM = 33


class Fault(Exception):
    """Raised for anything that a person outside of the program can mend.

    what    what is wrong, a clause without a full stop ("the Client ID was refused")
    where   where it was met: file and line, setting, device, address kind. Never a secret: no endpoint, no Client ID
    remedy  what to do about it, an imperative clause
    code    exit code when this ends the program
    """

    def __init__(self, what: str, *, where: str, remedy: str, code: ExitCode) -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        self.code = code
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """One line for a person: what, where, what to do."""
        return f"{self.what[:1].upper()}{self.what[1:]} ({self.where}): {self.remedy}."
