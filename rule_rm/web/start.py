"""The first step of a server, which needs few imports: its workers' process begins, and all else follows."""

from __future__ import annotations

from collections.abc import Callable

from rule_rm.engine.template_process import begin
from rule_rm.settings import Settings


def start(settings: Settings, announce: Callable[[str], object] = lambda url: None) -> None:
    """Begin the process of the workers, and serve until SIGTERM or SIGINT: both import for seconds, at once.

    `announce` is called with the URL when the service is ready. Raises ConfigurationError if it can't start.
    """
    begun = begin(settings)
    from rule_rm.web.serve import serve

    serve(settings, announce, begun)
