"""Invalid options are errors when they are set, which is at start; the message lists the valid values."""

import pytest

from rule_rm import registry, rewards
from rule_rm.errors import ConfigurationError

rewards.load()


@pytest.mark.parametrize(
    ("name", "option", "told"),
    [
        ("soft_overlong", "unit=bytes", "tokens, words, characters"),
        ("soft_overlong", "cache_length=0", "above 0"),
        ("soft_overlong", "cache_length=30000", "at most max_length"),
        ("soft_overlong", "penalty_factor=nan", "must be a number"),
        ("length_target", "mode=about", "exact, at_most"),
        ("length_target", "alpha=-1", "above 0"),
        ("cosine_length", "max_length=0", "above 0"),
        ("reasoning_steps", "steps=0", "above 0"),
        ("repetition_penalty", "ngram_size=0", "above 0"),
        ("gsm8k", "method=lenient", "strict, flexible"),
        ("substring", "most_words=0", "above 0"),
        ("language_consistency", "language=klingon", "a script of"),
        ("safety_rules", "categories=weapons,wepons", "weapons"),
        ("safety_rules", "refusals=maybe", "ignored, wanted, unwanted"),
        ("safety_rules", "deny=*", "no letter"),
    ],
)
def test_an_option_that_cannot_be_meant_is_told_when_it_is_set(name, option, told):
    with pytest.raises(ConfigurationError, match=told):
        registry.get(name).with_options([option])
