"""Find whether the end of a Chinese, Japanese or Korean sentence keeps the value before it: 个鸡蛋, です."""

from __future__ import annotations

import re

from rule_rm.extract.words.patterns import deferred

_NOT = re.compile(r"[不没非]|ない|ません|아니|않")
"""A negation, such as ない."""
_COUNTER = (
    r"(?:[个個名位元人只米种種次天年岁歲厘公千克斤升分秒小时時平方立度条條张張本辆輛块塊件页頁支颗顆"
    r"朵棵组組对對倍円枚台匹羽杯冊歳回通点間番着足軒階つ개명원권마리대장살번시간분초세가지도점병]|km|cm|kg|m)"
)
_END = deferred(
    rf"\s*(?:{_COUNTER}[^\s\d，。；、,;.!！?？]{{0,10}}?)?\s*"
    r"(?:です|である|であります|だ|となる|となります|になる|になります|と(?:求まる|わかる|分かる|求まります)|が答え(?:です|である|となる)?|に等しい|あります|ある"
    r"|必要(?:です|である)?|残ります|残る"
    r"|입니다|이다|다|이에요|예요|[이가]\s?(?:됩니다|된다|나옵니다|나온다|답\S{0,4}|남\S{0,4}|정답\S{0,4})|[을를]\s?얻\S{0,4}|이며|이고"
    r"|이므로|가 있다|가 있습니다|가 남는다"
    r"|是(?:正确)?(?:的)?(?:最终)?答案|符合题意|为所求|即为所求|正确|ครับ|ค่ะ|บาท|คน)?\s*(?=[，。；、,;.!！（(:：\n]|\Z)"
)
"""The end of a Chinese, Japanese or Korean sentence after its value: 个鸡蛋, です."""
_BOUND = re.compile(
    r"或|还是|または|もしくは|또는|혹은|[错誤误]|以[上下内外前后]|之[外前后]|左右|上下|不到|超[过過え]|[多余弱強](?=\S?[，。；、,;.!！]|\Z)|未満|より|すぎ|過ぎ|足り|ところ|はず"
    r"|이상|이하|미만|초과|이내|이외|보다|넘|모자라|부족|틀[리렸린]|전에|뻔"
)
"""A Chinese, Japanese or Korean word behind a number that makes it a bound or another number: 以上."""


def ends_cjk_sentence(rest: str) -> bool:
    """Return True if the rest of a sentence, with its counter and verb, keeps the value before it.

    >>> [ends_cjk_sentence(rest) for rest in ("个鸡蛋", "個です", "個以上です", "개가 아닙니다")]
    [True, True, False, False]
    """
    is_changed = _NOT.search(rest) or _BOUND.search(rest)
    return not is_changed and _END.fullmatch(rest) is not None
