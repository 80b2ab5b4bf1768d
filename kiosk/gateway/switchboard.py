"""Kiosks that have proved themselves are put through to the agent, and watched while they talk."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.database.database import Away
from kiosk.gateway.agent import AgentLine
from kiosk.gateway.challenge import Kiosk
from kiosk.gateway.frames import BINARY, TEXT, Frame, Violation, frame
from kiosk.gateway.limits import Rate, Turned
from kiosk.gateway.metrics import Metrics
from kiosk.gateway.peer import Peer
from kiosk.gateway.registry import Allowance, Registry
from kiosk.gateway.relay import GOING_AWAY, Ending, Relay
from kiosk.settings.gateway import Gateway as Settings
from kiosk.wire.canonical import GoAway
from kiosk.wire.closing import REVOKED, STRANGER, TRY_LATER
from kiosk.wire.codec import Codec, FrameRefused
from kiosk.wire.dialect import Side
from kiosk.wire.handshake import MAX_MESSAGE
from kiosk.wire.opening import Opening, has_opening, read_opening

LOOK_S = 0.4  # how often the registry is asked who may still talk: a revoked kiosk is silent within a second
GO_ON_S = 10.0  # how often it is told who talks
SILENT_S = 15.0  # without a byte of a kiosk, which pings every 3 s: it was switched off
LONGEST_INIT = 1 << 16  # bytes
RATE_LIMITED, RESTARTING = 4029, 1012

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Live:
    """One conversation that is under way. Times in monotonic seconds."""

    kiosk: Kiosk
    relay: Relay
    rate: Rate
    began: float
    heard: int = 0  # bytes of the kiosk when it was last looked at ...
    heard_at: float = 0.0  # ... and since when there are no more


class Switchboard:
    """On the loop thread; the registry is asked on others."""

    def __init__(
        self,
        settings: Settings,
        line: AgentLine,
        registry: Registry,
        metrics: Metrics,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.dialect = line.dialect
        self.draining = False
        self.registry_away = False
        self._settings = settings
        self._line = line
        self._registry = registry
        self._metrics = metrics
        self._monotonic = monotonic
        self._live: dict[str, Live] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        self._allowance = Allowance(settings.conversations, settings.conversations_per_hour, settings.minutes_per_day)

    def __len__(self) -> int:
        """Conversations under way."""
        return len(self._live)

    def why_not(self) -> str:
        """Why no conversation should begin here, as a clause; empty when it may."""
        if self.draining:
            return "the gateway is being restarted"
        if self.registry_away:
            return "the registry cannot be reached"
        return "too many conversations" if len(self._live) >= self._settings.all_conversations else ""

    async def first_message(self, peer: Peer) -> Frame | None:
        """What opens a conversation; None where this dialect opens it without. Raises as `Peer.message`."""
        return await peer.message(LONGEST_INIT) if has_opening(self.dialect) else None

    async def converse(self, peer: Peer, kiosk: Kiosk, first: Frame | None) -> None:
        """From the opening message to the end. Raises `Turned` when it does not come about."""
        if why_not := self.why_not():
            raise Turned(RESTARTING if self.draining else TRY_LATER, why_not)
        opening = None if first is None else self._opening(kiosk, first)
        id = uuid.uuid4().hex
        try:
            refused = await asyncio.to_thread(self._registry.begin, id, kiosk.name, self._allowance)
        except Away:
            raise Turned(TRY_LATER, "the registry cannot be reached at the moment") from None
        if refused:
            raise Turned(RATE_LIMITED, refused)
        try:
            agent = await self._line.open(kiosk.name, opening)
            relay = Relay(
                peer,
                agent,
                largest_up=self._settings.message_bytes,
                largest_down=MAX_MESSAGE,
                told=self._line.told(opening),
            )
            await self._hold(id, kiosk, relay)
        finally:
            await self._say_ended(id)

    def _opening(self, kiosk: Kiosk, first: Frame) -> Opening:
        try:
            opening = read_opening(self.dialect, first.content)
        except FrameRefused as refused:
            raise Turned(refused.close_code, refused.reason) from None
        except Violation as violation:
            raise Turned(violation.code, violation.reason) from None
        if opening.client_id not in ("", kiosk.name):
            raise Turned(STRANGER, "the opening message names another kiosk than the one that proved itself")
        return opening

    async def _hold(self, id: str, kiosk: Kiosk, relay: Relay) -> None:
        now = self._monotonic()
        live = self._live[id] = Live(kiosk, relay, Rate(self._settings.bytes_per_s, now), now, heard_at=now)
        self._idle.clear()
        log.info("%s: conversation %s begins", kiosk.name, id[:8])
        try:
            ending = await relay.run()
        finally:
            del self._live[id]
            if not self._live:
                self._idle.set()
        self._tell(id, live, ending)

    def _tell(self, id: str, live: Live, ending: Ending) -> None:
        up, down = live.relay.kiosk.scanner, live.relay.agent.scanner
        log.info(
            "%s: conversation %s ended after %.0f s by the %s, code %d; %d frames up, %d down",
            live.kiosk.name, id[:8], self._monotonic() - live.began, ending.by, ending.code, up.frames, down.frames,
        )  # fmt: skip
        self._metrics.count("conversations_total", ending.by)
        for way, scanner in (("up", up), ("down", down)):
            self._metrics.count("bytes_total", way, scanner.bytes)
            self._metrics.count("frames_total", way, scanner.frames)
        if ending.by == "gateway":
            self._metrics.count("closed_total", str(ending.code))

    async def _say_ended(self, id: str) -> None:
        try:
            await asyncio.shield(asyncio.to_thread(self._registry.end, id))
        except Away as away:
            log.warning("the registry does not know that a conversation ended (%s); it will take it for one soon", away)

    # --- while they talk ------------------------------------------------------------------------------------------

    async def watch(self) -> None:
        """For ever: who may not talk any more, sends too much or nothing, or has talked enough for today."""
        told_at = self._monotonic()
        while True:
            await asyncio.sleep(LOOK_S)
            now = self._monotonic()
            for live in list(self._live.values()):
                self._look_at(live, now)
            try:
                await self._ask_registry()
                if now - told_at >= GO_ON_S:
                    told_at = now
                    await self._tell_registry()
                self._registry_back()
            except Away as away:
                self._registry_gone(away)

    def _look_at(self, live: Live, now: float) -> None:
        heard = live.relay.kiosk.scanner.bytes
        if heard != live.heard:
            live.heard, live.heard_at = heard, now
        if not live.rate.keeps(heard, now):
            live.relay.end(RATE_LIMITED, f"more than {self._settings.bytes_per_s} bytes a second")
        elif now - live.heard_at > SILENT_S:
            live.relay.end(GOING_AWAY, "nothing was heard of this kiosk")

    async def _ask_registry(self) -> None:
        keys = {live.kiosk.name: live.kiosk.key for live in self._live.values()}
        fallen = await asyncio.to_thread(self._registry.fallen, keys)
        for live in list(self._live.values()):
            if live.kiosk.name in fallen or live.kiosk.key != keys.get(live.kiosk.name, live.kiosk.key):
                log.warning("%s may not talk any more", live.kiosk.name)
                live.relay.end(REVOKED, "this kiosk was shut out")

    async def _tell_registry(self) -> None:
        await asyncio.to_thread(self._registry.go_on, list(self._live))
        devices = {live.kiosk.name for live in self._live.values()}
        spent = await asyncio.to_thread(self._registry.spent, devices, self._allowance)
        for live in list(self._live.values()):
            if live.kiosk.name in spent:
                live.relay.end(RATE_LIMITED, f"{self._settings.minutes_per_day:g} minutes of today are over")

    def _registry_gone(self, away: Away) -> None:
        if not self.registry_away:
            log.error("the registry cannot be reached (%s): conversations go on, new ones are turned away", away)
        self.registry_away = True

    def _registry_back(self) -> None:
        if self.registry_away:
            log.info("the registry is back")
        self.registry_away = False

    # --- the end --------------------------------------------------------------------------------------------------

    async def drain(self, within_s: float) -> None:
        """Nobody begins any more; those that talk may end within this time, then they are told to come back."""
        self.draining = True
        try:
            async with asyncio.timeout(within_s):
                await self._idle.wait()
        except TimeoutError:
            for live in list(self._live.values()):
                for said in Codec(self.dialect, Side.SERVER).write(GoAway(0)):
                    live.relay.tell(frame(TEXT, said.encode()) if isinstance(said, str) else frame(BINARY, said))
                live.relay.end(GOING_AWAY, "the gateway is being restarted")
            await self._idle.wait()
