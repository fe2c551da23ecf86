"""Touch each private part of other packages that the code uses, so that an upgrade says what it broke."""

from __future__ import annotations

import _thread
import atexit
import http.client
import importlib
import io
import random
import socket
import subprocess
import sys
import threading

import pytest


def test_the_random_module_has_the_generator_behind_its_functions():
    assert isinstance(random._inst, random.Random)
    assert vars(random)["random"] == random._inst.random
    assert callable(super(random.Random, random._inst).seed)


def test_the_interpreter_has_what_ends_a_program_as_its_own_end_does():
    """Run the calls in a separate process: they end its threads and run its exit handlers."""
    assert callable(_thread._count)
    assert callable(vars(threading)["_shutdown"])
    assert callable(atexit._run_exitfuncs)
    program = (
        "import _thread, atexit, threading, time\n"
        "atexit.register(print, 'exit')\n"
        "threading.Thread(target=lambda: (time.sleep(0.1), print('thread'))).start()\n"
        "assert _thread._count() == 1\n"
        "threading._shutdown()\n"
        "atexit._run_exitfuncs()\n"
        "print('end')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["thread", "exit", "end"]


def test_a_reply_of_the_standard_library_is_read_from_a_buffer_that_can_be_exchanged():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        reply = http.client.HTTPResponse(ours)
        assert isinstance(reply.fp, io.BufferedReader)
        raw = reply.fp.detach()
        assert isinstance(raw, io.RawIOBase)
        reply.fp = io.BufferedReader(raw)
        theirs.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        reply.begin()
        assert reply.read() == b"ok"
        reply.close()


def test_transformers_says_which_class_loads_a_configuration():
    for name in ("torch", "transformers"):
        pytest.importorskip(name, reason=f"{name} is not installed; make test-judge")
    transformers = importlib.import_module("transformers")
    classes = transformers.AutoModel._model_mapping
    assert classes[transformers.Qwen2Config] is transformers.Qwen2Model
