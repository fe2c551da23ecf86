"""The conversation before the response: the system prompt, the history, the question, and its images.

It comes as messages, or as one text with the markers of a chat template, or as the question alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rule_rm.messages.fields import content_of
from rule_rm.messages.turns import turns
from rule_rm.types import Rollout

_IMAGES = ("image_url", "image", "url", "base64")
"""The keys under which trainers send an image."""
_MAGIC = {"iVBORw0KGgo": "png", "/9j/": "jpeg", "R0lGOD": "gif", "UklGR": "webp"}
"""The beginnings of images in base64."""
LEFT_OUT = "[an image, left out]"


@dataclass(frozen=True, slots=True)
class Dialogue:
    """All that came before the response."""

    question: str
    """The user's last message."""
    system: str = ""
    history: tuple[tuple[str, str], ...] = ()
    """Role and text of the turns before the question, and of those of tools after it."""
    images: tuple[Mapping[str, Any], ...] = ()
    """The parts of messages that hold images and can be passed on."""


def dialogue_of(rollout: Rollout, *, vision: bool = False) -> Dialogue:
    """Return the conversation. An image that can't be passed on, or need not without `vision`, is named."""
    if rollout.messages is None:
        return _arranged([(role, said.strip()) for role, said in turns(rollout.prompt)], ())
    images = [image for message in rollout.messages for image in _images(message) if image] if vision else []
    given = [(str(message.get("role", "user")), _text(message, vision)) for message in rollout.messages]
    return _arranged(given, tuple(images))


def _text(message: Mapping[str, Any], vision: bool) -> str:
    """Return the text of a message, after a word for each of its images that can't be passed on."""
    left_out = [LEFT_OUT for image in _images(message) if image is None or not vision]
    return "\n".join([*left_out, content_of(message)]).strip() if left_out else content_of(message)


def _images(message: Mapping[str, Any]) -> list[Mapping[str, Any] | None]:
    """Return the images of a message as parts of a chat message; None for an empty one."""
    content = message.get("content")
    parts = [part for part in content if isinstance(part, Mapping)] if isinstance(content, list) else []
    return [_image(part) for part in parts if "image" in str(part.get("type", ""))]


def _image(part: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return an image as OpenAI's part; trainers name it `image_url`, `image`, `url` or `base64`."""
    given = next((part[name] for name in _IMAGES if part.get(name)), None)
    if isinstance(given, str):
        given = {"url": _address(given)}
    if not (isinstance(given, Mapping) and isinstance(given.get("url"), str)):
        return None
    return {"type": "image_url", "image_url": dict(given)}


def _address(given: str) -> str | None:
    """Return the address of an image that came as one, or as its bytes in base64; None for neither."""
    if given.startswith(("http://", "https://", "data:image/")):
        return given
    kind = next((kind for start, kind in _MAGIC.items() if given.startswith(start)), None)
    return f"data:image/{kind};base64,{given}" if kind else None


def _arranged(turns: Sequence[tuple[str, str]], images: tuple[Mapping[str, Any], ...]) -> Dialogue:
    system = "\n\n".join(text for role, text in turns if role in ("system", "developer") and text)
    rest = [turn for turn in turns if turn[0] not in ("system", "developer")]
    asked = next((place for place in reversed(range(len(rest))) if rest[place][0] == "user"), None)
    if asked is None:
        return Dialogue("", system, tuple(rest), images)
    history = tuple(turn for place, turn in enumerate(rest) if place != asked and turn[1])
    return Dialogue(rest[asked][1], system, history, images)
