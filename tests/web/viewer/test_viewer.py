"""The pages of the viewer, as a client gets them."""

from __future__ import annotations

import base64
import hashlib
import re
import time

import pytest

from rule_rm import Rollout, Score, Status, redaction
from rule_rm.errors import UnknownRewardError
from rule_rm.journal import Journal, Scored
from rule_rm.journal.bins import Bins
from rule_rm.journal.reader import Reader
from rule_rm.web.viewer import create_viewer
from rule_rm.web.viewer.again import Again
from rule_rm.web.viewer.overview import _speed
from rule_rm.web.viewer.plots import distribution, lines, shares

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202e'\"&{{7*7}}"
TOKEN = "a-token-of-the-viewer"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("journal")
    journal = Journal()
    journal.keep(path / "here-1.journal")
    now = time.time()
    hostile = Rollout(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    journal.record(
        Scored(
            "math",
            [hostile] * 2,
            [Score(1.0, answer=HOSTILE, explanation=HOSTILE, metrics={HOSTILE: 1.0}), Score(0.0)],
            time=now - 60,
            stages={"score": 0.1},
        )
    )
    journal.record(
        Scored("math", [Rollout("2+2?", "4")], [Score.unscored(Status.ERROR, "it broke")], time=now - 30)
    )
    journal.close()
    return path


@pytest.fixture
def client(folder):
    return create_viewer(Reader(folder), None).test_client()


@pytest.fixture
def guarded(folder):
    return create_viewer(Reader(folder), TOKEN).test_client()


PAGES = (
    "/",
    "/?window=all",
    "/rollouts",
    "/rollouts/here-1:1",
    "/?source=%3Cscript%3E",
    "/rollouts?text=%3Cscript",
)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_response_as_markup(client, path):
    reply = client.get(path)
    assert reply.status_code == 200
    for markup in ("<script>alert", "<img", ">49<"):
        assert markup not in reply.text
    # A form sends back the name that it got: `value="…"`.
    assert "\u202e" not in re.sub(r'value="[^"]*"', "", reply.text)
    policy = reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/", "/rollouts", "/nothing"])
def test_the_style_is_in_the_page_and_is_the_one_that_the_policy_names(client, path):
    reply = client.get(path)
    style = re.search(r"<style>(.*?)</style>", reply.text, re.S)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}';" in reply.headers["Content-Security-Policy"]
    assert 'rel="stylesheet"' not in reply.text


def test_the_overview_has_the_figures_of_the_window(client):
    page = client.get("/?window=15m").text
    assert "<dt>rollouts</dt><dd >3</dd>" in page
    assert page.index(">error<") < page.index(">ok<"), "unscored ones come first"
    assert page.count("<svg") == 6


def test_an_empty_journal_says_that_it_waits(tmp_path):
    client = create_viewer(Reader(tmp_path), None).test_client()
    assert "Nothing was scored yet" in client.get("/").text
    assert "No rollout is like this" in client.get("/rollouts").text


def test_a_list_is_filtered(client):
    assert client.get("/rollouts").text.count('<li><a href="/rollouts/') == 3
    unscored = client.get("/rollouts?status=unscored").text
    assert unscored.count('<li><a href="/rollouts/') == 1
    assert "it broke" in unscored
    assert client.get("/rollouts?least=0.5&most=nonsense").text.count('<li><a href="/rollouts/') == 1


def test_a_rollout_is_shown_with_its_group(client):
    page = client.get("/rollouts/here-1:2").text
    assert "Group of 2" in page
    assert "⟨U+202E⟩" in page, "a character that turns text is written out"


@pytest.mark.parametrize("place", ["here-1:99", "here-1:x", "../../etc/passwd:1", "nowhere:1"])
def test_a_rollout_that_is_not_there_is_404(client, place):
    assert client.get(f"/rollouts/{place}").status_code == 404


@pytest.mark.parametrize("path", [*PAGES, "/nothing"])
def test_nothing_is_shown_without_the_token(guarded, path):
    reply = guarded.get(path)
    assert reply.status_code == 401
    assert "it broke" not in reply.text
    assert "This server asks for its token" in reply.text


def test_the_token_in_an_address_becomes_a_cookie_and_leaves_the_address(guarded):
    for path in (f"/rollouts?token={TOKEN}&status=ok", f"/t/{TOKEN}/rollouts?status=ok"):
        reply = guarded.get(path)
        assert (reply.status_code, reply.headers["Location"]) == (303, "/rollouts?status=ok")
    cookie = reply.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert guarded.get("/rollouts").status_code == 200


def test_the_cookie_opens_the_viewer_where_the_token_is_kept_out_of_all_replies(folder, monkeypatch):
    monkeypatch.setattr(redaction, "_known", redaction._Known())
    redaction.remember(TOKEN)
    browser = create_viewer(Reader(folder), TOKEN).test_client()
    entered = browser.post("/enter", data={"token": TOKEN, "target": "/rollouts"})
    assert entered.status_code == 303
    assert TOKEN not in str(entered.headers)
    assert browser.get("/rollouts").status_code == 200
    browser.set_cookie("rule_rm_pass", TOKEN)
    assert browser.get("/rollouts").status_code == 401, "the token itself is no pass"


def test_the_token_can_be_entered(guarded):
    wrong = guarded.post("/enter", data={"token": "wrong", "target": "/rollouts"})
    assert wrong.status_code == 401
    assert "not the token" in wrong.text
    right = guarded.post("/enter", data={"token": TOKEN, "target": "//evil.example"})
    assert (right.status_code, right.headers["Location"]) == (303, "/evil.example")
    assert guarded.get("/").status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [("evil.example", 403), ("localhost:6080", 200), ("127.0.0.1", 200), ("[::1]:6080", 200), ("x@y", 403)],
)
def test_without_a_token_a_foreign_name_leads_nowhere(client, host, status):
    assert client.get("/", headers={"Host": host}).status_code == status


def test_files_of_the_page_are_there(client):
    for name in ("viewer.js", "icon.svg"):
        with client.get(f"/static/{name}") as reply:
            assert reply.status_code == 200


def test_a_line_has_gaps_only_where_they_are_long():
    svg = lines({"a": [1.0, None, 2.0, *[None] * 9, 3.0]}, 0.0, 13.0).svg
    assert svg.count("M23.1") == 1
    assert 'class="dot c0"' in svg
    assert lines({"a": [None]}, 0.0, 1.0) is None


@pytest.mark.parametrize(("hours", "with_day"), [(1, False), (24, True), (48, True)])
def test_the_ends_of_a_plot_have_their_days_unless_it_is_one(hours, with_day):
    noon = time.mktime((2026, 5, 31, 12, 0, 0, 0, 0, -1))
    for plot in (
        lines({"a": [1.0]}, noon, noon + hours * 3600),
        shares({"a": [1]}, noon, noon + hours * 3600),
    ):
        assert (len(plot.begin) > 5) == (len(plot.end) > 5) == with_day
        assert plot.begin.endswith("12:00")
        assert plot.begin != plot.end


@pytest.mark.parametrize(("until", "latest"), [(21_900.0, 1.0), (21_610.0, None)])
def test_the_span_that_is_being_filled_does_not_look_like_a_fall(until, latest):
    bins = Bins.of(until - 21_600, until, 60)
    rollouts = dict.fromkeys(range(bins.number - 1), 600.0) | {bins.number - 1: until % 600}
    sums = {("length", "", "math", place): (n, 0.0, 0.0) for place, n in rollouts.items()}
    speeds = _speed(sums, bins)["rollouts / s"]
    assert speeds[-2:] == [1.0, latest]


def test_a_plot_with_values_below_zero_shows_where_zero_is():
    assert 'class="zero"' in lines({"penalty": [-0.5, 0.0], "accuracy": [1.0, 0.5]}, 0, 60, low=0.0).svg
    assert 'class="zero"' not in lines({"accuracy": [1.0, 0.5]}, 0, 60, low=0.0).svg


def test_a_distribution_counts_every_reward():
    plot = distribution({0.0: 3, 1.0: 1, -2.5: 2})
    assert (plot.begin, plot.end, plot.top) == ("-2.5", "1", "3")


@pytest.fixture
def rescoring(folder):
    asked = []

    def score(rollout, reward_type, options):
        asked.append((rollout, reward_type, options))
        if reward_type == "away":
            raise UnknownRewardError(HOSTILE, ["math"])
        texts = {"answer": HOSTILE, "explanation": HOSTILE, "question": HOSTILE, "reply": HOSTILE}
        return Score(0.25, metrics={HOSTILE: 0.5}, **texts)

    again = Again(lambda: ["math", "other"], score, lambda name: {"weight": 1.0, "words": HOSTILE})
    return lambda tokens: (create_viewer(Reader(folder), tokens, again=again).test_client(), asked)


def test_a_rollout_is_scored_again_by_another_reward_and_hostile_texts_are_shown_alone(rescoring):
    client, asked = rescoring(None)
    assert "<option selected>math</option>" in client.get("/rollouts/here-1:2").text
    form = {"reward_type": "other", "options": f"weight=0.5 'words={HOSTILE[:8]} b'"}
    page = client.post("/again/here-1:2", data=form)
    assert page.status_code == 200
    options = ["weight=0.5", f"words={HOSTILE[:8]} b"]
    assert asked == [(Rollout(HOSTILE, HOSTILE, HOSTILE, HOSTILE), "other", options)]
    assert "<code>weight=1.0</code>" in page.text
    assert "0.25" in page.text
    assert "<option selected>other</option>" in page.text
    assert "<script>alert" not in page.text
    assert "<img" not in page.text
    failed = client.post("/again/here-1:2", data={"reward_type": "away"}).text
    assert "alert(1)" in failed
    assert "<script>alert" not in failed
    unread = client.post("/again/here-1:2", data={"reward_type": "other", "options": "a='b"}).text
    assert "No closing quotation" in unread
    assert client.post("/again/here-1:99", data={"reward_type": "other"}).status_code == 404


def test_scoring_again_needs_the_token_and_a_form_of_this_page(rescoring):
    open_client, asked = rescoring(None)
    form = {"reward_type": "other"}
    for headers in (
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
    ):
        refused = open_client.post("/again/here-1:2", data=form, headers=headers)
        assert refused.status_code == 403
    guarded, _ = rescoring(TOKEN)
    assert guarded.post("/again/here-1:2", data={"reward_type": "other"}).status_code == 401
    assert asked == []
    given = {"Origin": "http://localhost", "Authorization": f"Bearer {TOKEN}"}
    assert guarded.post("/again/here-1:2", data={"reward_type": "other"}, headers=given).status_code == 200


def test_without_a_service_there_is_nothing_to_score_again(client):
    assert "Score again" not in client.get("/rollouts/here-1:2").text
    assert client.post("/again/here-1:2", data={"reward_type": "other"}).status_code in (404, 405)
