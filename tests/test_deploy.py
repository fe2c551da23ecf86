"""The files in deploy/ are valid, and name options, paths and metrics that there are."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from rule_rm.journal import Journal
from rule_rm.journal.metrics import exposition
from rule_rm.settings import Settings, env_name, flag
from rule_rm.types import Score, Status
from rule_rm.web.serve import END_MARGIN

from .journal.scored import scored
from .journal.test_metrics import ENGINE

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
UNIT = DEPLOY / "systemd" / "rule-rm.service"
COMPOSE = DEPLOY / "docker" / "compose.yaml"
YAML = sorted(path for path in DEPLOY.rglob("*") if path.suffix in (".yaml", ".yml"))
OPTIONS = {flag(setting.name) for setting in fields(Settings)}
# An option in a command, for example --config in `serve --config server.yaml`.
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")


def manifests() -> dict[str, dict]:
    text = (DEPLOY / "kubernetes" / "rule-rm.yaml").read_text()
    return {one["kind"]: one for one in yaml.safe_load_all(text)}


@pytest.fixture
def container() -> dict:
    (found,) = manifests()["Deployment"]["spec"]["template"]["spec"]["containers"]
    return found


@pytest.mark.parametrize("path", YAML, ids=lambda path: path.name)
def test_every_yaml_file_can_be_read(path):
    assert all(yaml.safe_load_all(path.read_text()))


def test_every_option_in_a_command_is_one_of_the_server(container):
    commands = [line for line in UNIT.read_text().splitlines() if line.startswith("ExecStart")]
    commands += [
        line for line in (DEPLOY / "docker" / "Dockerfile").read_text().splitlines() if "CMD [" in line
    ]
    commands.append(" ".join(container["args"]))
    found = {option for command in commands for option in OPTION.findall(command)}
    assert found
    assert found <= OPTIONS


def test_every_variable_in_the_image_is_one_of_the_server():
    (line,) = re.findall(r"^ENV (.*)$", (DEPLOY / "docker" / "Dockerfile").read_text(), re.MULTILINE)
    known = {env_name(setting) for setting in fields(Settings)} | {"PATH"}
    assert {word.partition("=")[0] for word in line.split()} <= known


def test_every_probe_asks_a_path_that_needs_no_token(container, client):
    probes = {name: probe["httpGet"]["path"] for name, probe in container.items() if name.endswith("Probe")}
    assert probes == {"livenessProbe": "/health", "readinessProbe": "/ready", "startupProbe": "/ready"}
    for path in {*probes.values()}:
        assert client.get(path).status_code == 200
    assert "/ready" in (DEPLOY / "docker" / "Dockerfile").read_text()


def test_services_are_stopped_after_their_requests_were_answered(container):
    longest = Settings().request_timeout + END_MARGIN
    pod = manifests()["Deployment"]["spec"]["template"]["spec"]
    assert pod["terminationGracePeriodSeconds"] > longest
    assert int(re.search(r"TimeoutStopSec=(\d+)", UNIT.read_text())[1]) > longest
    grace = yaml.safe_load(COMPOSE.read_text())["services"]["reward"]["stop_grace_period"]
    assert int(grace.removesuffix("s")) > longest


def test_the_memory_of_a_pod_holds_its_workers(container):
    workers = int(container["args"][container["args"].index("--workers") + 1])
    limit = int(container["resources"]["limits"]["memory"].removesuffix("Gi"))
    assert limit * 1024 > workers * Settings().worker_memory_mb + 1024


def test_nothing_runs_as_root_and_nothing_is_public(container):
    assert re.search(r"^USER 10001", (DEPLOY / "docker" / "Dockerfile").read_text(), re.MULTILINE)
    assert "User=rule_rm" in UNIT.read_text()
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    for service in yaml.safe_load(COMPOSE.read_text())["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_the_files_that_compose_mounts_are_here_or_named_as_the_users_own():
    own = {"server.yaml", "tokens.yaml", "prometheus.token"}
    text = COMPOSE.read_text()
    for service in yaml.safe_load(text)["services"].values():
        for mount in service["volumes"]:
            source = mount.partition(":")[0]
            if source.startswith("."):
                assert (COMPOSE.parent / source).exists() or Path(source).name in own
    assert all(name in text.partition("services:")[0] for name in own)


def test_the_alerts_name_metrics_and_statuses_that_there_are():
    text = (DEPLOY / "docker" / "alerts.yml").read_text()
    page = exposition(Journal(), engine={}, http={}, is_ready=True, seconds_up=1.0).decode()
    known = set(re.findall(r"^# TYPE (\w+)", page, re.MULTILINE)) | {"rule_rm_alarms_total"}
    assert set(re.findall(r"\brule_rm_\w+", text)) <= known
    (listed,) = re.findall(r'status=~"([^"]+)"', text)
    unscored = {status.value for status in Status if not status.is_scored}
    assert set(listed.split("|")) == unscored - {Status.SKIPPED.value}


def _checked(*command: str, given: str = "") -> None:
    # The tools of this environment are not always in the path.
    found = shutil.which(command[0]) or shutil.which(command[0], path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip(f"needs {command[0]}")
    command = (found, *command[1:])
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_systemd_takes_the_unit(tmp_path):
    # Its programs, user and documentation need not be on this machine.
    text = re.sub(r"/opt/rule_rm/bin/rule-rm", "/bin/true", UNIT.read_text())
    unit = tmp_path / "rule-rm.service"
    unit.write_text(re.sub(r"(?m)^(User|Group)=.*\n", "", text))
    _checked("systemd-analyze", "verify", "--man=no", str(unit))


@pytest.mark.peers
def test_the_compose_file_follows_the_schema_of_compose():
    _checked("check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE))


@pytest.mark.peers
def test_kubernetes_takes_the_manifests_and_knows_each_of_their_fields():
    _checked("kubernetes-validate", "--strict", str(DEPLOY / "kubernetes" / "rule-rm.yaml"))


@pytest.mark.peers
def test_the_image_is_built_from_stages_that_there_are_and_files_that_they_have():
    parser = pytest.importorskip("dockerfile_parse").DockerfileParser(
        str(DEPLOY / "docker" / "Dockerfile"), env_replace=False
    )
    steps = [(step["instruction"], step["value"]) for step in parser.structure]
    known = {"CMD", "COMMENT", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "RUN"}
    assert {instruction for instruction, _ in steps} <= known | {"STOPSIGNAL", "USER", "VOLUME"}
    stages = {value.split(" AS ")[1] for instruction, value in steps if " AS " in value}
    copied = {found for _, value in steps for found in re.findall(r"--from=(\w+)", value)}
    assert copied == stages
    assert [value for instruction, value in steps if instruction == "ENTRYPOINT"] == ['["rule-rm", "serve"]']


def _queries() -> dict[str, str]:
    """Return the queries of the dashboard and of the alerts, each by its title."""
    dashboard = json.loads((DEPLOY / "grafana" / "dashboard.json").read_text())
    found = {
        f"{panel['title']} {target.get('refId', '')}": target["expr"]
        for panel in dashboard["panels"]
        for target in panel.get("targets", [])
    }
    alerts = yaml.safe_load((DEPLOY / "docker" / "alerts.yml").read_text())
    return found | {rule["alert"]: rule["expr"] for group in alerts["groups"] for rule in group["rules"]}


@pytest.mark.peers
@pytest.mark.parametrize("title", _queries())
def test_every_query_of_the_dashboard_and_the_alerts_is_promql(title):
    parse = pytest.importorskip("promql_parser").parse
    # Grafana fills in its own variables.
    parse(re.sub(r"\$__rate_interval|\$__interval|\$__range", "5m", _queries()[title]))


ALERTS = DEPLOY / "docker" / "alerts.yml"


def test_promtool_takes_the_rules_and_the_configuration(tmp_path):
    _checked("promtool", "check", "rules", str(ALERTS))
    (tmp_path / "token").write_text("a-token-of-this-test")
    (tmp_path / "alerts.yml").write_text(ALERTS.read_text())
    text = (DEPLOY / "docker" / "prometheus.yml").read_text()
    (tmp_path / "prometheus.yml").write_text(text.replace("/etc/prometheus/token", str(tmp_path / "token")))
    _checked("promtool", "check", "config", str(tmp_path / "prometheus.yml"))


def test_promtool_takes_the_page_of_metrics():
    journal = Journal()
    journal.record(scored(-2.0, 0.3, 7.0, Score.unscored(Status.ERROR, "no"), source='a "source"\n'))
    page = exposition(journal, engine=ENGINE, http={"connections": 4}).decode()
    _checked("promtool", "check", "metrics", given=page)


def test_each_alert_fires_when_it_should_and_only_then(tmp_path):
    """Prometheus itself evaluates the rules: over minutes of an honest server, and of four that are not."""
    labels = 'job="rule_rm",instance="{}"'

    def series(name: str, values: str, instance: str, more: str = "") -> dict[str, str]:
        return {"series": f"{name}{{{labels.format(instance)}{more}}}", "values": values}

    rollouts = "rule_rm_rollouts_total"
    given = [
        series("up", "1x20", "honest"),
        series("rule_rm_ready", "1x20", "honest"),
        series(rollouts, "0+1000x20", "honest", ',status="ok"'),
        series(rollouts, "0+50x20", "honest", ',status="error"'),
        series(rollouts, "0+900x20", "honest", ',status="timeout"'),
        series("rule_rm_alarms_total", "3x20", "honest", ',kind="drift"'),
        series("up", "1x5 0x15", "down"),
        series("rule_rm_ready", "1x5 0x15", "waiting"),
        series(rollouts, "0+1000x20", "failing", ',status="ok"'),
        series(rollouts, "0+200x20", "failing", ',status="unavailable"'),
        series("rule_rm_alarms_total", "0x15 1x5", "hacked", ',kind="drift"'),
    ]
    fired = {
        "RewardServerDown": "down",
        "RewardServerNotReady": "waiting",
        "RolloutsUnscored": "failing",
        "RewardAlarm": "hacked",
    }
    rules = yaml.safe_load(ALERTS.read_text())["groups"][0]["rules"]
    assert {rule["alert"] for rule in rules} == {*fired}
    more = {"RolloutsUnscored": {}, "RewardAlarm": {"job": "rule_rm", "kind": "drift"}}
    expected = []
    for rule in rules:
        name = rule["alert"]
        found = {"instance": fired[name], **more.get(name, {"job": "rule_rm"})}
        text = rule["annotations"]["summary"]
        for label, value in found.items():
            text = text.replace(f"{{{{ $labels.{label} }}}}", value)
        one = {"exp_labels": found, "exp_annotations": {"summary": text}}
        expected.append({"eval_time": "17m", "alertname": name, "exp_alerts": [one]})
    test = {"interval": "1m", "input_series": given, "alert_rule_test": expected}
    whole = {"rule_files": [str(ALERTS)], "evaluation_interval": "1m", "tests": [test]}
    (tmp_path / "test.yml").write_text(yaml.safe_dump(whole))
    _checked("promtool", "test", "rules", str(tmp_path / "test.yml"))


def test_logrotate_takes_its_file(tmp_path):
    text = (DEPLOY / "logrotate" / "rule-rm").read_text().replace("su rule_rm rule_rm", "")
    (tmp_path / "rule-rm").write_text(text.replace("/var/log/rule_rm", str(tmp_path)))
    _checked("logrotate", "--debug", "--state", str(tmp_path / "state"), str(tmp_path / "rule-rm"))
