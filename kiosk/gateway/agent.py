"""The way from the gateway to the agent: endpoint and Client ID of now, put in by the dialect."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from kiosk import __version__
from kiosk.core.fault import ExitCode
from kiosk.gateway.frames import BINARY, TEXT
from kiosk.gateway.limits import Turned
from kiosk.gateway.metrics import Metrics
from kiosk.gateway.peer import Peer
from kiosk.settings.schema import Agent
from kiosk.wire.closing import DEFAULT_CLOSE, MEANINGS, TRY_LATER
from kiosk.wire.codec import FrameRefused
from kiosk.wire.dialect import Dialect
from kiosk.wire.handshake import Terms, open_bare
from kiosk.wire.opening import EXCHANGED, Opening
from kiosk.wire.refusals import Refused
from kiosk.wire.renewal import CredentialSource
from kiosk.wire.tls import client_context

APP = "exei-voice-kiosk"
UNKNOWN_AGENT = "unknown_agent"

log = logging.getLogger(__name__)


class AgentLine:
    """source: asked for endpoint and Client ID at each conversation, so that all kiosks have new ones at once."""

    def __init__(self, dialect: Dialect, source: CredentialSource, settings: Agent, metrics: Metrics) -> None:
        self.dialect = dialect
        self._source = source
        self._terms = Terms(
            client_context(settings.extra_ca_file), settings.connect_timeout_s, f"{APP}-gateway/{__version__}"
        )
        self._metrics = metrics

    async def open(self, device: str, opening: Opening | None) -> Peer:
        """The agent's socket, the opening message sent. Raises `Turned`, whose reason tells no secret.

        A refused Client ID is none of a kiosk's business: it is told to try again, and says the one of then.
        """
        began = time.monotonic()
        credentials = await self._source.ask()
        said = opening.said if opening is not None else {}
        names = {name: str(value) for name, value in said.items() if value is not None and name not in EXCHANGED}
        names |= {"app": APP, "version": __version__, "protocol": self.dialect.protocol, "device_id": device}
        names |= {"endpoint": credentials.endpoint, "client_id": credentials.client_id}
        try:
            bare = await open_bare(self.dialect, names, self._terms)
        except Refused as refusal:
            fault = refusal.closed.fault
            self._refused(fault.sentence if fault is not None else refusal.closed.reason)
            raise Turned(TRY_LATER, "the agent cannot be reached at the moment") from None
        self._metrics.opened(time.monotonic() - began)
        peer = Peer.over(bare.transport, bare.early, lost=bare.gone)
        if opening is not None:
            exchanged = {name: names[name] for name in (*EXCHANGED, "device_id", "session_id") if name in names}
            try:
                frame = opening.written(exchanged)
            except FrameRefused as refused:
                peer.hang_up()
                raise Turned(refused.close_code, refused.reason) from None
            text = isinstance(frame, str)
            peer.say(TEXT if text else BINARY, frame.encode() if isinstance(frame, str) else frame)
        return peer

    def told(self, opening: Opening | None) -> Callable[[int], int]:
        """What a kiosk is told when the agent closes with a code: what speaks of the Client ID is told to the log."""

        def told(code: int) -> int:
            meaning = self.dialect.close_codes.get(code) or DEFAULT_CLOSE.get(code) or ""
            resumes = opening is not None and opening.resumes
            known = MEANINGS.get(meaning)
            if known is None or known.code is not ExitCode.CREDENTIALS or (meaning == UNKNOWN_AGENT and resumes):
                return code
            self._refused(f"{known.reason} (close code {code})")
            return TRY_LATER

        return told

    def _refused(self, why: str) -> None:
        log.error("no conversation with the agent: %s", why)
        self._metrics.count("agent_refusals_total")
