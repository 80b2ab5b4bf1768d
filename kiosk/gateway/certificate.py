"""The certificate that kiosks see, and where the gateway may do without: on this machine alone."""

from __future__ import annotations

import logging
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.gateway import Gateway
from kiosk.wire.credentials import is_loopback

log = logging.getLogger(__name__)


class Certificate:
    """From two files, which may be exchanged while the gateway runs. Raises `Fault` for files that do not fit."""

    def __init__(self, file: Path, key_file: Path) -> None:
        self._files = (file, key_file)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._read()

    @classmethod
    def of(cls, settings: Gateway) -> Certificate | None:
        """The one that the settings name. Raises `Fault` also where one is missing."""
        file, key_file = settings.certificate_file, settings.certificate_key_file
        if file is not None and key_file is not None:
            certificate = cls(file, key_file)
            if settings.url and urlsplit(settings.url).scheme != "wss":
                raise _fault("there is a certificate, and kiosks are told ws://", "gateway.url", "write wss://")
            if not settings.url:
                raise _fault("kiosks need to know its name", "gateway.url", "write wss:// and the certificate's name")
            return certificate
        if file is not None or key_file is not None:
            where = "gateway.certificate_file, gateway.certificate_key_file"
            raise _fault("there is one of the two files", where, "name both, or neither behind a proxy with TLS")
        if not is_loopback(settings.host):
            raise _fault(
                "others may reach this address, and conversations would travel unencrypted",
                "gateway.host",
                "set certificate_file and certificate_key_file, or listen on 127.0.0.1 behind a proxy with TLS",
            )
        parts = urlsplit(settings.url)
        if parts.scheme == "ws" and not is_loopback(parts.hostname or ""):
            raise _fault("kiosks would come unencrypted", "gateway.url", "write wss://; kiosks use no other")
        return None

    def read_again(self) -> None:
        """New connections see what stands in the files now. Files that do not fit leave the old one in force."""
        try:
            self._read()
            log.info("the certificate was read again")
        except Fault as fault:
            log.warning("the old certificate stays in force: %s", fault.sentence)

    def _read(self) -> None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
                *self._files
            )  # a wrong one must not half replace it
            self.context.load_cert_chain(*self._files)
        except (OSError, ssl.SSLError) as error:
            why = "they do not fit together" if isinstance(error, ssl.SSLError) else str(error.strerror)
            raise _fault(
                f"certificate and key cannot be used: {why}",
                "gateway.certificate_file, gateway.certificate_key_file",
                "give the paths of two PEM files that this user may read",
            ) from None


def _fault(what: str, where: str, remedy: str) -> Fault:
    return Fault(what, where=where, remedy=remedy, code=ExitCode.SETTINGS)
