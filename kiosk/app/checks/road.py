"""The road to the voice agent, walked step by step: address, connection, certificate, clock, socket, ready.

Each step says how long it took; the first that fails ends the walk, and the others say so. Neither the endpoint nor
the Client ID is in anything that is told.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
import urllib.request
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urlsplit

from kiosk.app.assembly import link_maker
from kiosk.app.checks.finding import Examination, Skipped
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.schema import Settings
from kiosk.wire import canonical as wire
from kiosk.wire.credentials import Credentials, asks_first, check_endpoint, is_loopback
from kiosk.wire.dialect import load_dialect
from kiosk.wire.refusals import WHERE, by_error
from kiosk.wire.renewal import fixed
from kiosk.wire.tls import client_context

READY_WITHIN_S = 15.0
DATE_WITHIN_S = 3.0
LONGEST_HEAD = 16_384  # bytes of an HTTP answer in which a date is looked for
MOST_SKEW_S = 300.0
PORTS = {"wss": 443, "https": 443, "ws": 80, "http": 80}
OTHER_FORMAT = (
    "if the agent's messages or audio look otherwise than the dialect says, try another with "
    "KIOSK_AGENT__DIALECT=NAME, or describe them in a file of your own as in kiosk/wire/README.md"
)
_FORMAT_CODES = frozenset({ExitCode.NOT_A_VOICE_SOCKET, ExitCode.AUDIO_FORMAT})


class Road:
    """One walk. Blocking, on one thread, each step once and in the order of `steps`.

    find  where endpoint and Client ID come from; raises `Fault`
    """

    def __init__(self, settings: Settings, find: Callable[[], Credentials]) -> None:
        self._settings = settings
        self._find = find
        self._credentials: Credentials | None = None
        self._ends: str | None = None  # why the walk is over
        self._connection: socket.socket | None = None
        self._marks: dict[str, float] = {}
        self._closed: wire.Closed | None = None
        self._unknown = 0

    def steps(self) -> list[Examination]:
        return [
            ("credentials", lambda: self._step("there are no credentials", self._look_up)),
            ("address", lambda: self._step("the address was not found", self._resolve)),
            ("connection", lambda: self._step("nothing was reached", self._connect)),
            ("certificate", lambda: self._step("the certificate was refused", self._secure)),
            ("agent's clock", lambda: self._step(None, self._compare_clocks)),
            ("voice socket", lambda: self._step("no voice socket stands", self._open)),
            ("agent", lambda: self._step("the agent is not ready", self._be_ready)),
        ]

    def _step(self, otherwise: str | None, take: Callable[[], str]) -> str:
        if self._ends is not None:
            raise Skipped(f"not tried, because {self._ends}")
        try:
            return take()
        except Fault:
            self._ends = otherwise
            if otherwise is not None:
                self._hang_up()
            raise

    @property
    def accepted(self) -> bool:
        """Whether the agent took endpoint and Client ID, whatever else a step found, such as a wrong clock."""
        return "ready_read" in self._marks

    # --- the steps ------------------------------------------------------------------------------------------------

    def _look_up(self) -> str:
        found = self._find()
        web = asks_first(load_dialect(self._settings.agent.dialect), found)
        check_endpoint(found.endpoint, where=found.source, web=web)
        self._credentials = found
        return f"{'gateway' if found.enrolled else 'endpoint'} from {found.source}"

    def _resolve(self) -> str:
        host, port = self._target()
        if self._through_a_proxy():
            raise Skipped("a proxy of this machine (environment or system settings) looks it up")
        began = time.monotonic()
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except UnicodeError:
            raise _unusable() from None
        except OSError as error:
            raise _fault_of(error) from None
        families = {"IPv6" if family is socket.AF_INET6 else "IPv4" for family, *_ in found}
        return f"found in {_ms(began)} ({' and '.join(sorted(families))})"

    def _connect(self) -> str:
        if self._through_a_proxy():
            raise Skipped("a proxy of this machine stands in between")
        began = time.monotonic()
        try:
            self._connection = socket.create_connection(self._target(), self._settings.agent.connect_timeout_s)
        except OSError as error:
            raise _fault_of(error) from None
        return f"stands after {_ms(began)}"

    def _secure(self) -> str:
        if self._connection is None:
            raise Skipped("the proxy of this machine decides; the voice socket below checks it")
        if self._parts().scheme in {"ws", "http"}:
            raise Skipped("the agent is on this very machine, so nothing is encrypted")
        context = client_context(self._settings.agent.extra_ca_file)
        began = time.monotonic()
        try:
            secured = context.wrap_socket(self._connection, server_hostname=self._target()[0])
        except (OSError, ValueError) as error:
            raise _with_the_clock(_fault_of(error)) from None
        self._connection = secured
        certificate = secured.getpeercert() or {}
        ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
        days = (ends - datetime.now(UTC)).days
        soon = " - SOON: have it renewed" if days < 14 else ""
        return f"{secured.version()} after {_ms(began)}; name and authority are right, valid for {days} days{soon}"

    def _compare_clocks(self) -> str:
        """By the date of any HTTP answer. The request says no more than the host's name, as TLS has already."""
        if self._connection is None:
            raise Skipped("cannot be asked through a proxy")
        host, _ = self._target()
        line = f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        head = b""
        with suppress(OSError, UnicodeError):
            self._connection.settimeout(DATE_WITHIN_S)
            self._connection.sendall(line.encode("ascii"))
            while b"\r\n\r\n" not in head and len(head) < LONGEST_HEAD:
                more = self._connection.recv(4096)
                if not more:
                    break
                head += more
        self._hang_up()
        return skew_sentence(head, datetime.now(UTC))

    def _open(self) -> str:
        self._hang_up()
        began = time.monotonic()
        self._closed = asyncio.run(self._converse())
        if "connected" not in self._marks:
            raise self._verdict("no voice socket could be opened")
        return f"stands {1000 * (self._marks['connected'] - began):.0f} ms after the call, connection included"

    def _be_ready(self) -> str:
        if "ready_read" not in self._marks:
            raise self._verdict("the agent did not say that it is ready")
        took = 1000 * (self._marks["ready_read"] - self._marks["connected"])
        what = "lets this kiosk in, its agent takes" if self._given().enrolled else "takes the Client ID and"
        return f"{what} the audio format, and is ready {took:.0f} ms after the opening message"

    # --- inside ---------------------------------------------------------------------------------------------------

    async def _converse(self) -> wire.Closed | None:
        """A conversation is opened and ended at once: the only way to know that endpoint and Client ID are right.

        None when the agent stood silent: that it did is what is wrong then, not how the socket was closed.
        """
        ready = asyncio.Event()

        def on_event(event: wire.Event) -> None:
            if isinstance(event, wire.Ready):
                ready.set()

        def mark(name: str, at: float, /, **fields: object) -> None:
            self._marks.setdefault(name, at)

        make = link_maker(self._settings, load_dialect(self._settings.agent.dialect), fixed(self._given()), mark)
        link = make(on_event, lambda response_id, pcm, rate: None)
        talk = asyncio.create_task(link.run(str(uuid.uuid4())))
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({talk, waiting}, timeout=READY_WITHIN_S, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        silent = not talk.done()
        await link.close("user")
        closed = await talk
        self._unknown = link.figures.unknown_messages
        return None if silent else closed

    def _verdict(self, otherwise: str) -> Fault:
        fault = self._closed.fault if self._closed is not None else None
        if fault is None:
            dialect = self._settings.agent.dialect
            seconds = f"{READY_WITHIN_S:.0f} s"
            if self._unknown:
                what = f"the agent sent {self._unknown} messages that the dialect {dialect} does not know"
            elif self._closed is not None:
                what = f"{otherwise}: {self._closed.reason}"
            else:
                what = f"{otherwise} within {seconds}"
            fault = Fault(
                what,
                where=WHERE,
                remedy="compare the endpoint with the agent's Voice API page",
                code=ExitCode.NOT_A_VOICE_SOCKET if self._unknown else ExitCode.ENDPOINT_UNREACHABLE,
            )
        if fault.code in _FORMAT_CODES or self._closed is None:
            return Fault(fault.what, where=fault.where, remedy=f"{fault.remedy}; {OTHER_FORMAT}", code=fault.code)
        return fault

    def _given(self) -> Credentials:
        assert self._credentials is not None
        return self._credentials

    def _parts(self) -> SplitResult:
        return urlsplit(self._given().endpoint)

    def _target(self) -> tuple[str, int]:
        parts = self._parts()
        return parts.hostname or "", parts.port or PORTS.get(parts.scheme, 443)

    def _through_a_proxy(self) -> bool:
        host, _ = self._target()
        if is_loopback(host) or urllib.request.proxy_bypass(host):
            return False
        proxies = urllib.request.getproxies()
        return any(proxies.get(scheme) for scheme in ("socks", "https" if self._parts().scheme[-1] == "s" else "http"))

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def skew_sentence(head: bytes, now: datetime) -> str:
    """How far this machine's clock is from that of the HTTP answer `head`. Raises `Skipped` without a date in it."""
    lines = head.decode("latin-1").split("\r\n")
    dates = [line.partition(":")[2].strip() for line in lines if line.casefold().startswith("date:")]
    try:
        theirs = parsedate_to_datetime(dates[0])
    except (IndexError, ValueError):
        raise Skipped("the agent's server tells no time") from None
    if theirs.tzinfo is None:
        theirs = theirs.replace(tzinfo=UTC)
    ahead_s = (now - theirs).total_seconds()
    if abs(ahead_s) > MOST_SKEW_S:
        side = "ahead of" if ahead_s > 0 else "behind"
        raise Fault(
            f"this machine's clock is {abs(ahead_s) / 60:.0f} minutes {side} the agent's",
            where="the system's clock",
            remedy="switch on the time server: `timedatectl set-ntp true`",
            code=ExitCode.MACHINE,
        )
    return f"the same as here, within {max(1, abs(round(ahead_s)))} s"


def _fault_of(error: Exception) -> Fault:
    """In the link's own words; the system's may hold the address."""
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return _unusable()
    fault = by_error(error).fault
    assert fault is not None
    return fault


def _unusable() -> Fault:
    return Fault(
        "the endpoint's host name cannot be a host's name",
        where=WHERE,
        remedy="copy it from the agent's Voice API page again",
        code=ExitCode.CREDENTIALS,
    )


def _with_the_clock(fault: Fault) -> Fault:
    """A clock that is wrong makes good certificates look bad, so it is said what it shows."""
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
    return Fault(
        fault.what, where=fault.where, remedy=f"{fault.remedy}; this machine believes it is {now} UTC", code=fault.code
    )


def _ms(began: float) -> str:
    return f"{1000 * (time.monotonic() - began):.0f} ms"
