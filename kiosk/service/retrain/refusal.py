"""Why something is not taught: what it was based on is gone, has changed, or it would cost what was right."""

from __future__ import annotations

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.retrain.suite import Replay


class NotThere(Fault):
    """There is no such correction or version."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"there is no {what}", where="retraining", remedy="load the list again", code=ExitCode.KNOWLEDGE
        )


class Meanwhile(Fault):
    """Somebody else was quicker: what was edited is not the newest any more."""

    def __init__(self, what: str, newest: int) -> None:
        super().__init__(
            f"{what} was changed meanwhile: version {newest} is the newest",
            where="version",
            remedy="load it again, and repeat the change there",
            code=ExitCode.KNOWLEDGE,
        )


class WouldLose(Fault):
    """Questions that are answered right now would not be any more; nothing was saved."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        lost = len(replay.regressions)
        super().__init__(
            f"{lost} question{'s' if lost > 1 else ''} would lose the right answer",
            where="replay",
            remedy=f'look at them, and save again with accept "{replay.seal}" if that is meant',
            code=ExitCode.KNOWLEDGE,
        )
