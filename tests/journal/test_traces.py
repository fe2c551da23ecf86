"""The spans of requests, as a collector of OpenTelemetry gets them."""

from __future__ import annotations

import queue
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from rule_rm import Rollout, Score, Status, redaction
from rule_rm.errors import ConfigurationError
from rule_rm.journal import NOBODY, Journal, Scored, Sender, traces
from rule_rm.journal.traces import MOST_ROLLOUTS, Traces, open_traces
from rule_rm.web import start_server

from ..waiting import PATIENCE

pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="the extra otel is not installed")

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def request(*scores: Score, ends=(), sender=NOBODY, kind="worker") -> Scored:
    """Return a request of 0.5 s, of which 0.1 s went by before the scoring; `ends` are seconds ago."""
    stages = {"read": 0.04, "golden": 0.06, "score": 0.4}
    rollouts = [Rollout("2+2?", "secret-of-the-policy", "4", "sums")] * len(scores)
    return Scored(
        "math",
        rollouts,
        scores,
        (),
        0.5,
        stages,
        1_000_000.0,
        version="v1",
        sender=sender,
        kind=kind,
        ended=dict(enumerate(ends)),
    )


def spans_of(*scored: Scored, share: float = 1.0):
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    made = Traces(exporter, share)
    for one in scored:
        made.record(one)
    made.close()
    return exporter.get_finished_spans()


def tree(spans):
    """Return (name, name of the parent, milliseconds from the beginning, milliseconds long) of each span."""
    names = {span.context.span_id: span.name for span in spans}
    begin = min(span.start_time for span in spans)
    return [
        (
            span.name,
            names.get(span.parent.span_id) if span.parent else None,
            round((span.start_time - begin) / 1e6),
            round((span.end_time - span.start_time) / 1e6),
        )
        for span in sorted(spans, key=lambda span: (span.start_time, span.name))
    ]


def test_a_request_has_a_span_with_its_stages_its_wait_and_its_rollouts():
    scores = [Score(1.0, seconds=0.1), Score(0.0, seconds=0.2), Score(0.0)]
    assert tree(spans_of(request(*scores, ends=[0.2, 0.0]))) == [
        ("read", "request", 0, 40),
        ("request", None, 0, 500),
        ("golden", "request", 40, 60),
        ("queue", "score", 100, 100),
        ("score", "request", 100, 400),
        ("worker", "score", 200, 100),
        ("worker", "score", 300, 200),
    ]


@pytest.mark.parametrize(
    ("score", "kind", "name"),
    [
        (Score(1.0, seconds=0.1), "sandbox", "sandbox"),
        (Score(1.0, seconds=0.1), "resident", "resident"),
        (Score(1.0, seconds=0.1, reply="YES"), "resident", "judge"),
    ],
)
def test_the_span_of_a_rollout_names_what_scored_it(score, kind, name):
    assert name in {span.name for span in spans_of(request(score, ends=[0.1], kind=kind))}


def test_only_the_slowest_rollouts_of_a_large_request_have_spans():
    scores = [Score(1.0, seconds=place / 1000) for place in range(100)]
    spans = spans_of(request(*scores, ends=[0.0] * 100))
    places = [span.attributes["rule_rm.place"] for span in spans if span.name == "worker"]
    assert sorted(places) == list(range(100 - MOST_ROLLOUTS, 100))


def test_no_span_has_a_text_of_the_policy():
    lost = Score.unscored(Status.ERROR, "it said secret-of-the-policy", "secret-of-the-policy")
    spans = spans_of(request(lost, Score(1.0, answer="secret-of-the-policy", seconds=0.1), ends=[0.1, 0.1]))
    assert spans
    assert "secret-of-the-policy" not in "".join(span.to_json() for span in spans)


def test_a_request_with_unscored_rollouts_is_an_error_that_counts_them():
    [whole] = [span for span in spans_of(request(Score.unscored(Status.CRASH, "x"))) if span.parent is None]
    assert (whole.status.status_code.name, whole.status.description) == ("ERROR", "1 unscored rollout")


def test_the_trace_of_the_sender_is_continued():
    sender = Sender("trainer", "7f", f"00-{TRACE}-{SPAN}-01")
    spans = spans_of(request(Score(1.0), sender=sender))
    assert {f"{span.context.trace_id:032x}" for span in spans} == {TRACE}
    [whole] = [span for span in spans if "rule_rm.request_id" in span.attributes]
    assert f"{whole.parent.span_id:016x}" == SPAN
    assert (whole.attributes["rule_rm.client"], whole.attributes["rule_rm.request_id"]) == ("trainer", "7f")


def test_the_sender_decides_what_is_sampled_and_the_share_the_rest():
    unsampled = request(Score(1.0), sender=Sender(None, None, f"00-{TRACE}-{SPAN}-00"))
    sampled = request(Score(1.0), sender=Sender(None, None, f"00-{TRACE}-{SPAN}-01"))
    assert spans_of(unsampled) == ()
    assert spans_of(request(Score(1.0)), share=0.0) == ()
    assert len(spans_of(sampled, share=0.0)) == 4


@pytest.mark.parametrize(
    "header",
    ["", "00", f"00-{'0' * 32}-{SPAN}-01", f"ff-{TRACE}-{SPAN}-01", f"00-{TRACE}-{SPAN}-01\n", "é" * 999],
)
def test_an_invalid_trace_begins_a_new_one(header):
    spans = spans_of(request(Score(1.0), sender=Sender(None, None, header)))
    [whole] = [span for span in spans if span.parent is None]
    assert f"{whole.context.trace_id:032x}" not in (TRACE, "0" * 32)


class Collector:
    """A fake collector of OpenTelemetry, that takes spans over HTTP."""

    def __init__(self, status: int = 200) -> None:
        self.taken: queue.Queue[tuple[str, bytes]] = queue.Queue()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.taken.put((self.path, body))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def test_a_collector_gets_the_spans_over_http():
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    with Collector() as collector:
        journal = Journal()
        journal.traces = open_traces(collector.url)
        journal.record(request(Score(1.0)))
        journal.close()
        path, body = collector.taken.get(timeout=PATIENCE)
    [sent] = ExportTraceServiceRequest.FromString(body).resource_spans
    assert path == "/v1/traces"
    assert {span.name for span in sent.scope_spans[0].spans} == {"request", "score", "read", "golden"}
    names = {one.key: one.value.string_value for one in sent.resource.attributes}
    assert names["service.name"] == "rule_rm"


def test_a_collector_that_is_down_costs_no_request_and_no_record(tmp_path, dead, monkeypatch):
    monkeypatch.setattr(traces, "SENDING", 0.2)
    journal = Journal()
    journal.keep(tmp_path / "here-1.journal")
    journal.traces = open_traces(dead)
    journal.record(request(Score(1.0)))
    journal.close()
    assert journal.state()["journal"]["written"] == 1


def test_spans_that_cannot_be_made_cost_a_line_of_the_log(caplog):
    journal = Journal()
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    journal.traces = Traces(InMemorySpanExporter())
    journal.record(replace(request(Score(1.0)), time=float("nan")))
    journal.close()
    assert "the spans of a request could not be made" in caplog.text


def test_the_key_of_a_collector_is_a_secret(monkeypatch):
    monkeypatch.setattr(redaction, "_known", redaction._Known())
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "team=rl,authorization=Bearer%20key-of-the-collector")
    open_traces("http://127.0.0.1:9").close()
    assert redaction.redact("it said Bearer key-of-the-collector") == "it said ***"
    assert redaction.holds_secret("OTEL_EXPORTER_OTLP_HEADERS", "")


@pytest.mark.parametrize("endpoint", ["localhost:4318", "grpc://x:4317", "http://"])
def test_an_address_that_is_no_url_is_an_error(endpoint):
    with pytest.raises(ConfigurationError, match="--trace-endpoint must be a URL"):
        open_traces(endpoint)


@pytest.mark.slow
def test_a_server_sends_the_spans_of_the_traces_that_its_clients_began():
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    response = r"<think>8 halves</think><answer>\boxed{\frac{8}{2}}</answer>"
    body = {"prompts": ["2+2?"], "responses": [response], "golden_responses": ["4"]}
    with Collector() as collector:
        with start_server(port=0, workers=1, journal="none", trace_endpoint=collector.url) as server:
            header = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
            requests.post(f"{server.url}/get_reward", json=body, headers=header, timeout=PATIENCE)
        _, sent = collector.taken.get(timeout=PATIENCE)
    [resource] = ExportTraceServiceRequest.FromString(sent).resource_spans
    spans = resource.scope_spans[0].spans
    assert {span.name for span in spans} == {"request", "read", "golden", "score", "queue", "worker"}
    assert {span.trace_id.hex() for span in spans} == {TRACE}
