"""`point_in_box`: reward a point in an image, such as a click, that is within the golden box."""

from __future__ import annotations

from rule_rm.extract.response.free_text import free_text
from rule_rm.registry import register
from rule_rm.structured.coordinates import groups_in, numbers_of
from rule_rm.types import Rollout, Score, Status


@register(
    "point_in_box",
    summary="1 if the one point in the response is within the golden box, else 0",
    metrics=("accuracy",),
    linear=True,
)
def point_in_box(rollout: Rollout) -> Score:
    """Return 1.0 if the point is within the box or on its edge, else 0.0.

    The golden answer is a box as two corners, `[x1, y1, x2, y2]` or an object with it. The point is `(x, y)`,
    `[x, y]`, `x=12, y=40` or JSON with `point_2d`, in the answer tag if there is one. Both must use the same
    unit. Different points in one answer are none.

    >>> point_in_box(Rollout("", "click(x=5, y=6)", [0, 0, 10, 10])).reward
    1.0
    """
    if rollout.ground_truth is None:
        return Score.unscored(Status.NO_GROUND_TRUTH, "there is no golden box")
    box = numbers_of(rollout.ground_truth, 4)
    if box is None or box[0] > box[2] or box[1] > box[3]:
        return Score.unscored(Status.BAD_GROUND_TRUTH, "the golden answer is not one box as two corners")
    found = free_text(rollout.response)
    points = groups_in(found.answer or "", 2)
    if len(points) != 1:
        why = "there is no point" if not points else "there are several different points"
        return Score(0.0, Status.NO_ANSWER, None, why, {"accuracy": 0.0})
    ((x, y),) = points
    is_within = float(box[0] <= x <= box[2] and box[1] <= y <= box[3])
    return Score(is_within, answer=f"{x:g}, {y:g}", metrics={"accuracy": is_within})
