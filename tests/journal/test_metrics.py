"""The page that Prometheus reads."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from rule_rm import Score, Status
from rule_rm.golden import Match, Tier
from rule_rm.journal import Journal
from rule_rm.journal.metrics import exposition
from rule_rm.journal.tallies import MOST_SOURCES, OTHERS

from .scored import scored

DASHBOARD = Path(__file__).resolve().parents[2] / "deploy" / "grafana" / "dashboard.json"
ENGINE = {
    "workers": {"alive": 2, "idle": 1, "restarts": 0},
    "pending": 3,
    "cache": {"size": 1, "hits": 2, "misses": 3},
    "jobs": {"run": 5, "timeout": 1},
    "residents": {
        "llm_judge": {
            "requests": 7,
            "cost": 0.5,
            "model": "m",
            "endpoints": {"http://judge": {"breaker": "open"}},
        }
    },
    "residents_waiting": 0,
    "sandbox": {"alive": True, "restarts": 1},
}


def samples(page):
    """Return the values by name and labels, in the order of their names: `rollouts_total math sums ok`."""
    return {
        " ".join(
            [sample.name.removeprefix("rule_rm_"), *dict(sorted(sample.labels.items())).values()]
        ): sample.value
        for family in text_string_to_metric_families(page.decode())
        for sample in family.samples
    }


@pytest.fixture
def journal():
    made = Journal()
    made.record(replace(scored(1.0, 0.0), lookups=[Match(Tier.FUZZY, "4", 0.97)] * 2))
    made.record(scored(Score.unscored(Status.ERROR, "no"), source=None))
    return made


def test_rollouts_are_counted_by_source_reward_type_and_status(journal):
    found = samples(exposition(journal))
    assert found["rollouts_total sums math ok"] == 2
    assert found["rollouts_total  math error"] == 1
    assert found["requests_total math"] == 2
    assert found["golden_lookups_total math fuzzy"] == 2


def test_rewards_and_stages_are_histograms_whose_counts_grow(journal):
    found = samples(exposition(journal))
    assert found["reward_bucket sums 0.0 math"] == 1
    assert found["reward_count sums math"] == found["reward_bucket sums +Inf math"] == 2
    assert found["reward_sum sums math"] == 1
    assert found["stage_seconds_count golden"] == 2


def test_engine_judge_and_sandbox_are_on_the_page(journal):
    found = samples(exposition(journal, engine=ENGINE, http={"connections": 4}, is_ready=False))
    assert found["ready"] == 0
    assert found["workers alive"] == 2
    assert found["jobs_total timeout"] == 1
    assert found["judge_requests_total llm_judge"] == 7
    assert found["judge_cost_total llm_judge"] == 0.5
    assert found["judge_breaker_open http://judge llm_judge"] == 1
    assert found["sandbox_restarts_total"] == 1
    assert found["http connections"] == 4


def labels(page, name):
    families = text_string_to_metric_families(page.decode())
    return {sample.labels.get(name) for family in families for sample in family.samples} - {None}


def test_the_number_of_labels_is_bounded_and_their_text_is_escaped():
    journal = Journal()
    for number in range(MOST_SOURCES + 10):
        journal.record(scored(1.0, source=f'source {number}"\n{{'))
    sources = labels(exposition(journal), "data_source")
    assert len(sources) == MOST_SOURCES + 1
    assert OTHERS in sources
    assert 'source 0"\n{' in sources


@pytest.mark.parametrize("name", ["\ud83d", "x" * 5000, "\x00\x1b", '"\\n', "# HELP x"])
def test_no_name_that_a_client_sends_breaks_the_page(name):
    journal = Journal()
    for _ in range(2):
        journal.record(scored(Score(1.0, metrics={name: 1.0}), source=name))
    [kept] = labels(exposition(journal), "data_source")
    assert len(kept) <= 200
    assert set(labels(exposition(journal), "component")) == {kept}


def test_the_page_is_free_of_all_that_promtool_complains_of(journal):
    """Names, types and histograms are as `promtool check metrics` wants them."""
    journal.record(scored(-2.0, 0.3, 7.0))
    page = exposition(journal, engine=ENGINE, http={"connections": 4}).decode()
    families = list(text_string_to_metric_families(page))
    assert len({family.name for family in families}) == len(families) > 20
    seen = set()
    for family in families:
        assert family.documentation
        assert re.fullmatch(r"rule_rm_[a-z][a-z_]*[a-z]", family.name)
        assert not re.search(r"_(?:milliseconds|minutes|hours|kilobytes|megabytes|percent)$", family.name)
        assert not re.search(r"(?:^|_)(?:gauge|counter|histogram|summary)$", family.name)
        assert family.type in ("counter", "gauge", "histogram")
        for sample in family.samples:
            assert sample.name.endswith("_total") == (family.type == "counter")
            assert all(re.fullmatch(r"[a-z][a-z_]*", name) for name in sample.labels)
            assert ("le" in sample.labels) == sample.name.endswith("_bucket")
            key = (sample.name, *sorted(sample.labels.items()))
            assert key not in seen
            seen.add(key)
        if family.type == "histogram":
            check_buckets(family)


def check_buckets(family):
    """Fail unless the buckets of each histogram grow up to its count."""
    buckets, counts = {}, {}
    for sample in family.samples:
        key = tuple(sorted((name, value) for name, value in sample.labels.items() if name != "le"))
        if "le" in sample.labels:
            buckets.setdefault(key, []).append((float(sample.labels["le"]), sample.value))
        elif sample.name.endswith("_count"):
            counts[key] = sample.value
    for key, found in buckets.items():
        bounds, values = zip(*found, strict=True)
        assert [*bounds] == sorted(set(bounds))
        assert [*values] == sorted(values)
        assert (bounds[-1], values[-1]) == (float("inf"), counts[key])


def test_the_dashboard_asks_for_metrics_that_there_are(journal):
    """Each name that a panel asks for is on the page."""
    page = exposition(journal, engine=ENGINE, http={"connections": 4})
    names = {f"rule_rm_{key.split(' ')[0]}" for key in samples(page)}
    dashboard = json.loads(DASHBOARD.read_text())
    asked = {
        name
        for panel in dashboard["panels"]
        for target in panel.get("targets", [])
        # A name of a metric: `rule_rm_rollouts_total`.
        for name in re.findall(r"rule_rm_\w+", target["expr"])
    }
    assert len(asked) > 8
    assert asked <= names
