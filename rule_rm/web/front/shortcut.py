"""The shortcut that a server may have besides its application: answers to usual requests, at less cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from rule_rm.web.front.gateway import WsgiApp
from rule_rm.web.front.requests import Request

Response = tuple[str, list[Any], bytes]
"""Status line, headers and body of a response."""


class Pending(Protocol):
    """An answer that is not known yet."""

    until: float
    """The monotonic time at which it is given as it is."""

    def when_complete(self, callback: Callable[[], object]) -> None:
        """Call back when it is known, at once if it already is."""

    def abandon(self) -> None:
        """Note that nobody waits for it any more."""


class Shortcut(Protocol):
    """Answers usual requests without the application."""

    def route(self, request: Request) -> Any:
        """Return the destination of a usual request, with `is_short`; None if the application answers it.

        A short one is answered by the thread that reads from the clients, so it must never wait.
        """

    def begin(self, request: Request, route: Any) -> Any:
        """Return the response, or the `Pending` that it will be made of; raise an error for `refused`."""

    def finish(self, pending: Any) -> Response:
        """Return the response, with the scores so far; raise an error for `refused`."""

    def refused(self, environ: dict[str, Any], error: Exception, asked: Any) -> WsgiApp:
        """Return the response to a request that ended in an error; `asked` is its route or its `Pending`."""
