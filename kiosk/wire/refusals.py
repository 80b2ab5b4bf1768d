"""Why no conversation came about, in words for the person who set the kiosk up.

Nothing of the peer's or the system's own text is passed on: it may hold the address.
"""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from kiosk.core.fault import ExitCode, Fault
from kiosk.wire.canonical import Closed
from kiosk.wire.closing import refused
from kiosk.wire.tls import PinMismatch

WHERE = "the agent's endpoint"
_CHECK_ENDPOINT = "compare the endpoint with the agent's Voice API page"
_CHECK_NETWORK = "check that the agent runs and that this machine's network is up"
# OpenSSL's verification codes that a person can tell apart (X509_V_ERR_*).
_CERTIFICATE = {
    9: "the endpoint's certificate is not valid yet",
    10: "the endpoint's certificate has expired",
    18: "the endpoint's certificate is signed by itself",
    19: "the endpoint's certificate is signed by an authority that this machine does not know",
    20: "the endpoint's certificate is signed by an authority that this machine does not know",
    62: "the endpoint's certificate is for another host",
    64: "the endpoint's certificate is for another host",
}


class Refused(Exception):
    """No socket stands. Carries the event that says why."""

    def __init__(self, closed: Closed) -> None:
        self.closed = closed
        super().__init__(closed.reason)


def unreachable(what: str, remedy: str = _CHECK_NETWORK) -> Closed:
    return refused(_fault(what, remedy, ExitCode.ENDPOINT_UNREACHABLE), retryable=True)


def no_voice_socket(what: str, remedy: str = _CHECK_ENDPOINT) -> Closed:
    return refused(_fault(what, remedy, ExitCode.NOT_A_VOICE_SOCKET), retryable=False)


def by_error(error: Exception) -> Closed:
    """For whatever kept the connection from being made."""
    match error:
        case PinMismatch():
            return _untrusted("the endpoint's certificate is valid but not one of the pinned ones")
        case ssl.SSLCertVerificationError():
            return _untrusted(_CERTIFICATE.get(error.verify_code, "the endpoint's certificate was refused"))
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return unreachable("the endpoint hung up during the TLS handshake")
        case ssl.SSLError():
            return no_voice_socket("what answers at the endpoint does not speak TLS as wss:// needs it")
        case TimeoutError():
            return unreachable("the endpoint did not answer in time")
        case socket.gaierror():
            return unreachable("the endpoint's host name is not known", "check the network's DNS, then the endpoint")
        case OSError() if _refused(error):
            return unreachable("nothing listens at the endpoint")
        case ConnectionResetError() | BrokenPipeError() | EOFError():
            return unreachable(
                "the endpoint hung up", "check that the agent runs, and that it speaks TLS if it is wss://"
            )
    return unreachable("the endpoint cannot be reached")


def by_status(status: int, headers: Mapping[str, str]) -> Closed:
    """For an HTTP answer where a socket was asked for."""
    where = f"{WHERE}, HTTP {status}"
    if status in {401, 403}:
        fault = _fault(
            "the agent's server refused this device",
            "compare the endpoint and the Client ID with the agent's Voice API page",
            ExitCode.CREDENTIALS,
            where,
        )
        return refused(fault, retryable=False)
    if status == 429 or status >= 500:
        what = "has too many requests from here" if status == 429 else "failed or is being restarted"
        fault = _fault(f"the agent's server {what}", "wait, then try again", ExitCode.ENDPOINT_UNREACHABLE, where)
        return refused(fault, retryable=True, retry_after_ms=_retry_after_ms(headers.get("Retry-After")))
    if 200 <= status < 300:
        what = "a web page answers at the endpoint, not a voice socket"
    elif 300 <= status < 400:
        what = "the endpoint sends on to another address, which is not followed"
    else:
        what = "there is no voice socket at the endpoint"
    return refused(_fault(what, _CHECK_ENDPOINT, ExitCode.NOT_A_VOICE_SOCKET, where), retryable=False)


def _refused(error: OSError) -> bool:
    # Where a name has two addresses asyncio 3.11 merges both errors into one without a number of its own.
    return error.errno == errno.ECONNREFUSED or f"[Errno {errno.ECONNREFUSED}]" in str(error)


def _untrusted(what: str) -> Closed:
    remedy = "check this machine's clock, then agent.extra_ca_file and the certificate pins"
    return refused(_fault(what, remedy, ExitCode.ENDPOINT_UNREACHABLE), retryable=False)


def _fault(what: str, remedy: str, code: ExitCode, where: str = WHERE) -> Fault:
    return Fault(what, where=where, remedy=remedy, code=code)


def _retry_after_ms(value: str | None) -> int | None:
    """Seconds or a date (RFC 9110, 10.2.3); an hour at most, so that a wrong header does not end the kiosk."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value).astimezone(UTC) - datetime.now(UTC)).total_seconds()
        except ValueError:
            return None
    return int(min(max(seconds, 0.0), 3600.0) * 1000)
