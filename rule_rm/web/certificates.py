"""The certificate of the server, read again when it is renewed."""

from __future__ import annotations

import logging
import ssl
import threading
import time
from pathlib import Path

from rule_rm.errors import ConfigurationError
from rule_rm.settings import Settings, flag
from rule_rm.token import check_private, check_regular

logger = logging.getLogger(__name__)

LOOK_SECONDS = 10.0
"""Seconds between two looks at the files."""


class Certificate:
    """The certificate and its key, in files."""

    def __init__(self, cert: Path, key: Path) -> None:
        """Read them. Raises ConfigurationError if they can't be used."""
        self._cert, self._key = cert, key
        self._lock = threading.Lock()
        self._stamps = self._looked_at()
        self._looked = time.monotonic()
        self._context = self._loaded()

    @classmethod
    def of(cls, settings: Settings) -> Certificate | None:
        """Return the certificate of the settings; None if the server speaks HTTP.

        Raises ConfigurationError if it can't be used.
        """
        if settings.tls_cert is None:
            if settings.tls_key is not None:
                raise ConfigurationError(f"{flag('tls_key')} needs {flag('tls_cert')}")
            return None
        return cls(Path(settings.tls_cert), Path(settings.tls_key or settings.tls_cert))

    def context(self) -> ssl.SSLContext:
        """Return the context for a new connection, with the files as they are now."""
        now = time.monotonic()
        if now - self._looked < LOOK_SECONDS:
            return self._context
        with self._lock:
            self._looked = now
            if (stamps := self._looked_at()) != self._stamps:
                self._stamps = stamps
                try:
                    check_regular(self._cert)
                    check_regular(self._key)
                    self._context = self._loaded()
                    logger.info("the certificate %s was read again", self._cert)
                except ConfigurationError as error:
                    logger.error("the certificate stays as it is: %s", error)
        return self._context

    def _looked_at(self) -> list[tuple[int, ...] | None]:
        found: list[tuple[int, ...] | None] = []
        for path in (self._cert, self._key):
            try:
                status = path.stat()
                # The mode counts too: a key that others could write is taken once they can't.
                found.append((status.st_mtime_ns, status.st_ctime_ns, status.st_ino))
            except OSError:
                found.append(None)
        return found

    def _loaded(self) -> ssl.SSLContext:
        """Return a new context with the files as they are.

        The old one would drop its key for a certificate that has another, and serve nobody from then on.
        """
        for name, path in (("tls_cert", self._cert), ("tls_key", self._key)):
            try:
                path.read_bytes()
            except OSError as error:
                raise ConfigurationError(f"{flag(name)} {path}: {error.strerror}") from None
        check_private(self._key, "private key")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        try:
            # A key with a password would ask for it on a terminal that nobody looks at.
            context.load_cert_chain(self._cert, self._key, password="")
        except ssl.SSLError as error:
            raise ConfigurationError(self._why(error)) from None
        return context

    def _why(self, error: ssl.SSLError) -> str:
        reason = error.reason or str(error)
        if "MISMATCH" in reason:
            return f"the key in {self._key} is not that of the certificate in {self._cert}"
        if "PEM" in reason or "NO_START_LINE" in reason:
            return (
                f"{self._cert} and {self._key} must have a certificate and a key without a password, in PEM"
            )
        return f"the certificate {self._cert} with the key {self._key} can't be used: {reason}"
