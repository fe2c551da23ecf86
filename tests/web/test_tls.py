"""HTTPS: over a real connection, with certificates made here; files that can't be used say why."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import socket
import ssl
import subprocess
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from rule_rm import Settings
from rule_rm.errors import ConfigurationError
from rule_rm.web import certificates
from rule_rm.web.certificates import Certificate
from rule_rm.web.front import Limits, make_server
from rule_rm.web.ports import listen

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")

LEAF = """basicConstraints=critical,CA:FALSE
subjectAltName=IP:127.0.0.1,DNS:localhost
authorityKeyIdentifier=keyid
subjectKeyIdentifier=hash
extendedKeyUsage=serverAuth
"""
LARGE = b"a" * 3_000_000


def openssl(*arguments: str, cwd: Path) -> None:
    subprocess.run(["openssl", *arguments], cwd=cwd, check=True, capture_output=True)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Return a directory with an issuer `ca.pem`, a certificate `cert.pem` of it and its key `key.pem`."""
    folder = tmp_path_factory.mktemp("tls")
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    usage = ("-addext", "keyUsage=critical,keyCertSign")
    issuer = ("-x509", "-days", "30", "-subj", "/CN=issuer", "-keyout", "ca.key", "-out", "ca.pem")
    openssl("req", *new, *issuer, *usage, cwd=folder)
    openssl("req", *new, "-subj", "/CN=server", "-keyout", "key.pem", "-out", "cert.csr", cwd=folder)
    (folder / "leaf.ext").write_text(LEAF)
    sign = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30", "-extfile", "leaf.ext")
    openssl("x509", "-req", "-in", "cert.csr", "-out", "cert.pem", *sign, cwd=folder)
    (folder / "key.pem").chmod(0o600)
    return folder


def application(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("X-Scheme", environ["wsgi.url_scheme"])])
    return [LARGE if environ["PATH_INFO"] == "/large" else body]


@pytest.fixture
def port(files):
    certificate = Certificate(files / "cert.pem", files / "key.pem")
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    limits = Limits(body=1 << 23, bodies=1 << 25, connections=16, threads=4, blocking_threads=1)
    server = make_server(
        application, listener, limits, lambda environ, answer: application, None, certificate.context
    )
    server.start()
    yield port
    server.stop()
    assert server.wait(10.0)


def ask(port, files, path="/", data=None):
    context = ssl.create_default_context(cafile=files / "ca.pem")
    with urllib.request.urlopen(f"https://127.0.0.1:{port}{path}", data, 30, context=context) as reply:
        return reply.headers["X-Scheme"], reply.read()


def test_a_client_that_trusts_the_issuer_is_answered(port, files):
    assert ask(port, files, data=b"hello") == ("https", b"hello")


def test_bodies_of_many_records_arrive_whole_in_both_directions(port, files):
    assert ask(port, files, data=LARGE)[1] == LARGE
    assert ask(port, files, "/large")[1] == LARGE


def test_a_reader_that_is_slow_gets_all_of_a_large_answer(port, files):
    context = ssl.create_default_context(cafile=files / "ca.pem")
    with (
        socket.create_connection(("127.0.0.1", port), 30) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as client,
    ):
        client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        # Others are answered while the kernel's buffers are full.
        assert ask(port, files, data=b"x")[1] == b"x"
        parts = []
        while part := client.recv(100_000):
            parts.append(part)
    assert b"".join(parts).endswith(LARGE)


def _heard(client: socket.socket) -> bytes:
    try:
        return client.recv(1000)
    except ConnectionResetError:
        return b""


def test_many_clients_at_once_are_answered(port, files):
    answers = []
    clients = [
        threading.Thread(target=lambda: answers.append(ask(port, files, data=b"x" * 100_000)[1]))
        for _ in range(8)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert answers == [b"x" * 100_000] * 8


def test_a_client_that_does_not_trust_the_issuer_or_speaks_http_gets_nothing(port, files):
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(f"https://127.0.0.1:{port}/", timeout=30, context=ssl.create_default_context())
    with socket.create_connection(("127.0.0.1", port), 30) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"HTTP" not in _heard(plain)
    assert ask(port, files, data=b"still here")[1] == b"still here"


def test_a_certificate_that_is_renewed_counts_without_a_restart(files, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(certificates, "LOOK_SECONDS", 0.0)
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    shutil.copy(files / "cert.pem", cert)
    shutil.copy(files / "key.pem", key)
    certificate = Certificate(cert, key)
    caplog.set_level(logging.INFO)
    cert.unlink()
    certificate.context()
    assert "the certificate stays as it is" in caplog.text
    os.mkfifo(cert)
    certificate.context()
    assert "it is not a regular file" in caplog.text
    cert.unlink()
    shutil.copy(files / "cert.pem", cert)
    certificate.context()
    assert "was read again" in caplog.text


def greet(context, issuer) -> str:
    """Return the name in the certificate that a client is shown by a server with this context."""
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = context.wrap_bio(to_server, to_client, server_side=True)
    trusting = ssl.create_default_context(cafile=issuer)
    client = trusting.wrap_bio(to_client, to_server, server_hostname="localhost")
    for side in (client, server, client, server):
        with contextlib.suppress(ssl.SSLWantReadError):
            side.do_handshake()
    return client.getpeercert()["subject"][0][0][1]


def test_while_only_half_of_a_pair_is_renewed_the_old_pair_serves(files, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(certificates, "LOOK_SECONDS", 0.0)
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    shutil.copy(files / "cert.pem", cert)
    shutil.copy(files / "key.pem", key)
    certificate = Certificate(cert, key)
    shutil.copy(files / "ca.pem", cert)
    assert greet(certificate.context(), files / "ca.pem") == "server"
    assert "is not that of the certificate" in caplog.text
    # A pair that is repaired by its mode alone is taken, too.
    shutil.copy(files / "cert.pem", cert)
    key.chmod(0o666)
    certificate.context()
    assert "every user can write this private key" in caplog.text
    caplog.set_level(logging.INFO)
    key.chmod(0o600)
    assert greet(certificate.context(), files / "ca.pem") == "server"
    assert "was read again" in caplog.text


@pytest.mark.parametrize(
    ("cert", "key", "message"),
    [
        ("cert.pem", "ca.key", "is not that of the certificate"),
        ("cert.pem", None, "must have a certificate and a key"),
        ("leaf.ext", "key.pem", "must have a certificate and a key"),
        ("nowhere.pem", "key.pem", "--tls-cert .*nowhere.pem: No such file"),
        ("cert.pem", "nowhere.pem", "--tls-key .*nowhere.pem: No such file"),
        (None, "key.pem", "--tls-key needs --tls-cert"),
    ],
)
def test_files_that_cannot_be_used_are_an_error_that_says_why(files, cert, key, message):
    cert, key = (None if name is None else str(files / name) for name in (cert, key))
    with pytest.raises(ConfigurationError, match=message):
        Certificate.of(Settings(tls_cert=cert, tls_key=key))


def test_a_key_that_others_can_read_is_warned_of_and_one_that_they_can_write_is_refused(
    files, tmp_path, caplog
):
    key = tmp_path / "key.pem"
    shutil.copy(files / "key.pem", key)
    key.chmod(0o644)
    Certificate(files / "cert.pem", key)
    assert "every user can read the private key" in caplog.text
    key.chmod(0o666)
    with pytest.raises(ConfigurationError, match="every user can write this private key"):
        Certificate(files / "cert.pem", key)


@pytest.mark.slow
def test_the_service_and_the_client_speak_https(files, serve):
    from rule_rm.client import RemoteRewardModel

    served = serve("--tls-cert", str(files / "cert.pem"), "--tls-key", str(files / "key.pem"))
    assert served.url.startswith("https://")
    model = RemoteRewardModel(served.url, verify=str(files / "ca.pem"))
    assert model.score(["1+1?"], [r"<think>x</think><answer>\boxed{2}</answer>"], ["2"])
