"""The description of the service in the log at its start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rule_rm.service import Service
from rule_rm.settings import flag


def banner(service: Service, *, has_token: bool) -> Iterator[str]:
    """Yield a line each on the reward, the golden data, the sandbox, judges and models, and the access."""
    settings, engine = service.settings, service.engine
    function = engine.rewards[settings.reward_type]
    yield f"reward: {function.name}: {function.summary}"
    if settings.dataset is None:
        yield f"golden questions: none; answers come with each request, or by {flag('dataset')}"
    else:
        yield f"golden questions: {len(service.golden)} of {settings.dataset}"
    state = engine.state()
    if (sandbox := state.get("sandbox")) is not None:
        yield f"sandbox: {_sandbox(sandbox)}"
    for name, figures in state.get("residents", {}).items():
        yield f"{name}: {_reached(figures)}"
    access = "a token is needed" if has_token else "no token is needed"
    yield f"access: {settings.host}, {access}"


def _sandbox(state: Mapping[str, Any]) -> str:
    """Return the backend, why no stronger one is used, and what this one does not hold."""
    parts = [str(state.get("backend"))]
    parts += [f"not {name}: {why}" for name, why in (state.get("not_used") or {}).items()]
    if lacking := state.get("not_contained"):
        parts.append(f"it does not confine {', '.join(map(str, lacking))}")
    return "; ".join(parts)


def _reached(figures: Mapping[str, Any]) -> str:
    """Return the model, the template and the addresses that a judge or a model reports."""
    named = [f"{name} {figures[name]}" for name in ("model", "template") if figures.get(name)]
    named += list(figures.get("endpoints") or ())
    return ", ".join(("reached", *named))
