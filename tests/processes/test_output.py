"""Text that nobody reads is lost, and its writer goes on."""

from __future__ import annotations

import io
import os

import pytest

from rule_rm.processes import output as module
from rule_rm.processes.output import Output, output


@pytest.fixture
def pipe(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", buffering=0) as reader, os.fdopen(writing, "wb"):
        yield reader, Output(writing)


def test_what_is_written_is_read(pipe):
    reader, written = pipe
    written.write("a\u00e4\ud800\n")
    assert reader.read(100) == "a\u00e4\\ud800\n".encode()


def test_a_text_that_was_cut_gets_the_end_of_its_line_when_somebody_reads_again(pipe):
    reader, written = pipe
    for _ in range(3):
        written.write("x" * 100_000)
    assert written.lost == 3
    assert set(reader.read(1 << 20)) == set(b"x")
    written.write("y\n")
    assert reader.read(1 << 20) == b"\ny\n"


def test_a_stream_without_a_descriptor_stays_as_it_is():
    stream = io.StringIO()
    assert output(stream) is stream
