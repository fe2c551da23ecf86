"""Programs that attack their host, and a harness with real targets for them.

A program prints PWNED when it succeeds; effects that it can't see are checked from outside. Run as a script,
as any user, this module prints a JSON list of the attacks that got through: `python hostile.py [FILE OF MORE
PROGRAMS]`.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from rule_rm import sandbox
from rule_rm.errors import SandboxError
from rule_rm.sandbox.grading.formats import read_tests
from rule_rm.sandbox.grading.grade import Grading, grade
from rule_rm.sandbox.running.execution import Limits, Program

LIMITS = Limits(wall=1.0, memory_mb=512, output_bytes=1 << 16)
SECRET = "RULE_RM_TEST_SECRET_KEY"


def rows(file):
    return [json.loads(line) for line in Path(file).read_text().splitlines()]


OWN = rows(Path(__file__).with_suffix(".jsonl"))
PROGRAMS = {row["name"]: row["code"] for row in OWN if row["group"] == "escape"}
HACKS = {row["name"]: row["code"] for row in OWN if row["group"] == "reward-hack"}
"""Against the tests below: `add(a, b)` must return a + b."""

SUITES = {
    "calls": {"inputs": [[3, 4], [10, 5]], "outputs": [7, 15], "fn_name": "add"},
    "asserts": ["assert add(3, 4) == 7", "assert add(10, 5) == 15"],
    "judged": ["assert abs(add(3, 4) - 7) < 1e-6", "assert len({add(10, 5), 15}) == 1"],
    "check": {
        "entry_point": "add",
        "test": "def check(candidate):\n"
        "    assert all(candidate(a, b) == a + b for a, b in [(3, 4), (10, 5)])\n"
        "    assert sorted([candidate(6, 2), 8]) == [8, 8]\n    assert isinstance(candidate(3, 3), int)\n",
    },
    "functions": "from solution import add\n\ndef test_small():\n    assert add(3, 4) == 7\n\n"
    "def test_large():\n    assert add(10, 5) == 15\n    assert set([add(6, 2)]) == {8}\n",
    "unittest": "import unittest\nfrom solution import *\nclass TestAdd(unittest.TestCase):\n"
    "    def test_small(self):\n        self.assertEqual(add(3, 4), 7)\n"
    "    def test_large(self):\n        self.assertIn(add(10, 5), (15,))\n",
}


@contextlib.contextmanager
def targets():
    """Open the targets; yield the values of the placeholders. Raises AssertionError if one was hit."""
    with (
        tempfile.TemporaryDirectory(prefix="rule_rm_canary_") as directory,
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as named,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams,
        subprocess.Popen(["sleep", "600"]) as sibling,
    ):
        Path(directory).chmod(0o755)
        canary = Path(directory) / "canary.txt"
        canary.write_text("HIDDEN_" + "EXPECTED CANARY")
        canary.chmod(0o644)
        # Two tests of one process may hold targets at once.
        name = Path(directory).name
        udp.bind(tcp.getsockname())
        named.bind(f"{directory}/socket")
        Path(f"{directory}/socket").chmod(0o777)
        abstract.bind("\0" + name)
        datagrams.bind(f"\0{name}_datagram")
        for listener in (named, abstract):
            listener.listen()
        try:
            yield {
                "@PORT@": str(tcp.getsockname()[1]),
                "@CANARY_FILE@": str(canary),
                "@SIBLING_DIR@": directory,
                "@UNIX_SOCK@": f"{directory}/socket",
                "@ABSTRACT@": name,
                "@SIBLING_PID@": str(sibling.pid),
            }
            for heard in (tcp, named, abstract):
                heard.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    heard.accept()
                    raise AssertionError(f"a program connected to {heard}")
            for heard in (udp, datagrams):
                heard.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    raise AssertionError(f"a program sent {heard.recv(100)!r}")
            assert sibling.poll() is None, "a program ended its sibling"
            assert {path.name for path in Path(directory).iterdir()} == {"canary.txt", "socket"}
        finally:
            sibling.kill()


def filled(code, values):
    for placeholder, value in values.items():
        code = code.replace(placeholder, value)
    return code


def pwned(box, code):
    """Run a program; return the end of its output if it escaped, None if it was contained."""
    with box.session(Program(code)) as session:
        result = session.run(b"", LIMITS)
    if b"PWNED" in result.stdout:
        return result.stdout.decode("utf-8", "replace")[-200:]
    return None


def paid(box, code, seconds=4.0, limits=LIMITS):
    """The kinds of tests that a hack passed."""
    grading = Grading(limits=limits, total_seconds=seconds)
    return [
        kind
        for kind, truth in SUITES.items()
        if grade(box, code, "python", read_tests(truth), grading).passed
    ]


def everything(box, more=(), own=True, with_hacks=True):
    """Run every program and hack, and those of `more`, rows with `name`, `group` and `code`.

    Returns what got through, by name.
    """
    found = {}
    programs = (dict(PROGRAMS) if own else {}) | {
        row["name"]: row["code"] for row in more if row["group"] != "reward-hack"
    }
    hacks = (dict(HACKS) if own else {}) | {
        row["name"]: row["code"] for row in more if row["group"] == "reward-hack"
    }
    with targets() as values:
        for name, code in programs.items():
            try:
                what = pwned(box, filled(code, values))
            except SandboxError as error:
                what = f"it ended whoever ran it: {error}"
            if what is not None:
                found[name] = what
    for name, code in hacks.items() if with_hacks else ():
        if kinds := paid(box, code):
            found[name] = kinds
    left = [str(path) for folder in ("/tmp", "/dev/shm") for path in Path(folder).glob("rule_rm_left*")]
    left += [str(path) for path in Path("/tmp").glob("rrm_*")]
    return found | ({"left": left} if left else {})


if __name__ == "__main__":
    os.environ[SECRET] = "CANARY"
    more_rows = rows(sys.argv[1]) if sys.argv[1:] else []
    chosen = os.environ.get("BACKEND", "auto")
    with sandbox.running(sandbox.SandboxOptions(slots=1, backend=chosen, preload=())) as host:
        got_through = everything(
            sandbox.LocalSandbox(host.address), more_rows, with_hacks="HACKS" in os.environ
        )
        print(
            json.dumps({"backend": host.describe()["backend"], "uid": os.geteuid(), "through": got_through})
        )
