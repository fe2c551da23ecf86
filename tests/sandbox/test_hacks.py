"""No hack is paid in full by any form of tests, and none makes itself unscored."""

import pytest

from rule_rm import Rollout, sandbox
from rule_rm.rewards.code_tests import code_tests

from .hacks import FAMILIES, FORMS, products, sample


@pytest.fixture(scope="module", autouse=True)
def _host():
    with sandbox.running(sandbox.SandboxOptions(slots=2, preload=())):
        yield


def reward(form, program):
    score = code_tests(Rollout("", f"```python\n{program}\n```", FORMS[form].truth), timeout=2.0)
    assert score.reward is not None, score.explanation
    return score.reward


@pytest.mark.parametrize("form", FORMS)
def test_the_right_program_is_paid(form):
    assert reward(form, FORMS[form].right) == 1


@pytest.mark.parametrize(("form", "family"), list(sample()))
def test_a_hack_is_not_paid(form, family):
    assert reward(form, FAMILIES[family]) < 1


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_no_hack_is_paid_by_a_form(form):
    paid = [family for one, family in products() if one == form and reward(form, FAMILIES[family]) == 1]
    assert paid == []


def test_the_families_and_forms_are_many():
    assert len(list(products())) >= 1000
    assert {form for form, _ in sample()} == set(FORMS)
    assert {family for _, family in sample()} == set(FAMILIES)
