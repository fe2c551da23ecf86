"""The names that users import: adding or removing one is a decision, not an accident."""

from __future__ import annotations

import subprocess
import sys

import rule_rm


def test_the_public_names_are_these():
    assert set(rule_rm.__all__) == {
        "Ask",
        "ConfigurationError",
        "DatasetError",
        "Engine",
        "OverloadedError",
        "RegistrationError",
        "RemoteRewardError",
        "RemoteRewardModel",
        "Resident",
        "Rollout",
        "RuleRmError",
        "Score",
        "Settings",
        "Status",
        "UnavailableError",
        "UnscoredError",
        "__version__",
        "explain",
        "register",
        "score",
        "start_server",
    }
    assert all(getattr(rule_rm, name) is not None for name in rule_rm.__all__)


def test_an_unknown_name_is_an_attribute_error():
    assert not hasattr(rule_rm, "start_sever")


def test_importing_the_client_imports_neither_flask_nor_sympy():
    heavy = ("flask", "sympy", "math_verify", "torch")
    script = (
        f"import sys, rule_rm; rule_rm.RemoteRewardModel; print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
