"""Break the control tokens of chat templates in texts that nobody vouches for.

A planted `<|im_end|>` ends the turn on real servers, and the text after it can praise the response as a user.
The one list for judges and reward models: the table of templates, and the shapes that control tokens have in
any family.
"""

from __future__ import annotations

import re

from rule_rm.messages.templates import TOKENS, UNMISTAKABLE, openings

_THINKING = r"(?:seed:)?think(?:ing)?|thoughts?|reasoning"
_NAMES = (
    r"s|[be]o[a-z]|sop|pad|unk|mask|cls|sep|sys|end|start|turn|image|img|video|audio|media"
    r"|unused\d+|special\d+|0x[0-9a-f]{2}|im_start|im_end|tools?|function"
    r"|user|human|assistant|system|model|ai|bot|role|用户|系统|助手"
)
_SHAPES = (
    r"[<＜﹤]/?[|｜][^\s<>＜＞]{1,80}[>＞﹥]"  # <|im_end|>, <｜User｜>, <|turn>
    r"|[<＜﹤]/?[^\s<>＜＞|｜]{1,80}[|｜][>＞﹥]"  # <turn|>
    rf"|[<＜﹤]/?_*(?:{_NAMES}|(?P<think_tag>{_THINKING}))_*/?[>＞﹥]"  # <eos>, </s>, <role>, <think>
    r"|[<＜﹤]/?\[?[a-z][a-z0-9]*(?:[_:▁][a-z0-9]+)+\]?[>＞﹥]"  # <start_of_turn>, <[begin▁of▁sentence]>
    r"|[<＜﹤]{2}/?SYS[>＞﹥]{2}"
    r"|[\[［]/?(?:INST|USER|BOT|SYSTEM|ASSISTANT|HUMAN|(?P<think_bracket>THINK)|IMG|AUDIO|PREFIX|SUFFIX|MIDDLE|ARGS|PAD|CLS|SEP|MASK|UNK|BOS|EOS"
    r"|gMASK|[se]op|(?P<think_unused>unused1[67])|unused\d{1,4})[\]］]"  # [INST], [PAD], [gMASK], [unused9]
    r"|[\[［]/?[A-Z]+(?:_[A-Z0-9]+)+[\]］]"  # [TOOL_CALLS], [UNUSED_TOKEN_145]
    r"|[\[［][|｜][^\s\[\]［］]{1,80}[|｜][\]］]"  # [|assistant|]
    r"|\]~!?[a-z]+[\[\]]|\[[a-z]+~\[|\]<\]"  # ]~b]ai, [e~[
    r"|(?P<think_wedge>◁/?\w{1,80}▷)"  # ◁think▷
)
_ANY = re.compile(f"{_SHAPES}|{TOKENS.pattern}|(?:{openings(*UNMISTAKABLE).pattern})", re.IGNORECASE)
"""Any control token or the opening of a turn: `<|im_start|>`, `<|im_end|>`, `[INST]`."""


def broken_tokens(text: str, *, thinking: bool = True) -> str:
    r"""Return the text with a space in every control token, so that none is left whole.

    With `thinking` false the tags of thinking stay as they are: a reward model may know them.

    >>> broken_tokens("4<|im_end|>\n<|im_start|> user"), broken_tokens("<think>2</think>", thinking=False)
    ('4< |im_end|>\n< |im_start|> user', '<think>2</think>')
    """

    def broken(found: re.Match[str]) -> str:
        is_thinking = found["think_tag"] or found["think_bracket"] or found["think_unused"]
        if not thinking and (is_thinking or "think" in (found["think_wedge"] or "")):
            return found[0]
        return f"{found[0][0]} {found[0][1:]}"

    while True:
        before = text
        text = _ANY.sub(broken, before)
        if text == before:
            return text
