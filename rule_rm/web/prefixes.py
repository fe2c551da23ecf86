"""Take the prefixes off a path before it is looked up.

- `/t/<token>`: the token, for clients that know a URL and can set no header. From here on no log and no error
  has it in its path.
- `/ng-rollout/<id>`: NeMo-Gym puts it before every path of a resources server while it observes a run.
"""

from __future__ import annotations

import re
from typing import Any

TOKEN = "rule_rm.token"  # noqa: S105 - where the token is kept, not the token
"""The key in the WSGI environment of the token from the path."""
_PREFIX = re.compile(r"(?:/t/(?P<token>[^/]*))?(?:/ng-rollout/[A-Za-z0-9][A-Za-z0-9._-]*(?=/))?")
"""The prefixes of a path: `/t/secret/ng-rollout/7` of `/t/secret/ng-rollout/7/verify`."""


def take_off(environ: dict[str, Any]) -> None:
    """Shorten the path of a WSGI environment, and keep the token that it begins with.

    >>> environ = {"PATH_INFO": "/t/secret/ng-rollout/3-1/verify"}
    >>> take_off(environ)
    >>> environ
    {'PATH_INFO': '/verify', 'rule_rm.token': 'secret'}
    """
    path = environ.get("PATH_INFO", "")
    match = _PREFIX.match(path)
    if match is None or not match[0]:
        return
    environ["PATH_INFO"] = path[match.end() :] or "/"
    if match["token"] is not None:
        environ[TOKEN] = match["token"]
