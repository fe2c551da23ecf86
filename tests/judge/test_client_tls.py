"""The judge's client over TLS: whom it trusts, and that a key goes to nobody else."""

from __future__ import annotations

import shlex
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from rule_rm.errors import ConfigurationError, JudgeError

from .conftest import Connect, Serve, ask


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a self-signed certificate for 127.0.0.1; its key is `key.pem` in the same directory."""
    directory = tmp_path_factory.mktemp("tls")
    certificate = directory / "cert.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1"
    command += " -addext subjectAltName=IP:127.0.0.1 -addext keyUsage=critical,digitalSignature,keyCertSign"
    files = ["-keyout", str(directory / "key.pem"), "-out", str(certificate)]
    try:
        subprocess.run([*shlex.split(command), *files], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no openssl to make a certificate with")
    return certificate


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    return context


def test_a_certificate_that_is_trusted_will_do(
    tls: ssl.SSLContext,
    certificate: Path,
    serve: Serve,
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    judge = serve(tls=tls)
    client = connect(judge)
    client.check(time.monotonic() + 10)
    for number in range(3):
        assert ask(client, str(number)).endpoint == judge.url
    assert judge.connections == 1


def test_a_certificate_that_is_not_trusted_is_told_at_start(
    tls: ssl.SSLContext, serve: Serve, connect: Connect
) -> None:
    judge = serve(tls=tls)
    client = connect(judge)
    with pytest.raises(ConfigurationError, match=r"can't be trusted.*SSL_CERT_FILE"):
        client.check(time.monotonic() + 10)
    with pytest.raises(JudgeError, match="can't be trusted"):
        ask(client)
    assert not judge.bodies
