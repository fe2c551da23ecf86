r"""The one table of chat templates: how each opens a turn, and which tokens end one.

Every reader of template markers takes them from here. The markers are used to split prompt and response, to
end a turn, and to find the turns of a prompt. They are also removed from texts for a judge or a reward model.

The rows follow the templates that TRL, ms-swift and LLaMA-Factory ship (autumn 2026).
"""

from __future__ import annotations

import re
from typing import NamedTuple

_ROLE = r"assistant|user|system|developer|tool|\w+"
"""The usual roles first, so that `assistantHello`, a lost line break, is still the assistant."""


class Template(NamedTuple):
    """How one family of templates opens a turn."""

    name: str
    opening: str
    """A regular expression for the marker that opens a turn, with the white space that belongs to it. Its
    group, called ROLE here, is the role. It begins with a literal character if it is unmistakable: a search
    for all of them then skips ordinary text quickly."""
    is_unmistakable: bool = True
    """False if ordinary text can look like its markers, so that they end no turn."""


TEMPLATES = (
    # <|im_start|>assistant, Phi-4's <|im_start|>assistant<|im_sep|>, Qwen's <|im_start|>tool; not SmolVLM's
    # <|im_start|>User: which goes on with Assistant:
    Template("chatml", rf"<\|im_start\|>(?!(?:User|Assistant|System):)(?P<ROLE>{_ROLE})(?:<\|im_sep\|>|\n)?"),
    # [UNUSED_TOKEN_146]assistant
    Template("xcomposer", rf"\[UNUSED_TOKEN_146\](?P<ROLE>{_ROLE})\n?"),
    # <|im_assistant|>assistant<|im_middle|>, and <|im_system|>tool<|im_middle|> for what a tool gave
    Template("kimi", r"<\|im_(?P<ROLE>user|assistant|system)\|>(?:[^<>|\n]{0,64}<\|im_middle\|>)?"),
    # <|open|>message role="assistant"<|sep|>
    Template("kimi3", r'<\|open\|>message role="(?P<ROLE>\w{1,32})"[^<>\n]{0,200}<\|sep\|>'),
    # <|start_header_id|>user<|end_header_id|>, Llama 4's <|header_start|>user<|header_end|>
    Template(
        "llama3",
        r"<\|(?:start_header_id|header_start)\|>(?P<ROLE>[^<>|\n]{1,40})"
        r"<\|(?:end_header_id|header_end)\|>(?:\n\n)?",
    ),
    # <｜Assistant｜>
    Template("deepseek", r"<｜(?P<ROLE>User|Assistant)｜>"),
    # <｜hy_Assistant｜>, <｜hy_Assistant:opensource｜>, <｜hy_place▁holder▁no▁8｜> of the small ones
    Template("hunyuan", r"<｜hy_(?P<ROLE>User|Assistant|place▁holder▁no▁8)(?::\w{1,32})?｜>"),
    # <|extra_0|> opens the answer of the older ones
    Template("hunyuan_large", r"<\|(?P<ROLE>extra_0)\|>"),
    # <start_of_turn>model
    Template("gemma", rf"<start_of_turn>(?P<ROLE>model|{_ROLE})\n?"),
    # <|turn>model, SeaLLM's <|turn|>assistant
    Template("gemma4", rf"<\|turn\|?>(?P<ROLE>model|{_ROLE})\n?"),
    # <|assistant|> of Phi, GLM, Zephyr, OLMo; GLM's <|observation|>; Janus' <|Assistant|>: and <|model|>;
    # StableLM's <|ASSISTANT|> and <|MOSS|>:
    Template(
        "phi",
        r"<\|(?P<ROLE>user|system|assistant|observation|tool|model|User|System|Assistant|Bot|Human|MOSS"
        r"|USER|SYSTEM|ASSISTANT)\|>(?:: ?)?\n?",
    ),
    # [INST] 1+1? [/INST], and what a tool gave: [TOOL_RESULTS]…[/TOOL_RESULTS]
    Template("mistral", r"\[(?P<ROLE>/?INST|/?TOOL_RESULTS|SYSTEM_PROMPT)\][ ]?"),
    # gpt-oss: <|start|>assistant, <|start|>functions.add to=assistant. Muse's assistant writes to=user.
    Template(
        "harmony",
        r"<\|start\|>(?P<ROLE>assistant|user|system|developer|tool|[\w.-]{1,64})"
        r"(?:(?<!assistant)[ ]to=[^<\s]{1,64})?",
    ),
    # <|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>
    Template("cohere", r"<\|START_OF_TURN_TOKEN\|><\|(?P<ROLE>USER|CHATBOT|SYSTEM|TOOL)_TOKEN\|>"),
    # ]~b]ai, and MiniMax-M1's <beginning_of_sentence>ai name=assistant
    Template("minimax", r"\]~b\](?P<ROLE>\w{1,32})\n?"),
    Template("minimax1", r"<beginning_of_sentence>(?P<ROLE>\w{1,32})(?: \w{1,32}=[^\n<]{0,64})?\n?"),
    # <role>ASSISTANT</role>
    Template("ling", r"<role>(?P<ROLE>HUMAN|ASSISTANT|SYSTEM|OBSERVATION)</role>\n?"),
    # [|assistant|], and [|AI|] of Jais, which goes on with a heading
    Template(
        "exaone",
        r"\[\|(?P<ROLE>user|assistant|system|tool|Human|AI)\|\]:?\n?(?:### Response ?:[ \n]?)?",
    ),
    # <seed:bos>assistant
    Template("seed", rf"<seed:bos>(?P<ROLE>{_ROLE})\n?"),
    # <|start_of_role|>assistant<|end_of_role|>
    Template("granite", r"<\|start_of_role\|>(?P<ROLE>\w{1,32})[^<>]{0,64}<\|end_of_role\|>"),
    # <SPECIAL_11>Assistant, and <extra_id_1>Assistant of Nemotron 4
    Template("nemotron", r"<(?:SPECIAL_1[01]|extra_id_[01])>(?P<ROLE>System|User|Assistant|Tool)\n?"),
    # <|BOT|>assistant
    Template("step", rf"<\|BOT\|>(?P<ROLE>{_ROLE})\n?"),
    # <|assistant_start|>
    Template("apertus", r"<\|(?P<ROLE>user|assistant|system|developer)_start\|>"),
    # <|userprompt|>…<|response|> of dots.llm1
    Template("dots", r"<\|(?P<ROLE>userprompt|response)\|>"),
    # <|begin|>assistant<|content|>
    Template("solar", rf"<\|begin\|>(?P<ROLE>{_ROLE})(?:<\|content\|>)?"),
    # <_user>1+1?<_bot>
    Template("telechat", r"<_(?P<ROLE>user|bot|system)>"),
    # <|begin_assistant|>
    Template("apriel", r"<\|begin_(?P<ROLE>user|system|assistant|tool_result|content)\|>\n?"),
    # <reserved_106>1+1?<reserved_107> of Baichuan 2, <C_Q>1+1?<C_A> of M1
    Template("baichuan", r"<(?P<ROLE>reserved_10[2367]|C_[QA])>\n?"),
    # <|role_start|>assistant<|role_end|> of Megrez, <|role|>assistant<|says|> of OpenBuddy
    Template("megrez", r"<\|role(?:_start)?\|>(?P<ROLE>\w{1,32})<\|(?:role_end|says)\|>"),
    # <|message_sep|>, then assistant<|role_sep|> of GigaChat; the prompt begins with a turn of the system
    Template("gigachat", r"<\|message_sep\|>\s{0,4}(?P<ROLE>\w[\w ]{0,31})<\|role_sep\|>\n?"),
    # <step> Source: assistant, then Destination: user of Code Llama
    Template(
        "codellama",
        r"<(?:s|step)>\s{0,2}Source: (?P<ROLE>system|user|assistant)(?:\nDestination: user)?\n\n ?",
    ),
    # [unused9]助手： of openPangu
    Template("pangu", r"\[unused9\](?P<ROLE>系统|用户|助手|工具)："),
    # <用户>1+1?<AI> of MiniCPM
    Template("minicpm", r"<(?P<ROLE>用户|AI)>", is_unmistakable=False),
    # Each turn of Seed-Coder, Saiga and Youtu-VL begins like a text: <s>user, <|begin_of_text|>user.
    # GPT-SW3's is <s>, then Bot:
    Template(
        "begin",
        r"<(?:s|\|begin_of_text\|)>(?P<ROLE>(?:system|user|assistant|bot)(?=\n)|\n(?:User|Bot)(?=:)):?\n",
    ),
    # <|plamo:op|>assistant
    Template("plamo", rf"<\|plamo:op\|>(?P<ROLE>{_ROLE})\n?"),
    # <sep> assistant: of Reka
    Template("reka", r"<sep> (?P<ROLE>human|assistant|system): ?"),
    # <s><instruction>1+1?</instruction> of Velvet
    Template("velvet", r"(?:<s>(?=<i)|(?=</i))<(?P<ROLE>/?instruction)>", is_unmistakable=False),
    # <|prompt|>1+1?<|answer|> of H2O
    Template("h2o", r"<\|(?P<ROLE>prompt|answer)\|>", is_unmistakable=False),
    # <|im_user_start|> 1+1? <|im_user_end|> <|im_start|> of Crystal
    Template("crystal", r"<\|(?P<ROLE>im_user_start|im_start)\|> ", is_unmistakable=False),
    # [Round 1], then 问：1+1? and 答： of ChatGLM 2
    Template("glm2", r"(?:\[Round \d{1,3}\]\n{1,2}(?=问)|\n(?=答))(?P<ROLE>问|答)：", is_unmistakable=False),
    # reserved_0, 1+1?, reserved_1 of Index
    Template("index", r"(?P<ROLE>reserved_[01])", is_unmistakable=False),
    # BEGINNING OF CONVERSATION: USER: 1+1? GPT: of Koala
    Template("koala", r"(?P<ROLE>(?<=BEGINNING OF CONVERSATION: )USER|(?<=\s)GPT): ?", is_unmistakable=False),
    # [USER]1+1?[SEP][BOT]
    Template("skywork", r"\[(?P<ROLE>USER|BOT)\]", is_unmistakable=False),
    # <Assistant>: of AceGPT, <bot>: of RedPajama and Ziya
    Template("angle", r"<(?P<ROLE>User|Assistant|human|bot)>:[ \n]?", is_unmistakable=False),
    # ### Response: and StarCoder's, without the colon; Magicoder's @@ Response; ### 応答: of Japanese ones;
    # Phind's ### User Message
    Template(
        "alpaca",
        r"(?:(?<!#)### ?|(?<!@)@@ )(?P<ROLE>Instruction|Response|User|Human|Assistant|System|USER|RESPONSE"
        r"|User Message|System Prompt|指示|応答|指令|回答|질문|답변|Câu hỏi|Trả lời)(?:[:：][ \n]?|\n)",
        is_unmistakable=False,
    ),
    # Assistant: after User: or Human:, YandexGPT's Ассистент:[SEP], Falcon: at the beginning of a line
    Template(
        "plain",
        r"\b(?P<ROLE>User|Human|USER|Assistant|ASSISTANT|Пользователь|Ассистент|(?<=\n)Falcon):"
        r"(?:\[SEP\]|[ \n])?",
        is_unmistakable=False,
    ),
)
"""The more special ones first: of two that match at the same place the first counts."""

NAMES = tuple(template.name for template in TEMPLATES)

_ASSISTANT = ["assistant", "model", "ai", "bot", "chatbot", "response", "answer", "/inst", "extra_0"]
_ASSISTANT += ["reserved_103", "reserved_107", "c_a", "place▁holder▁no▁8", "助手", "応答", "回答", "답변"]
_ASSISTANT += [
    "moss",
    "trả lời",
    "ассистент",
    "/instruction",
    "im_start",
    "答",
    "reserved_1",
    "gpt",
    "falcon",
]
_USER = ["user", "human", "inst", "userprompt", "instruction", "question", "用户", "指示", "指令", "질문"]
_USER += [
    "reserved_102",
    "reserved_106",
    "c_q",
    "user message",
    "câu hỏi",
    "пользователь",
    "im_user_start",
    "问",
    "prompt",
    "reserved_0",
]
_SYSTEM = ["system", "developer", "system_prompt", "system prompt", "系统"]
_TOOL = ["tool", "tools", "observation", "ipython", "function", "tool_results", "tool_result", "工具"]
_ROLES = {
    name: role
    for role, names in (("assistant", _ASSISTANT), ("user", _USER), ("system", _SYSTEM), ("tool", _TOOL))
    for name in names
} | {"/tool_results": "assistant"}
ROLES = frozenset(_ROLES.values())
"""The roles that have names in several templates: assistant, user, system, tool."""


def role_of(opening: re.Match[str]) -> str:
    """Return the role that an opening names: assistant, user, system, tool, or the template's own word."""
    name = opening[opening.lastgroup or ""].strip().lower()
    return _ROLES.get(name, _ROLES.get(name.split(" ")[-1], name))


def openings(*templates: Template) -> re.Pattern[str]:
    """Return a pattern for the turn openings of these templates; its last group has the template's name."""
    return re.compile("|".join(template.opening.replace("ROLE", template.name) for template in templates))


UNMISTAKABLE = tuple(template for template in TEMPLATES if template.is_unmistakable)
OPENING = openings(*UNMISTAKABLE)
"""The opening of a turn in any template that ordinary text does not look like."""

END_TOKENS = (
    "<|im_end|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|end_of_text|>",
    "<|finetune_right_pad_id|>",
    "<|end|>",
    "<|eot|>",
    "<|eom|>",
    "<|EOT|>",
    "<|return|>",
    "<|call|>",
    "<|eos|>",
    "<|END_OF_TURN_TOKEN|>",
    "<|END_RESPONSE|>",
    "<|role_end|>",
    "<|endofassistant|>",
    "<|endofresponse|>",
    "<|assistant_end|>",
    "<|end_of_sentence|>",
    "<|separator|>",
    "<|endofturn|>",
    "<|turn_end|>",
    "[UNUSED_TOKEN_145]",
    "|||IP_ADDRESS|||",
    "|ENDOFTEXT|",
    "<|end_of_msg|>",
    "<|message_sep|>",
    "[unused10]",
    "<|close|>message<|sep|>",
    "<|close|>response<|sep|>",
    "<｜end▁of▁sentence｜>",
    "<｜▁pad▁｜>",
    "<｜hy_eos｜>",
    "<｜hy_eos:opensource｜>",
    "<｜hy_place▁holder▁no▁2｜>",
    "<end_of_turn>",
    "<turn|>",
    "<end_of_sentence>",
    "<end_of_utterance>",
    "<seed:eos>",
    "<seed:pad>",
    "<SPECIAL_12>",
    "<|pad|>",
    "<_end>",
    "<eos>",
    "<eoa>",
    "<eod>",
    "<pad>",
    "[e~[",
    "[|endofturn|]",
    "[PAD]",
    "</s>",
    "</longcat_s>",
    "[END FINAL RESPONSE]",
)
"""The tokens that end a turn or pad it, wherever they are."""
BEGIN_TOKENS = (
    "<s>",
    "<bos>",
    "<|begin_of_text|>",
    "<|begin_of_sentence|>",
    "<|startoftext|>",
    "<｜begin▁of▁sentence｜>",
    "<｜hy_begin▁of▁sentence｜>",
    "<BOS_TOKEN>",
    "<begin_of_document>",
    "]~!b[",
    "[gMASK]",
    "<sop>",
)
"""The tokens that may precede a prompt."""
END = re.compile("|".join(map(re.escape, END_TOKENS)))
"""A token that ends a turn: `<|im_end|>`."""
TOKENS = re.compile("|".join(map(re.escape, (*BEGIN_TOKENS, *END_TOKENS, "[/SYSTEM_PROMPT]"))))
"""A token of any template: `<|im_start|>`, `[INST]`."""
