"""Two standing sockets become one: bytes pass both ways as they come, in order, and neither side can flood the other.

Nothing is taken apart: audio, texts and pings travel in the very frames that their sender made. Only a close frame is
looked at; and between two messages the gateway may say something of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.gateway.frames import Scanner, Violation, code_of, farewell
from kiosk.gateway.peer import Peer

HELD_BYTES = 1 << 16
"""What may wait for one side before the other is no longer read: two seconds of audio. The kernel holds more."""
GOODBYE_S = 2.0  # from the first goodbye until both sockets must be gone
LOST, GOING_AWAY, SERVER_ERROR = 1006, 1001, 1011


@dataclass(frozen=True, slots=True)
class Ending:
    """How a relayed conversation ended. `by`: kiosk, agent or gateway; `code`: of the close frame, 1006 without one."""

    by: str
    code: int


class Leg(asyncio.Protocol):
    """One of the two sockets, and what it says."""

    def __init__(self, name: str, peer: Peer, scanner: Scanner, relay: Relay) -> None:
        self.name = name
        self.transport = peer.transport
        self.scanner = scanner
        self.other: Leg
        self._peer = peer
        self._relay = relay

    def take_over(self) -> None:
        """From whoever opened it; what was read meanwhile passes first."""
        early = self._peer.rest()
        self.transport.set_protocol(self)
        self.transport.set_write_buffer_limits(high=HELD_BYTES)
        if early:
            self.data_received(early)
        if self._peer.lost:
            self.connection_lost(None)
        else:
            self.transport.resume_reading()

    def say_goodbye(self, goodbye: bytes) -> None:
        """After the last whole frame that it was sent; in the middle of one there is nothing left to say."""
        if self.other.scanner.between_frames:
            self.write(goodbye)

    def write(self, data: bytes) -> None:
        """Nothing where the socket has gone and has not told yet: uvloop would raise, and end the wrong side."""
        if not self.transport.is_closing():
            self.transport.write(data)

    # --- the loop -------------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        scanner = self.scanner
        if scanner.goodbye:
            return  # nobody speaks after it
        try:
            passes = scanner.feed(data)
        except Violation as violation:
            self._relay.broke(self, violation)
            return
        if passes and not self._relay.over:
            self.other.write(passes)
        if self.scanner.goodbye:
            self._relay.said_goodbye(self)

    def pause_writing(self) -> None:
        self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if not self.other.transport.is_closing():
            self.other.transport.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:
        self._relay.lost(self)


class Relay:
    """One conversation between a kiosk and its agent. On the loop thread.

    largest_up, largest_down  bytes of one message
    told                      what a kiosk is told when the agent closes with this code: another code, or the same
    """

    def __init__(
        self,
        kiosk: Peer,
        agent: Peer,
        *,
        largest_up: int,
        largest_down: int,
        told: Callable[[int], int] = lambda code: code,
    ) -> None:
        self.kiosk = Leg("kiosk", kiosk, Scanner(masked=True, largest=largest_up), self)
        self.agent = Leg("agent", agent, Scanner(masked=False, largest=largest_down), self)
        self.kiosk.other, self.agent.other = self.agent, self.kiosk
        self.over: Ending | None = None
        self._told = told
        self._standing = {self.kiosk, self.agent}
        self._gone = asyncio.Event()
        self._patience: asyncio.TimerHandle | None = None

    async def run(self) -> Ending:
        """Until both sockets are gone. Cancelled, it hangs up on both."""
        self.agent.take_over()
        self.kiosk.take_over()
        try:
            await self._gone.wait()
        finally:
            self._hang_up()
        assert self.over is not None
        return self.over

    def tell(self, frame: bytes) -> bool:
        """Puts a message of the gateway's own between two of the agent's; False in the middle of one."""
        free = self.agent.scanner.between_messages and self.over is None
        if free:
            self.kiosk.write(frame)
        return free

    def end(self, code: int, reason: str) -> None:
        """The gateway ends it: the kiosk is told why, the agent that its visitor went away."""
        if self._ends(Ending("gateway", code)):
            self.kiosk.say_goodbye(farewell(code, reason, masked=False))
            self.agent.say_goodbye(farewell(GOING_AWAY, "", masked=True))

    # --- what a leg has to tell -----------------------------------------------------------------------------------

    def said_goodbye(self, leg: Leg) -> None:
        """The first goodbye is passed on, and so is its answer; then both may go."""
        if self.over is not None and self.over.by == "gateway":
            leg.transport.close()
            return
        code = code_of(leg.scanner.goodbye, masked=leg is self.kiosk)
        goodbye = leg.scanner.goodbye
        if leg is self.agent and (told := self._told(code)) != code:
            goodbye = farewell(told, "", masked=False)
        leg.other.say_goodbye(goodbye)
        if not self._ends(Ending(leg.name, code)):
            for each in self._standing:
                each.transport.close()

    def broke(self, leg: Leg, violation: Violation) -> None:
        """The protocol, or a limit. The other side did nothing wrong."""
        if not self._ends(Ending("gateway", violation.code)):
            leg.transport.close()
            return
        leg.say_goodbye(farewell(violation.code, violation.reason, masked=leg is self.agent))
        other = SERVER_ERROR if leg is self.agent else GOING_AWAY
        leg.other.say_goodbye(farewell(other, "", masked=leg is self.kiosk))

    def lost(self, leg: Leg) -> None:
        """Without a goodbye the other side is not told one either."""
        self._standing.discard(leg)
        self._ends(Ending(leg.name, LOST))
        leg.other.transport.close()
        if not self._standing:
            self._gone.set()

    def _ends(self, ending: Ending) -> bool:
        """Whether this is the first to end it. Both sockets have a moment from then on."""
        if self.over is not None:
            return False
        self.over = ending
        self._patience = asyncio.get_running_loop().call_later(GOODBYE_S, self._hang_up)
        for leg in self._standing:
            leg.transport.resume_reading()  # or a goodbye would wait behind what nobody reads
        return True

    def _hang_up(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
        for leg in self._standing:
            leg.transport.abort()
