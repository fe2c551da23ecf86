"""A text is read without its escapes, and a secret is looked for in every form."""

from __future__ import annotations

import pytest

from rule_rm.redaction.disguises import Form, Needles, View, forms, unescaped


@pytest.mark.parametrize(
    ("escaped", "meant"),
    [
        (b"%2f%3d", b"/="),
        (rb"\u002f\\u003d", b"/="),
        (rb"\x2f\\\x3d", b"/="),
        (rb"\"\\\/", b'"/'),
        (b"&#47;&#x3d;&amp;&quot;", b'/=&"'),
        (b"'one'\n    'two'", b"'onetwo'"),
        (rb"one\r\n\ttwo", b"onetwo"),
        (rb"\u00e4", "ä".encode()),
        (b"100% of & &unknown; %zz", b"100% of & &unknown; %zz"),
    ],
)
def test_escapes_and_line_breaks_are_undone(escaped, meant):
    assert unescaped(escaped) == meant
    view = View.of(escaped).unescaped()
    assert view.data == meant
    assert len(view.starts) == len(view.ends) == len(meant)


def test_a_view_knows_where_its_bytes_come_from():
    view = View.of(b"a%2fb&lt;c").unescaped()
    assert view.data == b"a/b<c"
    assert view.starts == [0, 1, 4, 5, 9]
    assert view.ends == [1, 4, 5, 9, 10]


def test_every_half_of_a_form_is_a_piece_and_less_is_not():
    form = Form(b"abcdefghijklmnopqrstu")
    for begin in range(len(form.data) - form.half + 1):
        text = b"-" + form.data[begin : begin + form.half] + b"-"
        assert set(form.pieces(text, form.half)) == {(1, 1 + form.half)}
        assert not [*form.pieces(text[2:], form.half)]


@pytest.mark.parametrize(
    "secret", ["abcdefgh", "sk-proj_1234567890.abc", 'p@"<&>/+=\\wörd!', "0123456789" * 10]
)
def test_each_form_and_each_half_of_it_has_a_needle(secret):
    needles = Needles.of(secret)
    for form in forms(secret):
        for begin in range(len(form.data) - form.half + 1):
            assert needles.are_in(form.data[begin : begin + form.half], with_pieces=True)
    assert needles.are_in(secret.encode(), with_pieces=False)
    assert not needles.are_in(b"nothing of it", with_pieces=True)
