"""One strict reader of JSON: what policies, judges, trainers and datasets write is read by the same rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from rule_rm.errors import DatasetError, RequestError
from rule_rm.golden.load import read_answers
from rule_rm.judge.reading.json_verdicts import verdict_in_json
from rule_rm.judge.reading.menu import Label, Menu, NoVerdictError
from rule_rm.structured.strict import decode_at, strict_json
from rule_rm.web.bodies import parse

BAD = {
    "NaN": '{"answer": NaN}',
    "infinity": '{"answer": -Infinity}',
    "too large": '{"answer": 1e999}',
    "too many digits": '{"answer": 1%s}' % ("0" * 500),
    "a key twice": '{"answer": 1, "answer": 2}',
    "a key twice within": '{"answer": {"a": 1, "a": 2}}',
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_every_reader_refuses_what_is_not_json(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        strict_json(text)
    with pytest.raises(ValueError):
        decode_at(text, 0)
    with pytest.raises(RequestError):
        parse(text.encode())
    path = tmp_path / "golden.jsonl"
    path.write_text(text.replace("{", '{"question": "q", ', 1), encoding="utf-8")
    with pytest.raises(DatasetError):
        read_answers(path, "question", "answer")
    menu = Menu({"CORRECT": Label(1.0), "INCORRECT": Label(0.0)})
    try:
        assert verdict_in_json(text.replace("answer", "verdict"), menu) is None
    except NoVerdictError:
        pass


def test_depth_is_an_error_and_never_a_crash() -> None:
    deep = "[" * 100_000
    for read in (strict_json, lambda text: decode_at(text, 0), lambda text: parse(text.encode())):
        with pytest.raises((ValueError, RequestError)):
            read(deep)


def test_a_value_is_read_within_a_text() -> None:
    assert decode_at('so {"a": 1} it is', 3) == ({"a": 1}, 11)
