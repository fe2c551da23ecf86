"""Instructions that others' packages judge: the language, the part of speech, the syllables."""

from __future__ import annotations

import inspect
import sys
from types import SimpleNamespace

import pytest

from rule_rm.errors import ConfigurationError
from rule_rm.rewards.ifeval import Work, decide, ifeval
from rule_rm.structured.instructions import INSTRUCTIONS, PRESETS, arguments_problem, libraries
from rule_rm.types import Rollout

GERMAN = "Der Hund läuft über die Straße, und die Katze schläft noch immer auf dem warmen Dach."
FRENCH = "Le chien traverse la rue, et le chat dort encore sur le toit de la maison."


def asked(name: str, **arguments: str) -> dict[str, list[object]]:
    return {"instruction_id_list": [name], "kwargs": [arguments]}


def test_the_language_is_the_one_that_langdetect_finds() -> None:
    pytest.importorskip("langdetect", reason="pip install '.[instructions]'")
    follows = INSTRUCTIONS["language:response_language"]
    assert follows(GERMAN, language="de")
    assert not follows(FRENCH, language="de")
    assert follows("今天的天气很好，我们一起去公园散步吧。", language="zh")
    assert {libraries.detected_language("da en no") for _ in range(5)} == {
        libraries.detected_language("da en no")
    }


def test_a_text_without_words_is_in_no_language_but_follows_in_the_preset_google() -> None:
    pytest.importorskip("langdetect", reason="pip install '.[instructions]'")
    assert not INSTRUCTIONS["language:response_language"]("42", language="de")
    assert PRESETS["google"]["language:response_language"]("42", language="de")
    assert not PRESETS["google"]["language:response_language"](FRENCH, language="de")


def test_an_unknown_language_is_a_fault_of_the_instruction() -> None:
    assert arguments_problem("language:response_language", {"language": "tlh"}) is not None
    assert arguments_problem("language:response_language", {"language": "de"}) is None


def test_syllables_alternate(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = {"red": 1, "apple": 2, "banana": 3, "water": 2}
    monkeypatch.setitem(sys.modules, "syllapy", SimpleNamespace(count=counted.__getitem__))
    follows = INSTRUCTIONS["words:odd_even_syllables"]
    assert follows("Red apple, banana water.")
    assert not follows("Red banana.")


def test_syllapy_counts_the_syllables() -> None:
    pytest.importorskip("syllapy", reason="pip install '.[instructions]'")
    assert INSTRUCTIONS["words:odd_even_syllables"]("The apple")
    assert not INSTRUCTIONS["words:odd_even_syllables"]("The cat")


def test_the_first_word_is_tagged_in_its_context(monkeypatch: pytest.MonkeyPatch) -> None:
    perceptron = pytest.importorskip("nltk.tag.perceptron", reason="pip install '.[instructions]'")
    tagger = perceptron.PerceptronTagger(load=False)
    tagger.train([[("Mix", "VB"), ("it", "PRP"), (".", ".")], [("It", "PRP"), ("is", "VBZ"), ("red", "JJ")]])
    monkeypatch.setattr(libraries, "_tagger", lambda: tagger)
    follows = INSTRUCTIONS["words:start_verb"]
    assert follows("Mix it. Then wait.")
    assert not follows("It is red.")
    assert not follows("...")


def test_data_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise LookupError

    fake = SimpleNamespace(PerceptronTagger=missing)
    monkeypatch.setattr(libraries, "package", lambda *_: fake)
    libraries._tagger.cache_clear()
    with pytest.raises(ConfigurationError, match="nltk.downloader averaged_perceptron_tagger_eng"):
        libraries._tagger()


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "syllapy", None)
    with pytest.raises(ConfigurationError, match=r"rule-rm\[instructions\]"):
        INSTRUCTIONS["words:odd_even_syllables"]("The apple")


def test_a_worker_judges_these_and_the_server_judges_the_others() -> None:
    prepare = inspect.unwrap(ifeval)
    costly = prepare(Rollout("", "<think>x</think>The apple", asked("words:odd_even_syllables")))
    assert costly == Work("The apple", [("words:odd_even_syllables", {})])
    assert prepare(Rollout("", "No comma", asked("punctuation:no_comma"))).reward == 1.0


def test_the_loose_variants_are_judged_by_the_worker_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "syllapy", SimpleNamespace(count=len))
    work = Work("Yes!\na bb", [("words:odd_even_syllables", {})])
    assert (decide(work).reward, decide(work, loose=True).reward) == (0.0, 1.0)


@pytest.mark.parametrize("text", ["x", ".", "a" * 100_000, "é " * 20_000, "1.5 " * 9_000, "a@" * 9_000])
def test_no_text_makes_them_fail(text: str) -> None:
    pytest.importorskip("langdetect", reason="pip install '.[instructions]'")
    assert INSTRUCTIONS["language:response_language"](text, language="de") is False
