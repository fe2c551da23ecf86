"""The service over HTTP. Only this package knows Flask.

- `start`: the first step of the service's process, with few imports
- `serve`: its life from the open port to the last answer
- `banner`: the description of the service in the log at its start
- `keeping`: where the journal is kept, and its page is served
- `viewer`: pages that show the journal; `trials` scores a rollout again with other options
- `background`, `attached`: `start_server` and the child process that it starts
- `app`: the application factory
- `express`: usual requests, answered without Flask's work for each
- `reloads`: SIGHUP
- `scoring`, `operations`, `programs`: the views for rewards, for operators, and for running programs
- `graders`: the views for graders in OpenAI's JSON
- `deferred`: rewards that are submitted and fetched later, as ROLL does
- `bodies`, `auth`, `prefixes`: read a request's body, check its token, take prefixes off its path
- `deadline`: how long a client waits, by its header
- `tokens`: named tokens with their limits, and the file that they are in
- `failures`, `problems`: turn every error into one JSON form
- `api`: the OpenAPI document, and the page that shows it
- `front`: the HTTP server before the application; `ports` opens its socket
- `fronts`: further processes that answer at the same port
- `certificates`: the certificate for HTTPS, read again when it is renewed
- `logs`: write the log, without secrets and without waiting

The tests are in `tests/web` and `tests/e2e`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rule_rm.web.background import RunningServer, start_server

if TYPE_CHECKING:
    from rule_rm.web.app import create_app

__all__ = ["RunningServer", "create_app", "start_server"]


def __getattr__(name: str) -> Any:
    # Imported on first use: neither the caller of `start_server` nor the child's first step needs Flask.
    if name != "create_app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from rule_rm.web.app import create_app

    return create_app
