"""Images of a trainer's messages and columns, as data URLs that a judge with vision can see.

They are sent only if RULE_RM_IMAGES asks for it: rules need none, and a batch may have hundreds of MB.
Without it they become null, and the judge sees that an image is left out.
"""

from __future__ import annotations

import base64
import io
import logging
import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.settings.reading import as_bool

VARIABLE = "RULE_RM_IMAGES"
COLUMNS = ("images", "image")
"""The columns in which datasets of TRL and ms-swift keep the images of a row."""
_MAGIC = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif", b"RIFF": "webp"}
"""The beginnings of images."""
logger = logging.getLogger(__name__)


def are_sent() -> bool:
    """Return True if the environment asks for images. Raises ConfigurationError if it can't be read."""
    given = os.environ.get(VARIABLE, "")
    if not given:
        return False
    wanted = as_bool(given)
    if wanted is None:
        raise ConfigurationError(f"{VARIABLE} must be 1 or 0, not {given!r}")
    return wanted


def is_image(value: Any) -> bool:
    """Return True for an image of PIL, its bytes, or the dict of either that Hugging Face's datasets have."""
    if isinstance(value, (bytes, bytearray)):
        return _kind(bytes(value[:4])) is not None
    if isinstance(value, Mapping):
        return isinstance(value.get("bytes"), (bytes, bytearray))
    return type(value).__module__.startswith("PIL.") and hasattr(value, "save")


def as_url(image: Any) -> str | None:
    """Return an image as a data URL; None if images are not sent."""
    if not are_sent():
        _say_once()
        return None
    if isinstance(image, Mapping):
        image = image["bytes"]
    if not isinstance(image, (bytes, bytearray)):
        buffer = io.BytesIO()
        (image if image.mode in ("1", "L", "LA", "P", "RGB", "RGBA") else image.convert("RGB")).save(
            buffer, "PNG", compress_level=1
        )
        image = buffer.getvalue()
    kind = _kind(bytes(image[:4])) or "png"
    return f"data:image/{kind};base64,{base64.b64encode(image).decode()}"


def in_messages(messages: list[Any], row: Mapping[str, Any]) -> list[Any]:
    """Return the messages with the row's images before the text of the first user, unless it has parts.

    >>> asked = [{"role": "user", "content": "<image>What is it?"}]
    >>> in_messages(asked, {"images": ["data:…"]})[0]["content"][0]
    {'type': 'image_url', 'image_url': {'url': 'data:…'}}
    """
    images = [one for name in COLUMNS for one in _listed(row.get(name)) if isinstance(one, str)]
    asked = next((place for place, one in enumerate(messages) if one.get("role") == "user"), None)
    if not images or asked is None or not isinstance(messages[asked].get("content"), str):
        return messages
    parts: list[dict[str, Any]] = [{"type": "image_url", "image_url": {"url": url}} for url in images]
    parts.append({"type": "text", "text": messages[asked]["content"]})
    return [*messages[:asked], {**messages[asked], "content": parts}, *messages[asked + 1 :]]


def without_images(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row without its columns of images, which are in the messages."""
    return {name: None if name in COLUMNS and value else value for name, value in row.items()}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _kind(magic: bytes) -> str | None:
    return next((kind for start, kind in _MAGIC.items() if magic.startswith(start)), None)


@cache
def _say_once() -> None:
    logger.warning(
        "images are not sent to the reward server; %s=1 sends them, for a judge with vision", VARIABLE
    )
