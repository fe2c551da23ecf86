"""Images of a trainer's messages and columns: left out unless they are wanted, and then whole."""

from __future__ import annotations

import base64

import pytest

from rule_rm.errors import ConfigurationError
from rule_rm.integrations import images, rows
from rule_rm.judge.prompting.dialogue import LEFT_OUT, dialogue_of
from rule_rm.protocols import recognise

PNG = b"\x89PNG\r\n\x1a\nnot really"
URL = "data:image/png;base64," + base64.b64encode(PNG).decode()


class Image:
    """A fake image of PIL."""

    __module__ = "PIL.PngImagePlugin"

    def __init__(self, mode="RGB"):
        self.mode = mode

    def convert(self, mode):
        return Image(mode)

    def save(self, file, kind, **_):
        assert (kind, self.mode) == ("PNG", "RGB")
        file.write(PNG)


@pytest.fixture
def wanted(monkeypatch):
    monkeypatch.setenv("RULE_RM_IMAGES", "1")


FORMS = {
    "TRL, in the message": (
        [
            {
                "role": "user",
                "content": [{"type": "image", "image": Image()}, {"type": "text", "text": "What?"}],
            }
        ],
        {"images": [Image()]},
    ),
    "ms-swift, a column": (
        [{"role": "user", "content": "<image>What?"}],
        {"images": [{"bytes": PNG, "path": None}]},
    ),
    "a column of one": ([{"role": "user", "content": "What?"}], {"image": Image("CMYK")}),
    "bytes and a text": ("What?", {"image": PNG}),
}


def rollout_of(prompt, columns):
    """Return the rollout that the server makes of a trainer's prompt and columns."""
    row = rows.row({name: [value] for name, value in columns.items()}, 0, 1)
    payload = rows.batch([prompt], ["A cat."], [row])
    (rollout,) = recognise(payload).parse_request(payload)
    return rollout


@pytest.mark.parametrize(("prompt", "columns"), FORMS.values(), ids=FORMS)
def test_a_judge_with_vision_sees_each_image_once_if_they_are_wanted(wanted, prompt, columns):
    rollout = rollout_of(prompt, columns)
    dialogue = dialogue_of(rollout, vision=True)
    assert [image["image_url"]["url"] for image in dialogue.images] == [URL]
    assert "What?" in dialogue.question
    assert not any(rollout.extra_info.get(name) for name in images.COLUMNS)


@pytest.mark.parametrize(("prompt", "columns"), FORMS.values(), ids=FORMS)
def test_no_image_is_sent_unasked_and_that_is_said_once(monkeypatch, caplog, prompt, columns):
    monkeypatch.delenv("RULE_RM_IMAGES", raising=False)
    images._say_once.cache_clear()
    rollout = rollout_of(prompt, columns)
    assert "base64" not in repr(rollout)
    assert dialogue_of(rollout, vision=True).images == ()
    assert [record.message.count("RULE_RM_IMAGES=1") for record in caplog.records] == [1]


def test_an_image_that_is_left_out_is_named_to_the_judge():
    prompt, columns = FORMS["TRL, in the message"]
    assert LEFT_OUT in dialogue_of(rollout_of(prompt, columns), vision=True).question


def test_one_sample_has_its_image_too(wanted):
    payload = rows.sample("What?", "A cat.", rows.row({"image": [PNG]}, 0, 1))
    (rollout,) = recognise({**payload, "ground_truth": "cat"}).parse_request(payload)
    assert dialogue_of(rollout, vision=True).images[0]["image_url"]["url"] == URL


def test_what_is_no_image_stays_what_it_was():
    for value in (b"text", {"bytes": "text"}, {"path": "a.png"}, "data", 1):
        assert not images.is_image(value)
    assert rows.plain({"path": "a.png"}) == {"path": "a.png"}


def test_a_setting_that_can_not_be_read_is_an_error(monkeypatch):
    monkeypatch.setenv("RULE_RM_IMAGES", "perhaps")
    with pytest.raises(ConfigurationError, match="RULE_RM_IMAGES must be 1 or 0"):
        images.are_sent()
