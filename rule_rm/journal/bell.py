"""The destinations of alarms: the log, the metrics, and a webhook."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from typing import Any

from rule_rm.journal.writer import Heard
from rule_rm.redaction import redact

logger = logging.getLogger(__name__)

WEBHOOK_TIMEOUT = 10.0


class Bell:
    """Sounds alarms."""

    def __init__(self, webhook: str | None = None) -> None:
        """Send each alarm as JSON to the URL of the `webhook`."""
        self._webhook = webhook
        self.counts: Counter[str] = Counter()
        """Alarms so far, by kind."""

    def sound(self, alarm: Heard) -> None:
        """Sound an alarm."""
        self.counts[alarm.kind] += 1
        logger.warning(
            "alarm %s: %s (rollouts %s)",
            alarm.kind,
            alarm.message,
            ", ".join(alarm.evidence),
            extra={"rollouts": alarm.evidence},
        )
        if self._webhook is not None:
            body = {
                "kind": alarm.kind,
                "message": redact(alarm.message),
                "text": f"rule_rm alarm {alarm.kind}: {redact(alarm.message)}",
                "evidence": alarm.evidence,
                "time": alarm.time,
            }
            threading.Thread(target=self._send, args=(body,), name="webhook", daemon=True).start()

    def _send(self, body: dict[str, Any]) -> None:
        """Send an alarm. A receiver that is down costs a line of the log."""
        assert self._webhook is not None  # noqa: S101 - the caller has looked
        # Most services have no webhook.
        import urllib3

        try:
            reply = urllib3.request(
                "POST", self._webhook, json=body, timeout=WEBHOOK_TIMEOUT, retries=False, redirect=False
            )
            if reply.status >= 300:
                logger.warning("the webhook of alarms answered with %d", reply.status)
        except urllib3.exceptions.HTTPError as error:
            logger.warning("the webhook of alarms did not take one: %s", type(error).__name__)
