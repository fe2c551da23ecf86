"""`box_iou`: the overlap of a box in an image with the golden box, as intersection over union."""

from __future__ import annotations

from rule_rm.extract.response.free_text import free_text
from rule_rm.registry import register
from rule_rm.registry.options import one_of, within
from rule_rm.structured.coordinates import Numbers, groups_in, numbers_of
from rule_rm.types import Rollout, Score, Status

_FORMATS = ("xyxy", "xywh", "cxcywh")
_NONE = {"iou": 0.0}


def _check(*, form: str, threshold: float) -> None:
    one_of("form", form, _FORMATS)
    within("threshold", threshold, 0, 1)


@register(
    "box_iou",
    summary="the intersection over union of the one box in the response and the golden box",
    metrics=("iou",),
    linear=True,
    check=_check,
)
def box_iou(rollout: Rollout, *, form: str = "xyxy", threshold: float = 0.0) -> Score:
    """Return the IoU, 0 to 1; with a `threshold` above 0, 1 for an IoU of at least that much, else 0.

    `form` is how golden boxes and boxes in responses are written: `xyxy` (two corners), `xywh` (a corner and
    the size) or `cxcywh` (the middle and the size). Both must use the same unit, such as pixels of the same
    image. The box is `[x, y, x, y]`, `(x,y),(x,y)` or JSON with `bbox_2d`, in the answer tag if there is one.
    Different boxes in one answer are none.

    >>> box_iou(Rollout("", "<answer>[0, 0, 10, 5]</answer>", [0, 0, 10, 10])).reward
    0.5
    """
    _check(form=form, threshold=threshold)
    if rollout.ground_truth is None:
        return Score.unscored(Status.NO_GROUND_TRUTH, "there is no golden box")
    golden = numbers_of(rollout.ground_truth, 4)
    wanted = _corners(golden, form) if golden else None
    if wanted is None:
        return Score.unscored(Status.BAD_GROUND_TRUTH, "the golden answer is not one box of four numbers")
    found = free_text(rollout.response)
    boxes = groups_in(found.answer or "", 4)
    if len(boxes) != 1:
        why = "there is no box" if not boxes else "there are several different boxes"
        return Score(0.0, Status.NO_ANSWER, None, why, _NONE)
    shown = ", ".join(f"{number:g}" for number in boxes[0])
    box = _corners(boxes[0], form)
    if box is None:
        return Score(0.0, Status.WRONG_FORMAT, shown, f"as {form} it has no area", _NONE)
    iou = _iou(box, wanted)
    return Score(float(iou >= threshold) if threshold else iou, answer=shown, metrics={"iou": iou})


def _corners(numbers: Numbers, form: str) -> Numbers | None:
    """Return the corners with the least and the greatest coordinates; None if the box has no area."""
    left, top, right, bottom = numbers
    if form == "xywh":
        right, bottom = left + right, top + bottom
    elif form == "cxcywh":
        width, height = right, bottom
        left, top, right, bottom = left - width / 2, top - height / 2, left + width / 2, top + height / 2
    return (left, top, right, bottom) if left < right and top < bottom else None


def _iou(one: Numbers, other: Numbers) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    common = max(width, 0.0) * max(height, 0.0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return common / (sum(areas) - common)
