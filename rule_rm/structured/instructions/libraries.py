"""The instructions that IFEval and IFBench judge with trained models and dictionaries of other packages.

They need the extra `instructions`. Their cost is bounded, but too high for the server's own process, so that
a worker judges them.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.registry.options import package
from rule_rm.structured.instructions.text import Instruction, sentences, words

_EXTRA = "instructions"
_LONGEST_SAMPLE = 10_000
"""Characters whose language is detected; langdetect itself reads no more."""
_LONGEST_START = 1_000
"""Characters of a text's beginning in which its first words are."""
_CONTEXT = 5
"""Tokens that are tagged; the tag of the first one depends on the next two."""
_TAGGER = "averaged_perceptron_tagger_eng"
LANGUAGES = frozenset(
    """
    af ar bg bn ca cs cy da de el en es et fa fi fr gu he hi hr hu id it ja kn ko lt lv mk ml mr ne nl no pa
    pl pt ro ru sk sl so sq sv sw ta te th tl tr uk ur vi zh-cn zh-tw zh
    """.split()  # noqa: SIM905 - one word a line otherwise
)
"""The languages that langdetect knows, and "zh" for both kinds of Chinese."""


def response_language(text: str, *, language: str) -> bool:
    """Return True if langdetect finds that the text is in a language; False if it finds none."""
    return detected_language(text) in (language, f"{language}-cn", f"{language}-tw")


def response_language_or_unknown(text: str, *, language: str) -> bool:
    """Return True also if langdetect finds no language, such as in "42": IFEval's own code does."""
    found = detected_language(text)
    return found is None or found == language


def start_verb(text: str) -> bool:
    """Return True if NLTK's tagger takes the first word for a verb."""
    tokenizer = package("nltk.tokenize", "ifeval", _EXTRA).NLTKWordTokenizer()
    beginning = sentences(text[:_LONGEST_START])[:_CONTEXT]
    tokens = [token for sentence in beginning for token in tokenizer.tokenize(sentence)][:_CONTEXT]
    return bool(tokens) and "VB" in _tagger().tag(tokens)[0][1]


def odd_even_syllables(text: str) -> bool:
    """Return True if words with odd and even numbers of syllables alternate, as syllapy counts them."""
    count = package("syllapy", "ifeval", _EXTRA).count
    parities = [count(word) % 2 for word in words(text)]
    return all(before != after for before, after in pairwise(parities))


def detected_language(text: str) -> str | None:
    """Return the code of the likeliest language of a text; None if it has no words."""
    detector = _detectors().create()
    detector.append(text[:_LONGEST_SAMPLE])
    try:
        return str(detector.detect())
    except package("langdetect", "ifeval", _EXTRA).LangDetectException:
        return None


@lru_cache(maxsize=1)
def _detectors() -> Any:
    """Return langdetect's factory, with a fixed seed: a text has one verdict."""
    module = package("langdetect.detector_factory", "ifeval", _EXTRA)
    factory = module.DetectorFactory()
    factory.load_profile(module.PROFILES_DIRECTORY)
    factory.seed = 0
    return factory


@lru_cache(maxsize=1)
def _tagger() -> Any:
    """Return NLTK's tagger. Raises ConfigurationError if its data is missing."""
    tagging = package("nltk.tag.perceptron", "ifeval", _EXTRA)
    try:
        return tagging.PerceptronTagger()
    except LookupError:
        raise ConfigurationError(
            f"words:start_verb needs the data of NLTK's tagger: python -m nltk.downloader {_TAGGER}"
        ) from None


LIBRARIES: dict[str, Instruction] = {
    "language:response_language": response_language,
    "words:start_verb": start_verb,
    "words:odd_even_syllables": odd_even_syllables,
}
GOOGLE_LIBRARIES: dict[str, Instruction] = {"language:response_language": response_language_or_unknown}
"""Those that IFEval's own code judges otherwise."""
