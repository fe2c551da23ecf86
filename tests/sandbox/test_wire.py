"""The sandbox's HTTP API for trainers, and our client of a remote sandbox with the same API."""

import base64
import http.server
import json
import pickle
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from rule_rm.errors import PayloadError, SandboxError
from rule_rm.sandbox import Call, Ended, Limits, Program, Trial, wire
from rule_rm.sandbox.grading.formats import read_tests
from rule_rm.sandbox.grading.grade import grade
from rule_rm.sandbox.running.languages import LANGUAGES, Language
from rule_rm.sandbox.running.remote import RemoteSandbox

ASKED = {
    "code": "print(int(input()) + 1)",
    "stdin": "41",
    "language": "python",
    "compile_timeout": 10,
    "run_timeout": 10,
    "memory_limit_MB": 1024,
    "files": {},
    "fetch_files": [],
}
"""As verl's client sends it."""


def test_run_code_answers_as_sandbox_fusion_does(best):
    reply = wire.run_code(ASKED, best)
    assert reply["status"] == "Success"
    assert reply["compile_result"] is None
    ran = reply["run_result"]
    assert (ran["status"], ran["stdout"], ran["stderr"], ran["return_code"]) == ("Finished", "42\n", "", 0)
    assert ran["execution_time"] > 0


def test_run_code_tells_a_failure_from_a_time_out(best):
    failed = wire.run_code({**ASKED, "code": "1 / 0"}, best)
    assert (failed["status"], failed["run_result"]["return_code"]) == ("Failed", 1)
    assert "ZeroDivisionError" in failed["run_result"]["stderr"]
    slow = wire.run_code({**ASKED, "code": "while True: pass", "run_timeout": 0.3}, best)
    assert (slow["status"], slow["run_result"]["status"]) == ("Failed", "TimeLimitExceeded")


def test_run_code_reports_what_does_not_compile(best):
    reply = wire.run_code({**ASKED, "code": "int main() { return x; }", "language": "cpp"}, best)
    if reply["status"] == "SandboxError" or reply["compile_result"] is None:
        pytest.skip(reply["message"])
    assert reply["status"] == "Failed"
    assert reply["compile_result"]["return_code"] != 0
    assert reply["run_result"] is None


def test_run_code_gives_a_program_its_files(best):
    files = {"data/in.txt": base64.b64encode(b"seven").decode()}
    code = "import os\nprint(open(os.path.join(os.path.dirname(__file__), 'data/in.txt')).read())"
    assert wire.run_code({**ASKED, "code": code, "files": files}, best)["run_result"]["stdout"] == "seven\n"
    here = "print(open('data/in.txt').read())"
    assert wire.run_code({**ASKED, "code": here, "files": files}, best)["run_result"]["stdout"] == "seven\n"


def test_run_code_imports_what_lies_beside_a_program(best):
    files = {"helper.py": base64.b64encode(b"answer = 42").decode(), "ignored.txt": None}
    reply = wire.run_code({**ASKED, "code": "import helper\nprint(helper.answer)", "files": files}, best)
    assert reply["run_result"]["stdout"] == "42\n"


LEAVING = """
import os
os.mkdir("made")
open("made/out.bin", "wb").write(bytes(range(256)))
open("huge", "wb").truncate(60 << 20)
os.symlink("/proc/self/environ", "link")
"""


def test_run_code_gives_back_the_files_that_a_program_leaves(best):
    wanted = ["made/out.bin", "never_made", "made", "huge", "link", "../build/main.py", "a\0b", "/etc/shadow"]
    reply = wire.run_code({**ASKED, "code": LEAVING, "fetch_files": wanted}, best)
    assert reply["status"] == "Success", reply
    assert {name: base64.b64decode(data) for name, data in reply["files"].items()} == {
        "made/out.bin": bytes(range(256))
    }


def test_run_code_tells_what_the_compiler_did(best):
    reply = wire.run_code({**ASKED, "code": "int main() { return 3; }", "language": "cpp"}, best)
    if reply["status"] == "SandboxError":
        pytest.skip(reply["message"])
    assert (reply["status"], reply["run_result"]["return_code"]) == ("Failed", 3)
    assert (reply["compile_result"]["status"], reply["compile_result"]["return_code"]) == ("Finished", 0)


def test_run_code_bounds_a_compiler_as_it_is_asked_to(best):
    code = "#include <bits/stdc++.h>\nint main() { return 0; }"
    reply = wire.run_code({**ASKED, "code": code, "language": "cpp", "compile_timeout": 0.05}, best)
    if reply["status"] == "SandboxError":
        pytest.skip(reply["message"])
    assert (reply["status"], reply["run_result"]) == ("Failed", None)
    assert reply["compile_result"]["status"] == "TimeLimitExceeded"


def test_a_language_without_its_compiler_is_an_error_of_ours(best, monkeypatch):
    row = Language("main.x", ("no_such_interpreter",), ("no_such_interpreter",))
    monkeypatch.setitem(LANGUAGES, "bash", row)
    reply = wire.run_code({**ASKED, "language": "bash"}, best)
    assert reply["status"] == "SandboxError"
    assert "no_such_interpreter" in reply["message"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": 1}, "code"),
        ({"run_timeout": "ten"}, "run_timeout"),
        ({"language": "cobol"}, "language"),
        ({"files": {"a": 3}}, "files"),
        ({"files": {"a": "!!!"}}, "files"),
        ({"files": {"": "QQ=="}}, "files"),
        ({"files": {"a\0b": "QQ=="}}, "files"),
        ({"files": {"a": "Q*Q=="}}, "files"),
        ({"files": {"a": "QR=="}}, "files"),
        ({"files": {".": "QQ=="}}, "files"),
        ({"files": {"a/": "QQ=="}}, "files"),
        ({"files": {"a": "QQ==", "./a/b": "QQ=="}}, "files"),
        ({"files": {"a/.": "QQ=="}}, "files"),
        ({"files": {"\ud800": "QQ=="}}, "files"),
        ({"files": {"é" * 128: "QQ=="}}, "files"),
        ({"files": {"a/" * 500 + "b": "QQ=="}}, "files"),
        ({"files": {str(number): "" for number in range(501)}}, "files"),
        ({"run_timeout": -1}, "run_timeout"),
        ({"run_timeout": 0}, "run_timeout"),
        ({"compile_timeout": -0.5}, "compile_timeout"),
        ({"memory_limit_MB": -7}, "memory_limit_MB"),
        ({"files": {"/tmp/a": ""}}, "files"),
        ({"files": {"a/../../b": ""}}, "files"),
        ({"fetch_files": "a"}, "fetch_files"),
        ({"fetch_files": ["x" * 20_000]}, "fetch_files"),
        ({"stdin": 7}, "stdin"),
        ({"compile_timeout": "long"}, "compile_timeout"),
        ({"files": []}, None),
    ],
)
def test_run_code_names_what_is_wrong_with_a_request(best, change, field):
    if field is None:
        assert wire.run_code({**ASKED, **change}, best)["status"] == "Success"
        return
    with pytest.raises(PayloadError) as raised:
        wire.run_code({**ASKED, **change}, best)
    assert raised.value.field == field


@pytest.mark.parametrize("code", ["while True: pass", "import time; time.sleep(60)"])
def test_the_end_of_a_request_s_time_is_an_error_and_no_limit_of_the_program(best, code):
    asked = {**ASKED, "code": code, "run_timeout": 50}
    reply = wire.run_code(asked, best, time.monotonic() + 0.2)
    assert (reply["status"], reply["run_result"]) == ("SandboxError", None)
    assert "the time of the request" in reply["message"]
    own = wire.run_code({**asked, "run_timeout": 0.1}, best, time.monotonic() + 60)
    assert own["run_result"]["status"] == "TimeLimitExceeded"
    tests = {"program": f"def f():\n    {code}", "tests": ["assert f() == 1"], "max_execution_time": 50}
    with pytest.raises(SandboxError, match="the time of the request"):
        wire.test_program(tests, best, time.monotonic() + 0.2)


@pytest.mark.parametrize("language", ["python", "bash"])
def test_a_request_whose_time_is_over_waits_for_no_place_in_the_sandbox(best, language):
    waits = {**ASKED, "language": language, "code": {"python": "input()", "bash": "sleep 60"}[language]}
    hanging = {**waits, "code": waits["code"].replace("input()", "while True: pass"), "run_timeout": 3}
    with ThreadPoolExecutor(4) as others:
        taken = [others.submit(wire.run_code, hanging, best) for _ in range(4)]
        time.sleep(0.5)
        begun = time.monotonic()
        reply = wire.run_code(waits, best, begun + 0.2)
        # Those before it take six seconds in two places.
        assert time.monotonic() - begun < 2.0
        assert (reply["status"], reply["run_result"]) == ("SandboxError", None)
        assert "the time of the request" in reply["message"]
        assert {one.result()["run_result"]["status"] for one in taken} == {"TimeLimitExceeded"}


def test_a_sandbox_that_is_down_is_an_error_and_no_failed_program():
    class Down:
        def session(self, program, limits=None):
            raise SandboxError("it is down")

    assert wire.run_code(ASKED, Down())["status"] == "SandboxError"
    with pytest.raises(SandboxError):
        wire.test_program({"program": "x = 1", "tests": ["assert x"]}, Down())


def test_test_program_answers_as_open_instruct_does(best):
    reply = wire.test_program(
        {
            "program": "def add(a, b):\n    return a + b",
            "tests": ["assert add(1, 2) == 3", "assert add(1, 2) == 4", "assert abs(add(1, -3)) == 2"],
            "max_execution_time": 20.0,
        },
        best,
    )
    assert reply["results"] == [1, 0, 1]
    assert [runtime > 0 for runtime in reply["runtimes"]] == [True, False, True]


def test_tests_may_come_as_json_in_a_text(best):
    asked = {"program": "def add(a, b):\n    return a + b", "tests": json.dumps(["assert add(1, 2) == 3"])}
    assert wire.test_program(asked, best)["results"] == [1]
    for nothing in ("", [], "[]", None):
        assert wire.test_program({**asked, "tests": nothing}, best) == {"results": [], "runtimes": []}
    pickled = base64.b64encode(zlib.compress(pickle.dumps(["assert True"]))).decode()
    for wrong in (pickled, 7, {"a": 1}, [1], ["assert True"] * 1001):
        with pytest.raises(PayloadError) as raised:
            wire.test_program({**asked, "tests": wrong}, best)
        assert raised.value.field == "tests"


def test_test_program_stdio_answers_as_open_instruct_does(best):
    tests = [{"input": "1\n", "output": "2\n"}, {"input": "5\n", "output": "7\n"}]
    reply = wire.test_program_stdio(
        {"program": "print(int(input()) + 1)", "tests": tests, "max_execution_time": 20.0}, best
    )
    assert reply["results"] == [1, 0]


@pytest.fixture
def service(best):
    """Our own service, heard over HTTP."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(wire.run_code(asked, best)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield RemoteSandbox(f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()


def test_a_remote_sandbox_runs_programs(service):
    with service.session(Program("print(input()[::-1])")) as session:
        result = session.run(b"abc", Limits())
    assert (result.stdout, result.ended) == (b"cba\n", Ended.EXITED)
    with service.session(Program("while True: pass")) as session:
        assert session.run(b"", Limits(wall=0.3)).ended is Ended.TIMEOUT


def test_a_remote_sandbox_takes_files_and_gives_them_back(service):
    code = "open('out.txt', 'w').write(open('in.txt').read() + open('run.txt').read())"
    with service.session(Program(code, files={"in.txt": b"a"}, fetch=("out.txt",))) as session:
        result = session.run(b"", Limits(), files={"run.txt": b"b"})
    assert result.files == {"out.txt": b"ab"}


def test_a_remote_sandbox_says_what_does_not_compile(service):
    with service.session(Program("int main() { return nothing; }", "c")) as session:
        try:
            result = session.run(b"", Limits())
        except SandboxError as error:
            pytest.skip(str(error))
    assert result.ended is Ended.NOT_COMPILED
    assert b"nothing" in result.stderr


def test_a_remote_sandbox_calls_functions(service):
    code = "print('noise')\ndef f(x):\n    return {x: (x, [2.5])}\ndef g():\n    raise SystemExit"
    with service.session(Program(code)) as session:
        found = session.call([Call("f", (1,)), Call("g"), Call("h")], Limits())
    assert found[0].value == {1: (1, [2.5])}
    assert [one.error for one in found[1:]] == ["SystemExit", "KeyError"]


def test_a_call_that_ends_or_hangs_costs_no_other_call_in_a_remote_sandbox(service):
    code = """
import os
def f(n):
    if n == 1: os._exit(0)
    while n == 2: pass
    return n
"""
    with service.session(Program(code)) as session:
        found = session.call([Call("f", (n,)) for n in range(4)], Limits(wall=1.0), total=20.0)
    assert [one.value for one in found] == [0, None, None, 3]
    assert [one.error for one in found] == [None, "the program ended with 0", "timeout", None]


def test_a_memory_limit_holds_in_a_remote_sandbox(service):
    # It succeeds, with more memory than it may use.
    code = "kept = b'x' * (150 << 20)\nprint(len(kept) > 0)"
    with service.session(Program(code)) as session:
        assert session.run(b"", Limits(memory_mb=32)).ended is Ended.MEMORY_LIMIT
        assert session.run(b"", Limits(memory_mb=512)).stdout == b"True\n"


def test_a_long_output_is_read_whole_from_a_remote_sandbox(service):
    with service.session(Program("print('x' * (3 << 20))")) as session:
        assert session.run(b"", Limits()).ended is Ended.OUTPUT_LIMIT
        assert len(session.run(b"", Limits(output_bytes=4 << 20)).stdout) == (3 << 20) + 1


def test_a_remote_sandbox_is_no_more_forgeable(service):
    suite = read_tests({"inputs": [[1, 2]], "outputs": [3], "fn_name": "add"})
    for hack in (
        "import os\nos._exit(0)",
        "def add(a, b):\n    import os\n    os._exit(0)",
        "print('rule_rm_results:[]')",
    ):
        assert grade(service, hack, "python", suite).passed == 0


def test_tests_as_code_are_not_for_a_remote_sandbox(service):
    with service.session(Program("x = 1")) as session, pytest.raises(SandboxError):
        session.judge(Trial(["assert x"], "statements"), Limits())


def test_a_remote_sandbox_that_is_down_gives_no_verdict():
    with (
        RemoteSandbox("http://127.0.0.1:1").session(Program("print(1)")) as session,
        pytest.raises(SandboxError),
    ):
        session.run(b"", Limits())
