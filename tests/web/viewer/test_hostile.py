"""Texts that attack the reader of a page stay texts, wherever a client or a policy can put them."""

from __future__ import annotations

import re
import time
from html import unescape
from html.parser import HTMLParser
from urllib.parse import quote, unquote, urlsplit

import pytest

from rule_rm import Rollout, Score
from rule_rm.journal import Journal, Scored, Sender
from rule_rm.journal.reader import Reader
from rule_rm.web.viewer import create_viewer
from rule_rm.web.viewer.again import Again

SHAPES = [
    "<script>hit()</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<script\x0csrc=data:,hit()>",
    "</pre><script>hit()</script><pre>",
    "</title><script>hit()</script>",
    "</textarea><script>hit()</script>",
    "</style><script>hit()</script>",
    "</option></select><script>hit()</script>",
    "</svg><script>hit()</script>",
    "<svg><script>hit()</script></svg>",
    "<svg/onload=hit()>",
    "<svg><animate onbegin=hit() attributeName=x dur=1s>",
    "<svg><set attributeName=href to=javascript:hit()>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=hit()>#x'>",
    "<svg><foreignObject><body onload=hit()>",
    "<math><mtext><mglyph><style><img src=x onerror=hit()></style>",
    "<math><maction actiontype=statusline xlink:href=javascript:hit()>x",
    "<img src=x onerror=hit()>",
    "<img src=x onerror\n=\nhit()>",
    "<image src=x onerror=hit()>",
    "<img srcset='x 1x' onerror=hit()>",
    "<video><source onerror=hit()></video>",
    "<audio src=x onerror=hit()>",
    "<body onpageshow=hit()>",
    "<details open ontoggle=hit()>",
    "<input autofocus onfocus=hit()>",
    "<select autofocus onfocus=hit()>",
    "<marquee onstart=hit()>",
    "<iframe srcdoc='<script>parent.hit()</script>'>",
    "<iframe src=javascript:hit()>",
    "<object data=javascript:hit()>",
    "<embed src=javascript:hit()>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:hit()'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>*{background:url(//evil.example)}</style>",
    "<form action=//evil.example><button>go</button></form>",
    "<button formaction=javascript:hit()>go</button>",
    "<isindex action=javascript:hit()>",
    "<a href=javascript:hit()>x</a>",
    "<a href='java\tscript:hit()'>x</a>",
    "<a href='&#106;avascript:hit()'>x</a>",
    "<a href=vbscript:hit()>x</a>",
    "<a href='data:text/html,<script>hit()</script>'>x</a>",
    "<template><script>hit()</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=hit()>'>",
    "<!--><script>hit()</script>-->",
    "<![CDATA[><script>hit()</script>]]>",
    "<?xml-stylesheet href='javascript:hit()'?>",
    "<x-element onclick=hit() style=position:fixed;inset:0>",
    '" autofocus onfocus="hit()',
    "' autofocus onfocus='hit()",
    "` onmouseover=hit() `",
    '"><script>hit()</script>',
    "'><script>hit()</script>",
    "x onmouseover=hit() y",
    "{{ config }}{% for x in [].__class__.__mro__ %}{{ x }}{% endfor %}",
    "${hit()} #{hit()} <%= hit() %>",
    "javascript:hit()//",
    "//evil.example/%2e%2e",
    "\\\\evil.example",
    "+ADw-script+AD4-hit()+ADw-/script+AD4-",
    "\u202e<script>\u2066hit()\u2069</script>",
    "<scr\x00ipt>hit()</scr\x00ipt>",
    "\x1b]8;;javascript:hit()\x07x\x1b]8;;\x07",
    "&lt;script&gt;hit()&lt;/script&gt;&#60;script&#62;",
    "\ud83d<script>hit()</script>",
    "\uff1cscript\uff1ehit()\uff1c/script\uff1e",
]
assert len(SHAPES) > 60


class Page(HTMLParser):
    """The elements of a page with their attributes, and the addresses that it leads to."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: set[tuple[str, str]] = set()
        self.leads: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.add((tag, ""))
        for name, value in attributes:
            self.elements.add((tag, name))
            if name in ("href", "src", "action", "formaction", "srcset", "data", "xlink:href"):
                self.leads.add(value or "")

    def handle_comment(self, data):
        self.elements.add(("!--", data))

    def unknown_decl(self, data):
        self.elements.add(("![", data))

    def handle_pi(self, data):
        self.elements.add(("?", data))


def kept(folder, shapes):
    """Keep a rollout for each shape, which has it in every text that a client or a policy decides."""
    journal = Journal()
    journal.keep(folder / "here-1.journal", alarms={"one-answer": 3})
    now = time.time()
    for shape in shapes:
        rollouts = [Rollout(f"{shape} {number}", shape, f"{number} {shape}", shape) for number in range(4)]
        told = {"answer": shape, "explanation": shape, "question": shape, "reply": shape}
        scores = [Score(1.0, metrics={shape: 1.0, "accuracy": 1.0}, **told)] * 4
        # An id of a request is a header's text.
        sender = Sender(
            shape.encode("utf-8", "replace").decode(), shape.encode("latin-1", "replace").decode("latin-1")
        )
        journal.record(Scored("math", rollouts, scores, time=now, stages={"score": 0.1}, sender=sender))
    journal.close()
    assert journal.state()["journal"]["lost"] == 0
    again = Again(
        lambda: ["math"],
        lambda rollout, name, options: Score(0.5, metrics={shapes[0]: 1.0}, **told),
        lambda name: {"weight": shapes[0]},
    )
    return create_viewer(Reader(folder), None, dict, again).test_client()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    return kept(tmp_path_factory.mktemp("hostile"), SHAPES)


@pytest.fixture(scope="module")
def harmless(tmp_path_factory):
    """Return the elements of pages whose texts are words."""
    client = kept(tmp_path_factory.mktemp("harmless"), ["some words"] * 3)
    pages = ["/", "/?source=some+words", "/rollouts", "/rollouts?text=x", "/rollouts/here-1:1", "/nowhere"]
    found = set().union(*(Page(client.get(path).text).elements for path in pages))
    return found | Page(again(client, "/again/here-1:1", "weight=1").text).elements


def again(client, path, options):
    return client.post(path, data={"reward_type": "math", "options": options})


def check(reply, harmless):
    assert reply.status_code in (200, 400, 404), reply.status
    page = Page(reply.text)
    assert page.elements <= harmless
    assert not [name for _, name in page.elements if name.startswith("on")]
    for lead in page.leads:
        assert re.match(r"/(?![/\\])", lead) or lead.startswith("#"), lead
        assert not urlsplit(lead).netloc
    policy = reply.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/?window=all", "/rollouts", "/rollouts?status=ok&text=hit"])
def test_lists_and_plots_of_hostile_texts_are_those_of_words(hostile, harmless, path):
    check(hostile.get(path), harmless)


def test_a_page_of_each_hostile_rollout_shows_it_as_text(hostile, harmless):
    for number, shape in enumerate(SHAPES):
        reply = hostile.get(f"/rollouts/here-1:{4 * number + 1}")
        check(reply, harmless)
        seen = re.sub(r"⟨U\+\w+⟩|[\x00-\x1f\x7f\u202a-\u2069\ud800-\udfff]|\\ud83d", "", shape)
        assert seen in re.sub(r"⟨U\+\w+⟩|[\x00-\x1f]|\\ud83d", "", unescape(reply.text)), shape


@pytest.mark.slow
def test_each_hostile_text_in_an_address_or_a_form_is_a_text(hostile, harmless):
    for shape in SHAPES:
        given = quote(shape.encode("utf-8", "surrogatepass"))
        for path in (
            f"/?source={given}&window={given}",
            f"/rollouts?text={given}&source={given}&status={given}&least={given}&reward_type={given}&before={given}",
            f"/rollouts/{given}",
            f"/{given}",
        ):
            reply = hostile.get(path)
            if reply.status_code in (301, 302, 303, 307, 308):
                assert not unquote(reply.headers["Location"]).startswith(("//", "/\\", "http://evil"))
                continue
            check(reply, harmless)
        form = shape.encode("utf-8", "replace").decode()
        check(again(hostile, "/again/here-1:1", form), harmless)
