"""The command line: its commands, its options, and its errors in one line."""

from __future__ import annotations

import importlib
import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import pytest

from rule_rm import Settings, __version__, rewards
from rule_rm.cli import _modules, main
from rule_rm.registry import registry
from rule_rm.settings import env_name, flag

ROOT = Path(__file__).resolve().parents[2]
RULE = """
from rule_rm import register
@register("{name}", summary="1.0 always")
def rule(rollout, *, weight: float = 0.5): return 1.0
"""


# Loaded once for all: what a test loads first into a registry of its own is in no other.
rewards.load()


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch):
    monkeypatch.setattr(registry, "_rewards", dict(registry._rewards))


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "1000", **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


WITHOUT_JSON = {"path", "serve", "serve-rm"}
"""Commands without a result: one line, or a server's log."""


def test_each_command_with_a_result_speaks_json(capsys):
    shown = set()
    for name in _modules():
        with pytest.raises(SystemExit):
            main([name, "--help"])
        if "--json" in capsys.readouterr().out:
            shown.add(name)
    assert set(_modules()) - shown == WITHOUT_JSON


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"rule-rm {__version__}\n"


@contextmanager
def unread_pipe() -> Iterator[int]:
    """A pipe whose reader has gone, as `head` does when it has seen enough."""
    read, write = os.pipe()
    os.close(read)
    yield write
    os.close(write)


@contextmanager
def full_disk() -> Iterator[int]:
    with Path("/dev/full").open("wb") as full:
        yield full.fileno()


@pytest.mark.parametrize(
    ("output", "status", "said"),
    [
        (unread_pipe, 141, ""),
        (full_disk, 2, "rule-rm: [Errno 28] No space left on device\n"),
    ],
)
def test_an_output_that_takes_nothing_is_an_error_of_one_line_at_most(output, status, said):
    with output() as taken:
        done = subprocess.run(
            [sys.executable, "-m", "rule_rm", "list"],
            cwd=ROOT,
            stdout=taken,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert (done.returncode, done.stderr) == (status, said)


@pytest.fixture
def printing(monkeypatch):
    """A command that prints a character beyond ASCII."""
    command = importlib.import_module("rule_rm.cli.path")
    monkeypatch.setattr(command, "run", lambda arguments: print("a \u2192 b \ud800") or 0)


@pytest.mark.parametrize(
    ("encoding", "written"), [("ascii", b"a \\u2192 b \\ud800"), ("utf-8", b"a \xe2\x86\x92 b \\ud800")]
)
def test_a_terminal_that_lacks_a_character_shows_its_escape(printing, monkeypatch, encoding, written):
    output = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", output)
    assert main(["path", "trl"]) == 0
    assert output.buffer.getvalue().strip() == written


def test_streams_that_were_closed_are_opened(printing, monkeypatch):
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    assert main(["path", "trl"]) == 0
    assert [sys.stdin.read(), sys.stderr.write("x")] == ["", 1]
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        # A process that we start would else have an open file of its own in this place.
        assert os.get_inheritable(stream.fileno())
        stream.close()


@pytest.mark.parametrize("stage", ["add_arguments", "run"])
def test_an_interrupt_shows_no_traceback_at_any_stage(monkeypatch, stage):
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(importlib.import_module("rule_rm.cli.path"), stage, interrupt)
    assert main(["path", "trl"]) == 130


INTERRUPTED = """
import os, signal, sys
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "rule_rm.registry":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
sys.argv = ["/usr/bin/rule-rm", "path", "trl"]
"""


def test_an_interrupt_while_the_package_is_imported_ends_a_command_without_a_traceback():
    done = run("-c", f"{INTERRUPTED}from rule_rm.cli import main")
    assert (done.returncode, done.stderr) == (-signal.SIGINT, "")


def test_a_program_that_imports_the_package_keeps_its_interrupts():
    done = run("-c", f"{INTERRUPTED}sys.argv[0] = 'train.py'\nimport rule_rm")
    assert "KeyboardInterrupt" in done.stderr


def test_a_module_that_is_run_and_whose_package_imports_ours_keeps_its_interrupts(tmp_path):
    trainer = tmp_path / "own_trainer"
    trainer.mkdir()
    (trainer / "__init__.py").write_text("import rule_rm")
    (trainer / "train.py").write_text("import signal; print(signal.getsignal(signal.SIGINT))")
    done = run("-m", "own_trainer.train", PYTHONPATH=os.pathsep.join((str(tmp_path), str(ROOT))))
    assert "default_int_handler" in done.stdout


def test_a_command_is_interrupted_by_an_exception_from_its_begin_on():
    ask = "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    command = "import sys; sys.argv = ['rule-rm', 'path', 'trl']; from rule_rm.cli import main; main()"
    assert run("-c", f"{command}; {ask}").stdout.splitlines()[-1] == "True"


@pytest.mark.parametrize("module", ["rule_rm", "rule_rm.cli"])
def test_it_runs_as_a_module(module):
    done = run("-m", module, "--version")
    assert (done.returncode, done.stdout) == (0, f"rule-rm {__version__}\n")


@pytest.mark.parametrize("command", [["-m", "rule_rm", "serve"], ["-m", "rule_rm.run_reward_server"]])
def test_serve_has_an_option_for_every_setting_with_default_and_variable(command):
    help_text = run(*command, "--help").stdout
    for setting in fields(Settings):
        values = r"\S+(?: \[\S+ \.\.\.\])?"
        (line,) = re.findall(rf"^ +{flag(setting.name)} {values}\s+(.*)$", help_text, re.MULTILINE)
        assert setting.metadata["help"] in line
        assert f"environment {env_name(setting)})" in line
        if setting.default not in (None, (), False):
            assert f"(default {setting.default};" in line
        assert setting.metadata["group"] + ":\n" in help_text


def test_an_enumeration_shows_its_choices_and_a_boolean_needs_no_value():
    help_text = run("-m", "rule_rm", "serve", "--help").stdout
    assert "--turns {first,last,all}" in help_text
    assert "--log-level {DEBUG,INFO,WARNING,ERROR}" in help_text
    assert "--serve-sandbox [yes|no]" in help_text
    assert help_text.startswith("usage: rule-rm serve [OPTION ...]\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["srve"], "rule-rm: error: unknown command 'srve'; did you mean serve?"),
        (
            ["serve", "--reward-typ", "a"],
            "rule-rm serve: error: unknown option --reward-typ; did you mean --reward-type?",
        ),
        (["serve", "--reward-confg=a"], "unknown option --reward-confg; did you mean --reward-config?"),
        (
            ["serve", "--port", "1", "math_equal"],
            "unexpected argument 'math_equal'; a value follows its option, ",
        ),
        (
            ["attack", "golden.jsonl"],
            "'golden.jsonl'; a value follows its option, for example --dataset golden.jsonl",
        ),
        (
            ["serve-rm", "--reward-pretrain", "a"],
            "unknown option --reward-pretrain; did you mean --reward_pretrain?",
        ),
        (["path", "swfit"], "argument NAME: invalid choice: 'swfit'"),
    ],
)
def test_a_mistake_is_answered_in_two_lines_with_the_nearest_name(arguments, message, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    first, second = capsys.readouterr().err.splitlines()
    assert message in first
    assert second.startswith("Try `rule-rm")


def test_every_command_is_in_the_help_with_a_summary(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    for path in (ROOT / "rule_rm" / "cli").glob("[a-z]*.py"):
        assert re.search(rf"^ +{path.stem.replace('_', '-')}\s+\S", told, re.MULTILINE)


@pytest.mark.parametrize("arguments", [[], ["sing"], ["serve", "--colour", "red"], ["serve", "--por", "1"]])
def test_an_unknown_command_or_option_is_an_error(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err


def test_list_shows_every_reward_type_with_summary_and_options(capsys):
    assert main(["list"]) == 0
    told = capsys.readouterr().out
    for name, function in registry.registered().items():
        assert re.search(rf"^{name} +{re.escape(function.summary)}$", told, re.MULTILINE)
    assert "--reward-option format_weight=0.5" in told


@pytest.mark.parametrize("given", ["option", "environment"])
def test_list_shows_those_of_a_reward_file_too(tmp_path, monkeypatch, capsys, given):
    path = tmp_path / "rule.py"
    path.write_text(RULE.format(name=f"by_{given}"))
    if given == "environment":
        monkeypatch.setenv("RULE_RM_REWARD_FILE", str(path))
    assert main(["list", *(["--reward-file", str(path)] if given == "option" else [])]) == 0
    told = capsys.readouterr().out
    assert re.search(rf"^by_{given} +1.0 always\n +--reward-option weight=0.5$", told, re.MULTILINE)


def test_list_finds_a_reward_file_in_the_working_directory(tmp_path, monkeypatch, capsys):
    (tmp_path / "my_rule.py").write_text(RULE.format(name="my_own"))
    monkeypatch.chdir(tmp_path)
    assert main(["list", "--reward-file", "my_rule.py"]) == 0
    assert "my_own" in capsys.readouterr().out


def test_an_error_is_one_line_on_the_standard_error(capsys):
    assert main(["list", "--reward-file", "absent.py"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert re.fullmatch(r"rule-rm: .*absent\.py: there is no such file\n", told.err)


def test_the_familiar_module_serves_only():
    done = run("-m", "rule_rm.run_reward_server", "list")
    assert done.returncode == 2
    assert "list" in done.stderr


def imported_by(*arguments: str) -> set[str]:
    """Return the modules that a command line imports."""
    program = (
        "import atexit, sys; from rule_rm.cli import main\n"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr)); main(sys.argv[1:])"
    )
    return set(run("-c", program, *arguments).stderr.split())


def test_asking_for_the_version_imports_no_command():
    imported = imported_by("--version")
    assert "rule_rm.cli" in imported
    assert not {name for name in imported if name.startswith("rule_rm.cli.")}
    assert not imported & {"flask", "httptools", "sympy", "math_verify"}


def test_a_command_imports_nothing_for_the_others():
    imported = imported_by("serve", "--help")
    assert {"rule_rm.cli.serve", "rule_rm.settings"} <= imported
    assert not imported & {"rule_rm.cli.attack", "rule_rm.workbench", "rule_rm.extract", "sympy", "mpmath"}


@pytest.mark.parametrize("trainer", ["openrlhf", "swift", "verl", "trl", "slime", "areal", "verifiers"])
def test_the_path_that_is_printed_leads_to_the_integration(trainer, capsys):
    assert main(["path", trainer]) == 0
    path = capsys.readouterr().out.strip()
    if path.endswith(".py"):
        assert compile(Path(path).read_text(), path, "exec")
    elif path.startswith("pkg://"):
        assert callable(importlib.import_module(path.removeprefix("pkg://")).compute_score)
    else:
        module, _, name = path.rpartition(".")
        assert callable(getattr(importlib.import_module(module), name))


def test_output_that_nobody_reads_ends_the_command_without_a_traceback():
    command = [sys.executable, "-m", "rule_rm", "list", "gsm8k"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 141
