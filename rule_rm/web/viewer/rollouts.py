"""The pages to read rollouts: a list by filters, and one rollout with its group."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from werkzeug.exceptions import NotFound

from rule_rm.journal.reader import Filter, Reader
from rule_rm.journal.records import Place
from rule_rm.types import Status
from rule_rm.web.viewer.again import Again, scored_again
from rule_rm.web.viewer.overview import choices

PAGE = 50
"""Rollouts of one page."""
TEXT_OF_MEMBER = 20_000
"""Characters of a response that are shown next to others; its own page has all of them."""
FIELDS = ("reward_type", "source", "status", "least", "most", "step", "text")


def blueprint(reader: Reader, again: Again | None = None) -> Blueprint:
    """Return `/rollouts`, `/rollouts/<place>` and, with `again`, `POST /again/<place>`."""
    pages = Blueprint("rollouts", __name__)

    @pages.get("/rollouts")
    def listed() -> str:
        """List the rollouts that pass the filter, the newest first."""
        wanted = read_filter(request.args)
        found = reader.rollouts(wanted, PAGE)
        before = "/".join(str(Place(*one)) for one in found.further.items())
        older = urlencode({**_given(request.args), "before": before}) if before else None
        return render_template(
            "rollouts.html",
            found=found,
            older=older,
            choices=choices(reader),
            given=_given(request.args),
            query=urlencode(_given(request.args)),
            unscored=_UNSCORED,
            page="rollouts",
        )

    @pages.get("/rollouts/<path:place>")
    def one(place: str) -> str:
        """Show a rollout with its texts and its group."""
        return shown(place)

    def shown(place: str, reward_type: str | None = None, options: str = "") -> str:
        found = Place.read(place)
        rollout = reader.rollout(found) if found is not None else None
        if rollout is None:
            gone = "this rollout is not in the journal; it may have made room for newer ones"
            raise NotFound("; ".join([gone, *reader.faults()]))
        group = reader.group(rollout)
        return render_template(
            "rollout.html",
            rollout=rollout,
            group=group,
            most=TEXT_OF_MEMBER,
            unscored=_UNSCORED,
            reward_types=sorted(again.names()) if again is not None else [],
            options=again.options(reward_type or rollout["reward_type"]) if again is not None else {},
            again=(
                scored_again(again, rollout, reward_type, options)
                if again is not None and reward_type
                else None
            ),
            page="rollouts",
        )

    if again is not None:

        @pages.post("/again/<path:place>")
        def score_again(place: str) -> str:
            """Show a rollout with its score by the reward type and the options of the form."""
            return shown(place, request.form.get("reward_type", ""), request.form.get("options", ""))

    return pages


_UNSCORED = frozenset(status.value for status in Status if not status.is_scored)


def read_filter(arguments: Mapping[str, str]) -> Filter:
    """Return the filter that the query of a URL describes; values that can't be read count as not given."""
    step = _number(arguments.get("step", ""))
    places = map(Place.read, arguments.get("before", "").split("/"))
    return Filter(
        reward_type=arguments.get("reward_type") or None,
        source=_source(arguments.get("source", "")),
        status=arguments.get("status") or None,
        least=_number(arguments.get("least", "")),
        most=_number(arguments.get("most", "")),
        step=int(step) if step is not None and abs(step) < 2**62 else None,
        text=arguments.get("text", "").strip(),
        before={place.file: place.id for place in places if place is not None} or None,
    )


NO_SOURCE = "-"
"""The value of the form for rollouts without a data source."""


def _source(text: str) -> str | None:
    return "" if text == NO_SOURCE else text or None


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _given(arguments: Mapping[str, Any]) -> dict[str, str]:
    return {name: arguments[name] for name in FIELDS if arguments.get(name)}
