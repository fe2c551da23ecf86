"""Every language of the table, where its compiler is here."""

import re
import secrets

import pytest

from rule_rm.errors import SandboxError
from rule_rm.sandbox import Ended, Limits, Program
from rule_rm.sandbox.running import command_session, languages
from rule_rm.sandbox.running.languages import (
    LANGUAGES,
    LINT,
    TOOLS,
    Language,
    UnknownLanguageError,
    canonical,
)

DOUBLING = {
    "python": "print(2 * int(input()))",
    "c": '#include <stdio.h>\nint main() { int x; scanf("%d", &x); printf("%d\\n", 2 * x); return 0; }',
    "cpp": "#include <iostream>\nint main() { int x; std::cin >> x; std::cout << 2 * x << std::endl; }",
    "java": "import java.util.Scanner;\npublic class Main { public static void main(String[] a) {"
    " System.out.println(2 * new Scanner(System.in).nextInt()); } }",
    "javascript": "console.log(2 * parseInt(require('fs').readFileSync(0, 'utf8')))",
    "go": 'package main\nimport "fmt"\nfunc main() { var x int; fmt.Scan(&x); fmt.Println(2 * x) }',
    "rust": "use std::io;\nfn main() { let mut s = String::new(); io::stdin().read_line(&mut s).unwrap();"
    ' println!("{}", 2 * s.trim().parse::<i32>().unwrap()); }',
    "bash": "read x; echo $((2 * x))",
    "sql": "select 2 * 21;",
    "ruff": "import os\n",
}
WRITING = {
    "python": "open('left', 'w').write('hello')",
    "c": '#include <stdio.h>\nint main() { fputs("hello", fopen("left", "w")); }',
    "cpp": '#include <fstream>\nint main() { std::ofstream("left") << "hello"; }',
    "java": "public class Main { public static void main(String[] a) throws Exception {"
    ' java.nio.file.Files.writeString(java.nio.file.Path.of("left"), "hello"); } }',
    "javascript": "require('fs').writeFileSync('left', 'hello')",
    "go": 'package main\nimport "os"\nfunc main() { os.WriteFile("left", []byte("hello"), 0644) }',
    "rust": 'fn main() { std::fs::write("left", "hello").unwrap(); }',
    "bash": "printf hello > left",
}
COSTLY = {
    "go": "package main\nfunc main() { x := [][]byte{}; for { b := make([]byte, 1<<20);"
    " for i := range b { b[i] = 1 }; x = append(x, b) } }",
    "rust": "fn main() { let mut x = Vec::new(); loop { x.push(vec![1u8; 1 << 20]); } }",
    "java": "public class Main { public static void main(String[] a) {"
    " var x = new java.util.ArrayList<byte[]>(); while (true) x.add(new byte[1 << 20]); } }",
    "cpp": "#include <vector>\nint main() { std::vector<std::vector<char>> x;"
    " for (;;) x.emplace_back(1 << 20, 1); }",
    "c": "#include <stdlib.h>\n#include <string.h>\nint main() { for (;;) { char *p = malloc(1 << 20);"
    " if (!p) return 9; memset(p, 1, 1 << 20); } }",
    "bash": "while true; do :; done",
    "javascript": "const x = []; for (;;) x.push(new Array(100000).fill(x.length))",
}


WHOLE = sorted(set(LANGUAGES) - TOOLS | {LINT})
"""The languages that programs are written in; the others are for checkers, and tested with them."""


@pytest.mark.parametrize("language", WHOLE)
def test_a_program_of_every_language_doubles_a_number(best, language):
    try:
        with best.session(Program(DOUBLING[language], language)) as session:
            results = [session.run(b"21\n", Limits(wall=60.0)) for _ in range(2)]
    except SandboxError as error:
        pytest.skip(str(error))
    found = b"F401" if language == LINT else b"42\n"
    assert [found in result.stdout for result in results] == [True, True], results[0].stderr


@pytest.mark.parametrize("language", COSTLY)
def test_other_languages_keep_their_limits(best, language):
    try:
        with best.session(Program(COSTLY[language], language)) as session:
            result = session.run(b"", Limits(wall=2.0, memory_mb=200))
    except SandboxError as error:
        pytest.skip(str(error))
    assert not result.succeeded
    # The hard limit is on address space, with room for the runtime; more than 200 is a fault all the same.
    assert result.memory_mb < 200 + LANGUAGES[language].overhead_mb


BOMBS = {
    "cpp": "template<int N, int M> struct F { static const int v = F<N-1, 2*M>::v + F<N-1, 2*M+1>::v; };\n"
    "template<int M> struct F<0, M> { static const int v = M; };\nint main() { return F<26, 0>::v; }",
    "c": "char x[1l << 40] = {1};\nint main() { return x[0]; }",
}


@pytest.mark.parametrize("language", BOMBS)
def test_a_compiler_keeps_its_limits(best, language):
    try:
        with best.session(Program(BOMBS[language], language)) as session:
            result = session.run(b"", Limits(compile_wall=2.0))
    except SandboxError as error:
        pytest.skip(str(error))
    assert result.ended is Ended.NOT_COMPILED
    assert result.wall < 10
    assert result.memory_mb < 2200


@pytest.mark.parametrize("language", sorted(set(WHOLE) - {LINT}))
def test_every_language_may_write_files_where_it_starts(best, language):
    code = WRITING.get(language)
    if code is None:
        pytest.skip("it has no files")
    try:
        with best.session(Program(code, language, fetch=("left",))) as session:
            result = session.run(b"", Limits(wall=60.0))
    except SandboxError as error:
        pytest.skip(str(error))
    assert result.files == {"left": b"hello"}, result.stderr


def test_a_toolchain_is_found_where_its_compiler_says_it_is(tmp_path, monkeypatch):
    home = tmp_path / "home"
    toolchain = home / "toolchain"
    (toolchain / "bin").mkdir(parents=True)
    compiler = toolchain / "bin" / "newc"
    monkeypatch.setenv("PATH", str(compiler.parent), prepend=":")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(languages, "LANGUAGES", {"new": Language("a", (), (), toolchain=("newc", "--where"))})
    assert languages.toolchains() == []
    for answer, found in ((toolchain, [str(toolchain)]), (home, []), (tmp_path, []), ("nowhere", [])):
        compiler.write_text(f"#!/bin/sh\necho {answer}\n")
        compiler.chmod(0o755)
        assert languages.toolchains() == found


def test_what_does_not_compile_says_why(best):
    try:
        with best.session(Program("int main() { return nothing; }", "c")) as session:
            result = session.run(b"", Limits())
    except SandboxError as error:
        pytest.skip(str(error))
    assert result.ended is Ended.NOT_COMPILED
    assert b"nothing" in result.stderr


@pytest.mark.parametrize(
    "script",
    [
        "f() { f | f & }; f; (exec -a MARK sleep 30)",
        "(setsid bash -c 'exec -a MARK sleep 300' &); (exec -a MARK sleep 300 &); disown -a; echo started",
        "while true; do mkdir d; cd d; done",
        "i=0; while true; do i=$((i+1)); : > file$i; done",
        "yes | head -c 1000000000 > big; yes | head -c 1000000000 > big2; ls",
        "mkdir closed; : > closed/file; chmod 000 closed; ln -s / root; ls",
    ],
)  # fmt: skip
def test_a_hostile_script_leaves_nothing_and_harms_nobody(box, script):
    # Where programs see all processes, others may run a `sleep` of their own.
    mark = f"left_{secrets.token_hex(4)}"
    limits = Limits(wall=1.5, memory_mb=256, file_mb=16)
    with box.session(Program(script.replace("MARK", mark), "bash")) as session:
        session.run(b"", limits)
        after = session.run(b"", Limits(wall=0.5, file_mb=16))
    assert after.wall < 5
    with box.session(Program("ls -A; cat /proc/[0-9]*/cmdline; echo looked", "bash")) as session:
        found = session.run(b"", Limits()).stdout
    assert mark.encode() not in found
    assert b"looked" in found


def test_a_compiled_program_cant_change_what_its_next_run_starts_from(box):
    change = "echo echo changed > ../build/main.sh; rm -f ../build/main.sh"
    script = f"cat ../build/main.sh > /dev/null || exit 1; {change}; ls ../build; echo ran"
    with box.session(Program(script, "bash")) as session:
        found = [session.run(b"", Limits()).stdout for _ in range(2)]
    assert found[0] == found[1]
    assert b"ran" in found[0]


def test_names_of_languages_are_told_from_their_spellings():
    assert [canonical(name) for name in ("C++17", "cpp", "Python 3.11", "JS", "golang", "")] == [
        "cpp",
        "cpp",
        "python",
        "javascript",
        "go",
        "python",
    ]
    for name in ("cobol", "text", *TOOLS):
        with pytest.raises(UnknownLanguageError, match=f"no language '{re.escape(name)}'"):
            canonical(name)


def test_a_python_program_opens_its_streams_by_their_paths(box):
    code = "open('/dev/stdout', 'w').write(open('/dev/stdin').read()[::-1])"
    with box.session(Program(code)) as session:
        assert session.run(b"abc", Limits(wall=10.0)).stdout == b"cba"


def test_a_python_program_gets_large_files(best):
    program = Program("import os; print(os.path.getsize('a.bin'))", files={"a.bin": bytes(40 << 20)})
    with best.session(program) as session:
        assert session.run(b"", Limits(wall=20.0)).stdout == b"41943040\n"


@pytest.mark.parametrize(("program", "blames_the_machine"), [("exit 3", True), ("exit 0", False)])
def test_a_program_that_fails_while_processes_are_refused_is_no_failed_program(
    best, monkeypatch, program, blames_the_machine
):
    counts = iter(range(100))
    monkeypatch.setattr(command_session, "refused", lambda: next(counts))
    with best.session(Program(program, "bash")) as session:
        if blames_the_machine:
            with pytest.raises(SandboxError, match="no processes left"):
                session.run(b"", Limits(wall=20.0))
        else:
            assert session.run(b"", Limits(wall=20.0)).succeeded
    monkeypatch.setattr(command_session, "refused", lambda: 7)
    with best.session(Program("exit 3", "bash")) as session:
        assert session.run(b"", Limits(wall=20.0)).exit_code == 3
