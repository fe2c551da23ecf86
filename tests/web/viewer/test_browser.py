"""The viewer in a real browser: live, filters, keys, links, and responses that would run a script."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator

import pytest

from rule_rm import Rollout, Score
from rule_rm.journal import Journal, Scored
from rule_rm.journal.reader import Reader
from rule_rm.journal.store import Bounds
from rule_rm.web.front import Limits, make_server
from rule_rm.web.ports import listen
from rule_rm.web.viewer import create_viewer

from ...waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.peers]
CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOSTILE = """</pre><script>window.hit = 1</script><img src=x onerror="window.hit = 2">
<svg onload="window.hit = 3"><a href="javascript:window.hit = 4">x</a>{{7*7}}"""


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    if CHROMIUM is None:
        pytest.skip("needs chromium")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def journal(tmp_path) -> Iterator[Journal]:
    made = Journal()
    made.keep(tmp_path / "here-1.journal", Bounds())
    for number in range(3):
        rollouts = [Rollout(f"question {number}", HOSTILE, "4", HOSTILE)] * 4
        scores = [Score(float(place % 2), answer=HOSTILE, explanation=HOSTILE) for place in range(4)]
        made.record(Scored("math", rollouts, scores, time=time.time()))
    until = time.monotonic() + 10
    while made.state()["journal"]["written"] < 12 and time.monotonic() < until:
        time.sleep(0.05)
    yield made
    made.close()


@pytest.fixture
def page(browser, journal, tmp_path):
    app = create_viewer(Reader(tmp_path), None)
    listener = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = make_server(app, listener, Limits(threads=2), app.finish)
    server.start()
    context = browser.new_context(base_url=url)
    yield context.new_page()
    context.close()
    server.stop()
    server.wait(5)


def test_a_response_that_would_run_a_script_does_nothing(page):
    for path in (
        "/",
        "/rollouts",
        "/rollouts/here-1:1",
        "/rollouts?text=%3Cscript%3Ewindow.hit=5%3C/script%3E",
    ):
        page.goto(path)
        assert page.evaluate("window.hit") is None
        assert page.locator("main script, main img, main a[href^=javascript]").count() == 0
    page.goto("/rollouts/here-1:1")
    assert "window.hit = 1" in page.locator(".response pre").inner_text(), "it is shown"


def test_the_figures_follow_without_a_reload(page, journal):
    page.goto("/")
    page.evaluate("window.same = true")
    assert page.locator(".tiles dd").first.inner_text() == "12"
    journal.record(Scored("math", [Rollout("new", "4")], [Score(1.0)], time=time.time()))
    page.locator(".tiles dd", has_text="13").first.wait_for(timeout=20_000)
    assert page.evaluate("window.same")


def test_rollouts_are_found_read_and_left_by_keys(page):
    page.goto("/rollouts")
    page.get_by_label("Text").fill("question 1")
    page.get_by_role("button", name="Show").click()
    assert page.locator("#list li").count() == 4
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/rollouts/here-1:8")
    assert page.locator(".group article").count() == 4
    page.keyboard.press("k")
    page.wait_for_url("**/rollouts/here-1:7")


@pytest.mark.parametrize("width", [360, 1024, 1600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_its_window(page, journal, width, scheme):
    named = Rollout("new", "4", data_source="a_name_without_a_space_" * 3)
    journal.record(Scored("math", [named], [Score(1.0)], time=time.time()))
    until(lambda: journal.state()["journal"]["written"] == 13, "the rollout to be written")
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    for path in ("/", "/rollouts", "/rollouts/here-1:1"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
