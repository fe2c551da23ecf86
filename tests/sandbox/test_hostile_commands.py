"""Hostile programs of other languages: they may write files and start processes, so they have more to try."""

import os
import threading
import time
from pathlib import Path

import pytest

from rule_rm.errors import SandboxError
from rule_rm.sandbox import Ended, Limits, Program

from . import hostile

LIMITS = Limits(wall=1.5, memory_mb=256, output_bytes=1 << 16, file_mb=16, files=200)

PROGRAMS = {row["name"]: row for row in hostile.rows(Path(__file__).with_name("hostile_commands.jsonl"))}
OPEN_TO_USERS = {
    "includes_the_canary",
    "links_to_the_canary",
    "lists_other_sessions",
    "races_with_links",
    "runs_code_when_compiled",
    "writes_beside_its_directory",
}
"""Where users alone keep programs apart, commands read and write what any user may, as the page says."""


@pytest.fixture(scope="module")
def values():
    with hostile.targets() as found:
        yield found


@pytest.fixture
def run(box):
    def attack(code, language):
        try:
            with box.session(Program(code, language)) as session:
                first = session.run(b"", LIMITS)
                again = session.run(b"", Limits(wall=0.3, file_mb=16, files=200))
        except SandboxError as error:
            pytest.skip(str(error))
        # The leftovers of the first run are gone before the second begins: otherwise it would end late.
        assert again.wall < 10
        return first

    return attack


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_hostile_command_gets_nothing(box, run, values, request, name):
    if "users+seccomp" in request.node.name and name in OPEN_TO_USERS:
        pytest.skip("what any user may do can be done here")
    result = run(hostile.filled(PROGRAMS[name]["code"], values), PROGRAMS[name]["language"])
    assert b"PWNED" not in result.stdout
    assert b"HIDDEN_" not in result.stdout + result.stderr
    assert b"root:" not in result.stdout + result.stderr
    assert not any(Path(place, "rule_rm_left").exists() for place in ("/", "/tmp", "/dev/shm", "/var/tmp"))


def test_nothing_but_plain_files_is_given_back(box):
    code = "mkdir d; ln -s /etc d/e; ln -s plain l; echo content > plain; mkfifo pipe; sleep 30 & disown"
    wanted = ("d/e/shadow", "pipe", "l", "d", "d/e/../../../../../etc/shadow", "plain")
    with box.session(Program(code, "bash", fetch=wanted)) as session:
        result = session.run(b"", LIMITS)
    assert result.files == {"plain": b"content\n"}


def test_sessions_side_by_side_see_nothing_of_each_other(best):
    marker = "rule_rm_marker_of_another"
    waiting = f"touch {marker}; exec -a {marker} sleep 2"
    seeing = (
        "sleep 0.3; ls -R .. / 2>/dev/null | grep of_another; cat /proc/[0-9]*/cmdline | grep -c of_another"
    )

    def hide():
        with best.session(Program(waiting, "bash")) as session:
            session.run(b"", Limits(wall=4.0))

    hider = threading.Thread(target=hide)
    hider.start()
    with best.session(Program(seeing, "bash")) as session:
        result = session.run(b"", Limits(wall=60.0))
    hider.join()
    assert result.ended is Ended.EXITED
    assert result.stdout.strip() == b"0"


LEAVES = """
for place in /tmp /var/tmp /dev/shm; do
    for name in NAME NAME_closed; do [ -e "$place/$name" ] && echo "FOUND $place/$name"; done
    touch "$place/NAME"
    mkdir -p "$place/NAME_closed/inner"
    touch "$place/NAME_closed/inner/one"
    chmod 0 "$place/NAME_closed"
done
echo over
"""


def test_no_run_finds_what_the_last_one_has_left_where_any_user_may_write(box):
    program = Program(LEAVES.replace("NAME", f"rule_rm_{os.getpid()}_{time.monotonic_ns()}"), "bash")
    for _ in range(2):
        with box.session(program) as session:
            assert [session.run(b"", LIMITS).stdout for _ in range(2)] == [b"over\n"] * 2
