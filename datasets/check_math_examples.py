"""Check every answer of `math_examples.json` against a computation, or write the file anew.

    python datasets/check_math_examples.py            # check, exit status 1 if anything is wrong
    python datasets/check_math_examples.py --write    # write the file from the problems, then check it

The questions and answers are written in `math_problems/`, each with a computation that does not look at the
stated answer. A wrong answer in a golden dataset teaches a policy to be wrong, so none is believed.
"""

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from math_problems import LEVELS, PROBLEMS, SUBJECTS, Problem, agrees
from math_verify import parse, verify

EXAMPLES = Path(__file__).with_name("math_examples.json")
KEYS = ("question", "answer", "level", "subject")

Row = dict[str, str | int]


def skeleton(question: str) -> str:
    """Return the words of a question: equal skeletons differ in numbers, case or punctuation alone."""
    return " ".join(re.findall(r"[a-z]+|[+*/^=<>-]", question.lower()))


def duplicates(problems: list[Problem]) -> Iterator[str]:
    """Yield a complaint for each problem that only repeats another one."""
    seen: dict[str, Problem] = {}
    for problem in problems:
        first = seen.setdefault(skeleton(problem.question), problem)
        if first is not problem:
            yield f"{problem.name} asks the same as {first.name}: {problem.question}"


def differences(rows: list[Row], problems: list[Problem]) -> Iterator[str]:
    """Yield a complaint for each row that matches no problem, and for each problem without a row."""
    asked = Counter(str(row.get("question")) for row in rows)
    by_question = {problem.question: problem for problem in problems}
    for question, times in asked.items():
        if times > 1:
            yield f"{times} rows ask: {question}"
        if question not in by_question:
            yield f"no computation stands behind the question: {question}"
    for question, problem in by_question.items():
        if question not in asked:
            yield f"no row asks {problem.name}: {question}"
    for row in rows:
        problem = by_question.get(str(row.get("question")))
        if problem and {**row, "answer": None} != {**problem.row, "answer": None}:
            yield f"keys, level or subject differ from those of {problem.name}: {problem.question}"


def mistake(answer: str, problem: Problem) -> str | None:
    """Return a complaint if the answer to a problem is wrong or unreadable, else None."""
    computed = problem.compute()
    if not agrees(computed, answer):
        return f"the answer is {answer}, but {computed} was computed"
    golden = parse(rf"\boxed{{{answer}}}")
    if not golden or not verify(golden, golden):
        return f"math-verify does not accept {answer} as an answer to itself"
    return None


def mistakes(rows: list[Row], problems: list[Problem]) -> Iterator[str]:
    """Yield a complaint for each row whose answer is not what its problem computes."""
    by_question = {problem.question: problem for problem in problems}
    for row in rows:
        problem = by_question.get(str(row.get("question")))
        what = problem and mistake(str(row.get("answer")), problem)
        if problem and what:
            yield f"{problem.name}: {what}: {problem.question}"


def write(path: Path, problems: list[Problem]) -> None:
    """Write the rows of all problems, one to a line so that a change shows in a diff."""
    lines = ",\n".join(json.dumps(problem.row, ensure_ascii=False) for problem in problems)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def summary(rows: list[Row]) -> str:
    """Count the rows by subject and level."""
    counts = Counter((row["subject"], row["level"]) for row in rows)
    lines = [f"{'':28}" + "".join(f"{f'level {level}':>9}" for level in LEVELS) + f"{'all':>9}"]
    for name in [subject.name for subject in SUBJECTS]:
        per_level = [counts[name, level] for level in LEVELS]
        lines.append(f"{name:28}" + "".join(f"{n:9}" for n in [*per_level, sum(per_level)]))
    totals = [sum(counts[subject.name, level] for subject in SUBJECTS) for level in LEVELS]
    lines.append(f"{'all':28}" + "".join(f"{n:9}" for n in [*totals, len(rows)]))
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description="Check every answer of the math examples by computation.")
    parser.add_argument("--file", type=Path, default=EXAMPLES, help="the examples (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="write the file from the problems first")
    options = parser.parse_args()
    if options.write:
        write(options.file, PROBLEMS)
    started = time.monotonic()
    rows = json.loads(options.file.read_text(encoding="utf-8"))
    complaints = [*duplicates(PROBLEMS), *differences(rows, PROBLEMS), *mistakes(rows, PROBLEMS)]
    for complaint in complaints:
        print(f"WRONG {complaint}", file=sys.stderr)
    if complaints:
        print(f"{len(complaints)} complaints about {options.file}", file=sys.stderr)
        return 1
    print(summary(rows))
    print(f"{len(rows)} answers computed and found right in {time.monotonic() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
