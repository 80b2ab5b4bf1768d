"""One check and what came of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from kiosk.core.fault import ExitCode, Fault
from kiosk.core.ports import Check
from kiosk.settings.installed import has_agent, how_to_install_agent

log = logging.getLogger(__name__)


class State(StrEnum):
    OK = "ok"
    FAIL = "fail"
    SKIPPED = "skipped"


class Skipped(Exception):
    """Raised by a check that has nothing to try here. Its text says why, as a sentence."""


def needs_agent() -> None:
    """For a check of the local agent's parts. Raises `Skipped` where it is not installed: a kiosk may do without."""
    if not has_agent():
        raise Skipped(f"the local agent is not installed; if this machine needs one, {how_to_install_agent()}")


@dataclass(frozen=True, slots=True)
class Finding:
    """
    name      of the check, one or two words
    sentence  what was found; of a failure what is wrong, where, and what to do
    what, where, remedy, code  the same of a failure, apart; empty and 0 otherwise
    """

    name: str
    state: State
    sentence: str
    what: str = ""
    where: str = ""
    remedy: str = ""
    code: int = 0

    def check(self) -> Check:
        """As the staff panel shows it."""
        return Check(self.name, self.state.value, self.sentence)


Examination = tuple[str, Callable[[], str]]
"""(name, what tries it). It returns what was found as a sentence, or raises `Fault` or `Skipped`."""


def examine(name: str, attempt: Callable[[], str]) -> Finding:
    """Runs one check. A fault of the check itself is a finding too: the others must still be made."""
    try:
        return Finding(name, State.OK, attempt())
    except Skipped as why:
        return Finding(name, State.SKIPPED, str(why))
    except Fault as fault:
        return failed(name, fault)
    except Exception:
        log.exception("the check %s ended because of a fault of its own", name)
        return failed(
            name,
            Fault(
                "this check ended because of a fault of its own",
                where="kiosk doctor",
                remedy="read the traceback in the log and report it",
                code=ExitCode.CRASH,
            ),
        )


def failed(name: str, fault: Fault) -> Finding:
    return Finding(name, State.FAIL, fault.sentence, fault.what, fault.where, fault.remedy, int(fault.code))


def examine_all(examinations: Iterator[Examination]) -> Iterator[Finding]:
    """Each as soon as it is made, whatever the others found."""
    for name, attempt in examinations:
        yield examine(name, attempt)
