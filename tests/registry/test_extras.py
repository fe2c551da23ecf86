"""A reward whose optional package is missing is refused at start, with the way to install it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rule_rm import registry, rewards
from rule_rm.engine.residents import Residents
from rule_rm.errors import ConfigurationError
from rule_rm.registry import mixture
from rule_rm.registry.options import with_files

rewards.load()


def functions():
    known = registry.registered()
    return {**known, "bleu": replace(known["bleu"], extras=(("rule_rm_no_such_package", "texts"),))}


def test_the_engine_does_not_open_it_and_names_the_extra():
    with pytest.raises(ConfigurationError, match=r"bleu needs a package: pip install 'rule-rm\[texts\]'"):
        Residents(functions(), ["bleu"], lambda *_: None, 1)


def test_a_mixture_needs_the_packages_of_its_parts():
    parts = [{"reward_type": "bleu"}, {"reward_type": "f1"}]
    described = {"name": "mixture", "where": "a test", "rewards": parts}
    assert mixture.build(described, functions()).extras == (("rule_rm_no_such_package", "texts"),)


def test_the_version_covers_the_files_that_options_name(tmp_path):
    rubric = tmp_path / "rubric.txt"
    function = registry.get("group_judge").with_options([f"rubric={rubric}"])
    versions = [with_files(function).version]
    for text in ("Short is better.", "Long is better."):
        rubric.write_text(text)
        versions.append(with_files(function).version)
    assert versions[0] == function.version
    assert len(set(versions)) == 3
    parts = [{"reward_type": "group_judge", "options": {"rubric": str(rubric)}}]
    described = {"name": "mixture", "where": "a test", "rewards": parts}
    before = mixture.build(described, registry.registered()).version
    rubric.write_text("Neither is better.")
    assert mixture.build(described, registry.registered()).version != before
