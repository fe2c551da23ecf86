"""A row of any file as the rollouts in it, ready for a request; or the reason why it has none."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from rule_rm.errors import ConfigurationError, DatasetError, PayloadError
from rule_rm.golden.rows import Unreadable, show
from rule_rm.integrations.rows import batch, split_messages
from rule_rm.messages.fields import check_messages
from rule_rm.messages.groups import KEYS as GROUP_KEYS
from rule_rm.workbench.columns import Columns, columns_of, value_at

_MOST_NUMBERS = 256
"""Numbers in a list that an extra column may have: a longer list is of tokens or probabilities."""
_MOST_BAD = 10
"""Bad rows that are named."""


@dataclass(frozen=True, slots=True)
class RolloutRow:
    """A rollout of a file, and where it came from."""

    place: str
    """`FILE:LINE`; with `#2` for the second response of a row that has several."""
    prompt: Any
    """A string or a list of chat messages."""
    response: Any
    """A string or a list of messages."""
    ground_truth: Any = None
    data_source: str | None = None
    group: str | None = None
    extra_info: Mapping[str, Any] = field(default_factory=dict)
    recorded: Mapping[str, Any] = field(default_factory=dict)
    """The score in the file, as far as it has one: `reward`, `status`, `explanation`, `version`."""

    @property
    def recorded_reward(self) -> float | None:
        """The reward in the file; None if it has none."""
        return self.recorded.get("reward")

    @property
    def recorded_status(self) -> str | None:
        """The status in the file; None if it has none."""
        return self.recorded.get("status")

    @property
    def prompt_text(self) -> str:
        """The prompt as one string."""
        return self.prompt if isinstance(self.prompt, str) else _text_of(self.prompt)

    @property
    def response_text(self) -> str:
        """The response as one string."""
        return self.response if isinstance(self.response, str) else _text_of(self.response)

    @property
    def digest(self) -> str:
        """The digest of everything that a reward sees."""
        seen = [self.prompt, self.response, self.ground_truth, self.data_source, self.group, self.extra_info]
        return digest(json.dumps(seen, sort_keys=True, default=str))


def digest(text: str) -> str:
    """Return 16 hexadecimal digits that identify a text."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


@dataclass(slots=True)
class RolloutReader:
    """Reads rollouts from rows; counts bad rows, and skips them if that is wanted.

    Its columns are those of the first object, or of the first one with a response if bad rows are skipped.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    """The columns by option."""
    skip_bad_rows: bool = False
    announce: Callable[[str], object] | None = None
    """Called with the sentence on the columns, once they are found."""
    columns: Columns | None = None
    how: str = ""
    """A sentence on how the columns were found."""
    bad: int = 0
    named: list[str] = field(default_factory=list)
    """The first bad rows, each with the reason."""

    def read(self, rows: Iterable[tuple[str, Any]]) -> Iterator[RolloutRow]:
        """Yield the rollouts of the rows. Raises DatasetError for a bad row unless such rows are skipped."""
        for place, row in rows:
            fault = row.why if isinstance(row, Unreadable) else None
            if fault is None and not isinstance(row, dict):
                fault = f"is {show(row)}, not an object"
            if fault is None:
                if self.columns is None:
                    fault = self._choose_columns(place, row)
                if self.columns is not None and not self.columns.takes_rest:
                    row = unpacked(row)
                fault = fault or self._fault(row)
            if fault is None:
                yield from self._rollouts(place, row)
            else:
                self._refuse(f"{place}: {fault}")

    def begin(self, rows: Iterable[tuple[str, Any]], sources: Sequence[str] = ()) -> Iterator[RolloutRow]:
        """Return the rows of `read`, with the first one already read, so that errors appear early.

        Raises DatasetError if there are no rollouts.
        """
        rollouts = self.read(rows)
        first = next(rollouts, None)
        if first is None:
            skipped = f": {self.bad} bad rows, {self.named[0]}" if self.bad else ""
            raise DatasetError(f"{', '.join(sources) or 'the input'}: has no rollouts to score{skipped}")
        return chain([first], rollouts)

    def _choose_columns(self, place: str, row: Mapping[str, Any]) -> str | None:
        """Take the columns of a row; return its fault if it has none and bad rows are skipped."""
        try:
            self.columns, self.how = columns_of(row, self.given)
        except ConfigurationError as error:
            # A column by option that is not there is a mistake in the command.
            if self.skip_bad_rows and not self.given:
                return str(error)
            raise DatasetError(f"{place}: {error}") from None
        if self.announce is not None:
            self.announce(self.how)
        return None

    def _refuse(self, fault: str) -> None:
        if not self.skip_bad_rows:
            raise DatasetError(f"{fault}. Mend the row, or skip such rows by --skip-bad-rows")
        self.bad += 1
        if self.bad <= _MOST_BAD:
            self.named.append(fault)

    def _fault(self, row: Mapping[str, Any]) -> str | None:
        columns = self.columns
        if columns is None:
            return None
        where = columns.response or columns.messages
        value = _messages(value_at(row, where))
        if value is None:
            return f"the response ({where}) is missing"
        if not _is_text_or_messages(value) and not _is_several(value):
            return f"the response ({where}) must be a string or messages, not {show(value)}"
        if columns.messages is not None and not _spoken(value):
            return f"the conversation ({where}) has no message of the assistant at its end"
        prompt = value_at(row, columns.prompt)
        if columns.prompt is not None and not _is_text_or_messages(prompt):
            return f"the prompt ({columns.prompt}) must be a string or messages, not {show(prompt)}"
        given = value if columns.messages is not None else prompt
        if not isinstance(given, list):
            return None
        try:
            check_messages(given, columns.messages or columns.prompt or "prompt")
        except PayloadError as error:
            return str(error)
        return None

    def _rollouts(self, place: str, row: Mapping[str, Any]) -> Iterator[RolloutRow]:
        columns = self.columns or Columns()
        prompt, said = _conversation(row, columns)
        group = value_at(row, columns.group)
        source = value_at(row, columns.data_source)
        several = _is_several(said)
        if several and group is None:
            group = place
        recorded = {} if several else _recorded(row, columns)
        for number, response in enumerate(said if several else [said], start=1):
            yield RolloutRow(
                f"{place}#{number}" if several else place,
                prompt,
                response,
                value_at(row, columns.ground_truth),
                source if isinstance(source, str) else None,
                None if group is None else str(group),
                _extra_info(row, columns),
                recorded,
            )


def packed(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return a result as a row of Parquet: values that are not plain become JSON, `encoded` names them."""
    encoded = [name for name, value in result.items() if isinstance(value, (list, dict))]
    texts = {name: json.dumps(result[name]) for name in encoded}
    truth = result.get("ground_truth")
    if isinstance(truth, (int, float)):
        encoded.append("ground_truth")
        texts["ground_truth"] = json.dumps(truth)
    return {**result, **texts, "encoded": ",".join(encoded)}


def unpacked(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a result that was packed; any other row is returned as it is."""
    names = row.get("encoded")
    if not isinstance(names, str):
        return dict(row)
    found = {name: json.loads(row[name]) for name in names.split(",") if isinstance(row.get(name), str)}
    return {name: value for name, value in {**row, **found}.items() if name != "encoded"}


def request(rows: Sequence[RolloutRow]) -> dict[str, Any]:
    """Return the rollouts as a request that asks for details, in the format of `/get_reward`."""
    columns = batch([row.prompt for row in rows], [row.response for row in rows], [{}] * len(rows))
    columns["golden_responses"] = [row.ground_truth for row in rows]
    columns["data_sources"] = [row.data_source for row in rows]
    columns["extra_infos"] = [_with_group(row) for row in rows]
    return {**columns, "details": True}


def _with_group(row: RolloutRow) -> Mapping[str, Any]:
    if row.group is None or any(name in row.extra_info for name in GROUP_KEYS):
        return row.extra_info
    return {**row.extra_info, "group": row.group}


def _conversation(row: Mapping[str, Any], columns: Columns) -> tuple[Any, Any]:
    """Return the prompt and the response."""
    if columns.messages is not None:
        before, said = split_messages(value_at(row, columns.messages))
        return before, said
    prompt = value_at(row, columns.prompt)
    return "" if prompt is None else prompt, _messages(value_at(row, columns.response))


def _extra_info(row: Mapping[str, Any], columns: Columns) -> dict[str, Any]:
    """Return the content of the column of extra information, and the columns that have no other use."""
    used = {name.partition(".")[0] for name in columns.named().values()}
    rest = {name: value for name, value in row.items() if name not in used and not _is_bulk(value)}
    own = value_at(row, columns.extra_info)
    return {**(rest if columns.takes_rest else {}), **(own if isinstance(own, dict) else {})}


def _recorded(row: Mapping[str, Any], columns: Columns) -> dict[str, Any]:
    """Return the score that was recorded with a rollout; empty if there is none."""
    reward, status = value_at(row, columns.reward), value_at(row, columns.status)
    if not isinstance(reward, (int, float)) and not isinstance(status, str):
        return {}
    names = ("reward_type", "version", "explanation", "answer", "configuration")
    more = {name: row[name] for name in names if isinstance(row.get(name), str)}
    return {"reward": reward, "status": status, **more}


def _messages(value: Any) -> Any:
    """Return the value; a single message as a list of it."""
    return [value] if isinstance(value, dict) and "role" in value else value


def _is_bulk(value: Any) -> bool:
    return isinstance(value, list) and len(value) > _MOST_NUMBERS and isinstance(value[0], (int, float))


def _is_text_or_messages(value: Any) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, dict) and "role" in one for one in value)
    )


def _is_several(value: Any) -> bool:
    """Return True for a list of responses."""
    if not isinstance(value, list) or not value or isinstance(value[0], dict):
        return False
    return all(map(_is_text_or_messages, value))


def _spoken(value: Any) -> bool:
    return _is_text_or_messages(value) and not isinstance(value, str) and bool(split_messages(value)[1])


def _text_of(messages: Any) -> str:
    contents = [message.get("content") for message in messages if isinstance(message, dict)]
    return "\n\n".join(content for content in contents if isinstance(content, str))
