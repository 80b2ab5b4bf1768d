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

    def discard(self) -> None:
        self.calls.append(("discard",))

    def silence(self) -> None:
        self.calls.append(("silence",))

    def write(self, text: str, corrects: str | None = None) -> None:
        self.calls.append(("write", text) if corrects is None else ("write", text, corrects))

    def speak_language(self, language: str) -> None:
        self.calls.append(("speak_language", language))

    def step_volume(self, steps: int) -> None:
        self.calls.append(("step_volume", steps))

    def step_speed(self, steps: int) -> None:
        self.calls.append(("step_speed", steps))

    def call_person(self, plea: str) -> None:
        self.calls.append(("call_person", plea))

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
