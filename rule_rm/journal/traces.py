"""OpenTelemetry traces: a span for each request, with children for its stages and its slowest rollouts.

The spans are made when the request is scored, from the times that it has anyway. They hold names, numbers and
ids, never a text of the policy. A thread of the SDK sends them; a collector that is down costs spans alone.
"""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from rule_rm import redaction
from rule_rm.errors import ConfigurationError
from rule_rm.journal.parcels import Scored
from rule_rm.processes.ending import ending
from rule_rm.processes.failures import Failures
from rule_rm.version import __version__

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span

logger = logging.getLogger(__name__)

PATH = "/v1/traces"
"""The path of traces at a collector, by the specification of OTLP over HTTP."""
MOST_ROLLOUTS = 32
"""Rollouts of a request that have a span of their own, the slowest ones."""
CLOSING = 2.0
"""Seconds that the last spans may take."""
SENDING = 5.0
"""Seconds that the collector may take for a batch of spans."""
SECRETS = ("OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS")
"""Variables of the SDK with a collector's key: `authorization=Bearer%20abc,team=rl`."""
# The context of a trace in a header: `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`.
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


class Traces:
    """Makes the spans of requests; used from any thread."""

    def __init__(self, exporter: SpanExporter, share: float = 1.0) -> None:
        """Send the spans of a `share` of the traces that begin here, and of those that the sender samples."""
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

        resource = Resource.create({"service.name": "rule_rm", "service.version": __version__})
        self._provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(share)), resource=resource, shutdown_on_exit=False
        )
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("rule_rm", __version__)
        self._failures = Failures()

    def record(self, scored: Scored) -> None:
        """Make the spans of a request. A failure costs a line of the log."""
        try:
            self._record(scored)
        except Exception:
            if self._failures.is_worth_telling():
                logger.exception("the spans of a request could not be made")

    def close(self) -> None:
        """Send the rest, if the collector takes it soon."""
        closing = threading.Thread(target=self._provider.shutdown, name="traces", daemon=True)
        closing.start()
        closing.join(ending.left(CLOSING))

    def _record(self, scored: Scored) -> None:
        from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context

        begin = scored.time - scored.seconds
        span = self._tracer.start_span(
            "request",
            _context(scored.sender.traceparent),
            SpanKind.SERVER,
            _about(scored),
            start_time=_nanoseconds(begin),
        )
        if not span.is_recording():
            return
        inside, at = set_span_in_context(span), begin
        for stage, seconds in scored.stages.items():
            child = self._tracer.start_span(stage, inside, start_time=_nanoseconds(at))
            if stage == "score":
                self._rollouts(scored, child, at)
            at += seconds
            child.end(_nanoseconds(at))
        unscored = sum(score.reward is None for score in scored.scores)
        if unscored:
            span.set_status(Status(StatusCode.ERROR, f"{unscored} unscored rollout{'s'[: unscored > 1]}"))
        span.end(_nanoseconds(scored.time))

    def _rollouts(self, scored: Scored, parent: Span, at: float) -> None:
        """Make the spans of the slowest rollouts, and of the wait until the first of all began."""
        from opentelemetry.trace import set_span_in_context

        inside = set_span_in_context(parent)
        took = [
            (score.seconds, place)
            for place, score in enumerate(scored.scores)
            if score.seconds is not None and place in scored.ended
        ]
        if took:
            begun = scored.time - max(scored.ended[place] + seconds for seconds, place in took)
            wait = self._tracer.start_span("queue", inside, start_time=_nanoseconds(at))
            wait.end(_nanoseconds(max(begun, at)))
        for seconds, place in sorted(took, reverse=True)[:MOST_ROLLOUTS]:
            score, end = scored.scores[place], scored.time - scored.ended[place]
            about: dict[str, Any] = {"rule_rm.place": place, "rule_rm.status": score.status.value}
            if score.reward is not None:
                about["rule_rm.reward"] = score.reward
            kind = "judge" if score.question is not None or score.reply is not None else scored.kind
            child = self._tracer.start_span(
                kind, inside, attributes=about, start_time=_nanoseconds(end - seconds)
            )
            child.end(_nanoseconds(end))


def open_traces(endpoint: str, share: float = 1.0) -> Traces:
    """Return traces that go to a collector over HTTP.

    Raises ConfigurationError if the packages of the extra `otel` are missing, or the URL is invalid.
    """
    if not re.match(r"https?://[^/?#]+", endpoint):
        # A URL with a host: `http://127.0.0.1:4318`.
        raise ConfigurationError("--trace-endpoint must be a URL, such as http://127.0.0.1:4318")
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as error:
        raise ConfigurationError(
            f"--trace-endpoint needs packages: pip install 'rule-rm[otel]' ({error})"
        ) from None
    for variable in SECRETS:
        for part in os.environ.get(variable, "").split(","):
            redaction.remember(unquote(part.partition("=")[2]).strip(), variable)
    url = endpoint if endpoint.endswith(PATH) else endpoint.rstrip("/") + PATH
    return Traces(OTLPSpanExporter(url, timeout=SENDING), share)


def _context(traceparent: str | None) -> Any:
    """Return the context that the sender named; an empty one if it named none, or an invalid one."""
    from opentelemetry.context import Context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    if traceparent is None or not _TRACEPARENT.fullmatch(traceparent):
        return Context()
    return TraceContextTextMapPropagator().extract({"traceparent": traceparent}, Context())


def _about(scored: Scored) -> Mapping[str, Any]:
    rewards = [score.reward for score in scored.scores if score.reward is not None]
    about = {
        "rule_rm.reward_type": scored.reward_type,
        "rule_rm.rollouts": len(scored.scores),
        "rule_rm.mean_reward": sum(rewards) / len(rewards) if rewards else None,
        "rule_rm.request_id": scored.sender.request_id,
        "rule_rm.client": scored.sender.client,
        "rule_rm.version": scored.version or None,
    }
    return {name: value for name, value in about.items() if value is not None}


def _nanoseconds(seconds: float) -> int:
    return int(seconds * 1e9)
