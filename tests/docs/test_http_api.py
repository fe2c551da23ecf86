"""docs/http_api.md names every path, field, detail and status code of the service, and no other."""

from __future__ import annotations

import inspect
import json
import re

import pytest

from rule_rm import Score, Status, protocols
from rule_rm.client.replies import Detail
from rule_rm.golden import Tier
from rule_rm.messages import groups
from rule_rm.web import programs

from .pages import PAGES, blocks

PAGE = PAGES["http_api.md"]


def section(title: str) -> str:
    """Return the text below a heading, up to the next one of its level."""
    level = re.search(rf"^(#+) {re.escape(title)}$", PAGE, re.MULTILINE)
    assert level, f"docs/http_api.md has no heading {title!r}"
    return re.split(rf"^#{{1,{len(level[1])}}} ", PAGE[level.end() :], maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> dict[str, str]:
    """Return the first column of the tables in a text, with the rest of each row."""
    return dict(re.findall(r"^\| `([^`]+)` \| (.*) \|$", text, re.MULTILINE))


def test_every_path_is_listed(app):
    listed = set(re.findall(r"`(GET|POST) (/[^`]*)`", PAGE.partition("## Requests")[0]))
    served = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    ran = {("POST", path) for path in re.findall(r'@programs\.post\("(.+?)"\)', inspect.getsource(programs))}
    missing, gone = served | ran - listed - served, listed - served - ran
    assert served - listed == set(), f"docs/http_api.md lacks a row for {sorted(served - listed)}"
    assert gone == set(), f"docs/http_api.md lists what is not served: {sorted(gone)}"
    assert ran <= listed
    assert missing >= served


SECTIONS = {
    "align-anything": "align-anything, `RemoteRewardModel`, and your own client",
    "OpenRLHF, lmm-r1": "OpenRLHF, lmm-r1",
    "verl reward_api": "verl with `reward_api`",
    "slime remote_rm": "slime",
}


class Recorded(dict):
    """A payload that remembers which keys were asked for."""

    def __init__(self, payload: dict) -> None:
        super().__init__(payload)
        self.read: set[str] = set()

    def __getitem__(self, key):
        self.read.add(key)
        return super().__getitem__(key)

    def __contains__(self, key) -> bool:
        self.read.add(key)
        return super().__contains__(key)

    def get(self, key, default=None):
        self.read.add(key)
        return super().get(key, default)


@pytest.mark.parametrize("name", SECTIONS)
def test_the_fields_of_a_format_are_those_that_its_parser_reads(name):
    (wire_format,) = [candidate for candidate in protocols.FORMATS if name == candidate.NAME]
    payload = Recorded({key.split(" or ")[-1]: "a" for key in wire_format.KEYS})
    if name in ("align-anything", "OpenRLHF, lmm-r1"):
        payload = Recorded({key: ["a"] for key in wire_format.KEYS})
    (rollout,) = wire_format.parse_request(payload)
    assert rollout.response == "a"
    wire_format.build_response(payload, [Score(1.0)], metrics=(), unscored_reward=0.0)
    written = {field for field in rows(section(SECTIONS[name])) if field != "details"}
    read = payload.read - set(groups.KEYS)  # The page has them under "Groups", for every batch.
    assert written == read, f"docs/http_api.md, {SECTIONS[name]}: {written ^ read}"


def test_the_example_request_is_read_with_every_field():
    (example, _) = blocks(PAGE, "json")
    payload = json.loads(example)
    first, second = protocols.recognise(payload).parse_request(payload)
    assert (first.ground_truth, first.data_source, first.extra_info) == ("4", "sums", {"response_length": 12})
    assert first.messages
    assert second.ground_truth is None
    assert sorted(payload) == sorted(rows(section(SECTIONS["align-anything"])))


def test_the_details_are_those_of_a_reply(client):
    details = rows(section("Details"))
    assert list(details) == list(Detail.__annotations__)
    payload = {"prompts": ["a"], "responses": ["b"], "golden_responses": ["1"], "details": True}
    reply = client.post("/get_reward", json=payload).json
    assert set(reply["details"][0]) == set(details)
    for tier in Tier:
        assert f"`{tier.value}`" in section("Details")


def test_the_statuses_are_those_of_the_code_with_the_right_blame():
    written = {status: not rest.startswith("unscored") for status, rest in rows(section("Statuses")).items()}
    assert written == {status.value: status.is_scored for status in Status}


CODES = {int(code) for code in re.findall(r"^\| (\d{3}) \|", section("Errors"), re.MULTILINE)}


@pytest.mark.parametrize(
    ("code", "method", "path", "body", "content_type"),
    [
        (400, "post", "/get_reward", b"{", "application/json"),
        (
            404,
            "post",
            "/get_reward/no_such_reward",
            b'{"prompts": ["a"], "responses": ["b"]}',
            "application/json",
        ),
        (404, "get", "/nothing", b"", "application/json"),
        (405, "get", "/get_reward", b"", "application/json"),
        (413, "post", "/get_reward", b" " * (65 * 2**20), "application/json"),
        (415, "post", "/get_reward", b"a=1", "application/x-www-form-urlencoded"),
        (422, "post", "/get_reward", b"{}", "application/json"),
    ],
)
def test_an_error_has_the_code_that_the_page_names(client, code, method, path, body, content_type):
    reply = getattr(client, method)(path, data=body, content_type=content_type)
    assert reply.status_code == code
    assert code in CODES
    assert set(reply.json["error"]) == {"type", "message", "field", "index"}


def test_the_page_lists_the_codes_that_other_tests_cause():
    # 401 is in tests/web with a token, 500 with a view that raises, 503 with a full queue.
    assert {401, 500, 503} <= CODES
