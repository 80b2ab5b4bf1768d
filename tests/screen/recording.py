"""Hands that write down what they were asked to do."""

from __future__ import annotations


class Recording:
    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []

    def touch(self) -> None:
        self.calls.append(("touch",))

    def press(self) -> None:
        self.calls.append(("press",))

    def release(self) -> None:
        self.calls.append(("release",))

    def silence(self) -> None:
        self.calls.append(("silence",))

    def write(self, text: str) -> None:
        self.calls.append(("write", text))

    def mute(self, muted: bool) -> None:
        self.calls.append(("mute", muted))

    def agree(self, speaking: bool) -> None:
        self.calls.append(("agree", speaking))

    def decline(self) -> None:
        self.calls.append(("decline",))

    def finish(self) -> None:
        self.calls.append(("finish",))

    def leave(self) -> None:
        self.calls.append(("leave",))

    def rate(self, score: int) -> None:
        self.calls.append(("rate", score))
