"""A response earns the same in every family's template, however much of the conversation is sent."""

from __future__ import annotations

import re

import pytest

from rule_rm import Settings
from rule_rm.messages.chat_templates import split_query, strip_markers
from rule_rm.messages.ends import last_token
from rule_rm.messages.templates import NAMES, TEMPLATES, UNMISTAKABLE
from rule_rm.settings import AUTO, CHAT_TEMPLATES
from rule_rm.web import create_app

from ..together import together

BRIEF, ASKED = "Be brief.", "What is 2 + 2?"


def of(template, end, opening="", system=BRIEF):
    """Return a prompt in a template and its end token; the opening may be padding."""
    return opening + template.replace("{s}", system).replace("{u}", ASKED), end


CHATML = "<|im_start|>system\n{s}<|im_end|>\n<|im_start|>user\n{u}<|im_end|>\n<|im_start|>assistant\n"
HEADERS = "<|{h}|>{r}<|{e}|>\n\n"
PHI = "<|system|>\n{s}<|end|>\n<|user|>\n{u}<|end|>\n<|assistant|>\n"
GLM = "[gMASK]<sop><|system|>\n{s}<|user|>\n{u}<|assistant|>\n"
KIMI = "<|im_system|>system<|im_middle|>{s}<|im_end|><|im_user|>user<|im_middle|>{u}<|im_end|>"
COHERE = (
    "<BOS_TOKEN><|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|>{s}<|END_OF_TURN_TOKEN|>"
    "<|START_OF_TURN_TOKEN|><|USER_TOKEN|>{u}<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>"
)
ROLES = "<|start_of_role|>system<|end_of_role|>{s}<|end_of_text|>\n<|start_of_role|>user<|end_of_role|>{u}"
FORMS = {
    "Qwen": of(CHATML, "<|im_end|>"),
    "Qwen3 with opened thinking": of(CHATML + "<think>\n", "<|im_end|>\n"),
    "Phi-4": of(
        "<|im_start|>system<|im_sep|>{s}<|im_end|><|im_start|>user<|im_sep|>{u}<|im_end|>"
        "<|im_start|>assistant<|im_sep|>",
        "<|im_end|>",
    ),
    "Phi-3": of(PHI, "<|end|>"),
    "Phi-4-mini": of("<|system|>{s}<|end|><|user|>{u}<|end|><|assistant|>", "<|end|><|endoftext|>"),
    "Llama 2": of("<s>[INST] <<SYS>>\n{s}\n<</SYS>>\n\n{u} [/INST] ", "</s>"),
    "Llama 3": of(
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\n{s}<|eot_id|>"
        "<|start_header_id|>user<|end_header_id|>\n\n{u}<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
        "<|eot_id|>",
    ),
    "Llama 4": of(
        "<|begin_of_text|><|header_start|>system<|header_end|>\n\n{s}<|eot|>"
        "<|header_start|>user<|header_end|>\n\n{u}<|eot|>"
        "<|header_start|>assistant<|header_end|>\n\n",
        "<|eom|>",
    ),
    "Mistral": of("<s>[INST] {s}\n\n{u}[/INST] ", "</s>"),
    "Magistral": of("<s>[SYSTEM_PROMPT]{s}[/SYSTEM_PROMPT][INST]{u}[/INST]", "</s>"),
    "DeepSeek V3": of("<｜begin▁of▁sentence｜>{s}<｜User｜>{u}<｜Assistant｜>", "<｜end▁of▁sentence｜>"),
    "DeepSeek R1": of(
        "<｜begin▁of▁sentence｜>{s}<｜User｜>{u}<｜Assistant｜><think>\n", "<｜end▁of▁sentence｜>"
    ),
    "DeepSeek V2": of("<｜begin▁of▁sentence｜>{s}\n\nUser: {u}\n\nAssistant: ", "<｜end▁of▁sentence｜>"),
    "DeepSeek Coder": of("{s}\n### Instruction:\n{u}\n### Response:\n", "\n<|EOT|>"),
    "Gemma 2": of("<bos><start_of_turn>user\n{u}<end_of_turn>\n<start_of_turn>model\n", "<end_of_turn>"),
    "Gemma 4": of("<bos><|turn>system\n{s}<turn|>\n<|turn>user\n{u}<turn|>\n<|turn>model\n", "<turn|>"),
    "GLM-4": of(GLM, "<|user|>"),
    "GLM-5 before a tool": of(GLM, "<|observation|>"),
    "ChatGLM": of("[gMASK]<sop><|user|>\n{u}<|assistant|>", "<|user|>"),
    "gpt-oss": of(
        "<|start|>system<|message|>{s}<|end|><|start|>user<|message|>{u}<|end|><|start|>assistant"
        "<|channel|>final<|message|>",
        "<|return|>",
    ),
    "Kimi": of(KIMI + "<|im_assistant|>assistant<|im_middle|>", "<|im_end|>"),
    "Cohere": of(COHERE, "<|END_OF_TURN_TOKEN|>"),
    "MiniMax-M2": of("]~!b[]~b]system\n{s}[e~[\n]~b]user\n{u}[e~[\n]~b]ai\n", "[e~["),
    "MiniMax-M1": of(
        "<beginning_of_sentence>system ai_setting=assistant\n{s}<end_of_sentence>\n"
        "<beginning_of_sentence>user name=user\n{u}<end_of_sentence>\n"
        "<beginning_of_sentence>ai name=assistant\n",
        "<end_of_sentence>",
    ),
    "Ling 1": of("<role>SYSTEM</role>{s}<role>HUMAN</role>{u}<role>ASSISTANT</role>", "<|endoftext|>"),
    "Ling 2": of(
        "<role>SYSTEM</role>{s}<|role_end|><role>HUMAN</role>{u}<|role_end|><role>ASSISTANT</role>",
        "<|role_end|>",
    ),
    "Hunyuan": of(
        "<｜hy_begin▁of▁sentence｜>{s}<｜hy_place▁holder▁no▁3｜><｜hy_User｜>{u}<｜hy_Assistant｜>",
        "<｜hy_place▁holder▁no▁2｜>",
    ),
    "Hunyuan 3": of(
        "<｜hy_begin_of_sentence:opensource｜>{s}<｜hy_User:opensource｜>{u}<｜hy_Assistant:opensource｜>",
        "<｜hy_eos:opensource｜>",
    ),
    "Hunyuan Large": of("<|startoftext|>{s}<|extra_4|>{u}<|extra_0|>", "<|eos|>"),
    "EXAONE": of("[|system|]{s}[|endofturn|]\n[|user|]{u}\n[|assistant|]", "[|endofturn|]"),
    "Seed-OSS": of(
        "<seed:bos>system\n{s}<seed:eos><seed:bos>user\n{u}<seed:eos><seed:bos>assistant\n", "<seed:eos>"
    ),
    "Granite": of(ROLES + "<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>", "<|end_of_text|>"),
    "Nemotron Nano": of(
        "<SPECIAL_10>System\n{s}\n<SPECIAL_11>User\n{u}\n<SPECIAL_11>Assistant\n", "<SPECIAL_12>"
    ),
    "Nemotron 4": of(
        "<extra_id_0>System\n{s}\n<extra_id_1>User\n{u}\n<extra_id_1>Assistant\n", "\n<extra_id_1>"
    ),
    "OLMo": of("<|endoftext|><|system|>\n{s}\n<|user|>\n{u}\n<|assistant|>\n", "<|endoftext|>"),
    "Zephyr": of("<|system|>\n{s}</s>\n<|user|>\n{u}</s>\n<|assistant|>\n", "</s>"),
    "Step": of("<|BOT|>system\n{s}<|EOT|><|BOT|>user\n{u}<|EOT|><|BOT|>assistant\n", "<|EOT|>"),
    "Apertus": of(
        "<s><|system_start|>{s}<|system_end|><|user_start|>{u}<|user_end|><|assistant_start|>",
        "<|assistant_end|>",
    ),
    "ERNIE": of("<|begin_of_sentence|>{s}\nUser: {u}\nAssistant: ", "<|end_of_sentence|>"),
    "dots": of("<|userprompt|>{u}<|endofuserprompt|><|response|>", "<|endofresponse|>"),
    "Youtu": of("<|begin_of_text|>{s}<|User|>{u}<|Assistant|>", "<|end_of_text|>"),
    "TeleChat": of("<_system>{s}<_user>{u}<_bot>", "<_end>"),
    "SmolVLM": of(
        "<|im_start|>System: {s}<end_of_utterance>\nUser: {u}<end_of_utterance>\nAssistant: ",
        "<end_of_utterance>\n",
    ),
    "Kimi K3": of(
        '<|open|>message role="system"<|sep|>{s}<|close|>message<|sep|><|end_of_msg|>'
        '<|open|>message role="user"<|sep|>{u}<|close|>message<|sep|><|end_of_msg|>'
        '<|open|>message role="assistant"<|sep|>'
        "<|open|>response<|sep|>",
        "<|close|>response<|sep|><|close|>message<|sep|><|end_of_msg|>",
    ),
    "Muse": of(
        "<|start|>system<|message|>{s}<|eot|><|start|>user<|message|>{u}<|eot|><|start|>assistant to=user"
        "<|message|>",
        "<|eot|>",
    ),
    "Apriel": of(
        "<s><|begin_system|>\n{s}\n<|begin_user|>\n{u}\n<|begin_assistant|>\nHere are my reasoning steps:\n",
        "\n<|end|>",
    ),
    "HyperCLOVA": of(CHATML, "<|im_end|><|endofturn|>"),
    "Metharme": of("<|system|>{s}<|user|>{u}<|model|>", "</s>"),
    "Baichuan": of("{s}<reserved_106>{u}<reserved_107>", "</s>"),
    "MiniCPM": of("<s>{s}<用户>{u}<AI>", "</s>"),
    "Seed-Coder": of("<s>system\n{s}</s><s>user\n{u}</s><s>assistant\n", "</s>"),
    "Sailor": of(
        "<|im_start|>system\n{s}<|im_end|>\n<|im_start|>question\n{u}<|im_end|>\n<|im_start|>answer\n",
        "<|im_end|>",
    ),
    "Hunyuan small": of(
        "<｜hy_begin▁of▁sentence｜>{s}<｜hy_place▁holder▁no▁3｜><｜hy_User｜>{u}<｜hy_place▁holder▁no▁8｜>",
        "<｜hy_place▁holder▁no▁2｜>",
    ),
    "Alpaca in one line": of("{s} ### Instruction: {u} ### Response:\n", "</s>"),
    "Command A": of(COHERE + "<|START_RESPONSE|>", "<|END_RESPONSE|><|END_OF_TURN_TOKEN|>"),
    "Qwen3 without thinking": of(CHATML + "<think>\n\n</think>\n\n", "<|im_end|>"),
    "Gemma 4 without thinking": of(
        "<bos><|turn>user\n{u}<turn|>\n<|turn>model\n<|channel>thought\n<channel|>", "<turn|>"
    ),
    "DeepSeek V3.1": of(
        "<｜begin▁of▁sentence｜>{s}<｜User｜>{u}<｜Assistant｜></think>", "<｜end▁of▁sentence｜>"
    ),
    "Hunyuan 3 without thinking": of(
        "<｜hy_User:opensource｜>{u}<｜hy_Assistant:opensource｜><think:opensource></think:opensource>",
        "<｜hy_eos:opensource｜>",
    ),
    "Baichuan M1": of("<C_Q>{u}<C_A>", "</s>"),
    "Megrez": of(
        "<|role_start|>user<|role_end|>{u}<|turn_end|><|role_start|>assistant<|role_end|>", "<|turn_end|>"
    ),
    "OpenBuddy": of("<|role|>user<|says|>{u}<|end|>\n<|role|>assistant<|says|>", "<|end|>"),
    "XComposer": of(
        "<s>[UNUSED_TOKEN_146]user\n{u}[UNUSED_TOKEN_145]\n[UNUSED_TOKEN_146]assistant\n",
        "[UNUSED_TOKEN_145]",
    ),
    "Janus": of("<|User|>: {u}\n\n<|Assistant|>: ", "<｜end▁of▁sentence｜>"),
    "Skywork": of("<s>[USER]{u}[SEP][BOT]", "[SEP]</s>"),
    "Vicuna": of("{s} USER: {u} ASSISTANT: ", "</s>"),
    "GigaChat 3": of(
        "<s>developer system<|role_sep|>\n{s}<|message_sep|>\n\nuser<|role_sep|>\n{u}<|message_sep|>\n\n"
        "assistant<|role_sep|>\n",
        "<|message_sep|>\n\n",
    ),
    "GigaChat 2": of(
        "<s>system<|role_sep|>{s}<|message_sep|>user<|role_sep|>{u}<|message_sep|>"
        "available functions<|role_sep|>[]<|message_sep|>assistant<|role_sep|>",
        "<|message_sep|>",
    ),
    "openPangu": of(
        "<s>[unused9]系统：{s}[unused10][unused9]用户：{u}[unused10][unused9]助手：", "[unused10]"
    ),
    "StarCoder 2": of("<|endoftext|>{s}\n\n### Instruction\n{u}\n\n### Response\n", "<|endoftext|>"),
    "Magicoder": of("{s}\n\n@@ Instruction\n{u}\n\n@@ Response\n", "</s>"),
    "LLM-jp": of("<s>{s}\n\n### 指示:\n{u}\n\n### 応答:\n", "</s>"),
    "Alpaca in Chinese": of("{s}\n\n### 指令：\n{u}\n\n### 回答：\n", "</s>"),
    "Alpaca in Korean": of("### 질문: {u}\n\n### 답변: ", "\n\n### 질문:"),
    "Dolly": of("{s}\n\n### Instruction:\n{u}\n\n### Response:\n", "\n\n### End"),
    "Yi-VL": of("{s}### Human: {u}\n### Assistant:", "\n###"),
    "StableLM": of("<|SYSTEM|>{s}<|USER|>{u}<|ASSISTANT|>", "<|endoftext|>"),
    "PLaMo": of(
        "<|plamo:bos|><|plamo:op|>system\n{s}<|plamo:op|>user\n{u}<|plamo:op|>assistant\n", "<|plamo:op|>"
    ),
    "MOSS": of("{s}\n<|Human|>: {u}<eoh>\n<|MOSS|>: ", "<eom>"),
    "GPT-SW3": of("<|endoftext|><s>\nUser:\n{u}\n<s>\nBot:\n", "<s>"),
    "SeaLLM": of("<|turn|>system\n{s}<eos>\n<|turn|>user\n{u}<eos>\n<|turn|>assistant\n", "<eos>"),
    "Reka": of("human: {u} <sep> assistant: ", " <sep>"),
    "Phind": of("### System Prompt\n{s}\n\n### User Message\n{u}\n\n### Assistant\n", "</s>"),
    "SEA-LION": of("### USER:\n{u}\n\n### RESPONSE:\n", "<|endoftext|>"),
    "PhoGPT": of("### Câu hỏi: {u}\n### Trả lời: ", "</s>"),
    "AceGPT": of("<s><User>: {u} <Assistant>: ", "</s>"),
    "RedPajama": of("<human>: {u}\n<bot>: ", "<|endoftext|>"),
    "YandexGPT": of(" Пользователь: {u}\n\n Ассистент:[SEP]", "</s>"),
    "Velvet": of("<s><instruction>{u}</instruction>", "</s>"),
    "Crystal": of(
        "<s> <|sys_start|> {s} <|sys_end|> <|im_user_start|> {u} <|im_user_end|> <|im_start|> ", "<|im_end|>"
    ),
    "H2O": of("<|prompt|>{u}</s><|answer|>", "</s>"),
    "Jais": of("### Instruction: {s}\n\n### Input: [|Human|] {u}\n[|AI|]\n### Response :", "<|endoftext|>"),
    "ChatGLM 2": of("[gMASK]sop[Round 1]\n\n问：{u}\n\n答：", "\n\n"),
    "Index": of("<unk>{s}reserved_0{u}reserved_1", "</s>"),
    "Koala": of("BEGINNING OF CONVERSATION: USER: {u} GPT: ", "</s>"),
    "Falcon 7B": of("User: {u}\nFalcon: ", "\n"),
    "Code Llama": of(
        "<s>Source: system\n\n {s} <step> Source: user\n\n {u} <step> Source: assistant\n"
        "Destination: user\n\n ",
        "<step>",
    ),
    "OpenChat": of("<s>GPT4 Correct User: {u}<|end_of_turn|>GPT4 Correct Assistant: ", "<|end_of_turn|>"),
    "Jamba": of(
        "<|startoftext|><|bom|><|system|> {s}<|eom|><|bom|><|user|> {u}<|eom|><|bom|><|assistant|>", "<|eom|>"
    ),
    "A.X 4": of(
        "<|im_start|><|system|>{s}<|im_end|><|im_start|><|user|>{u}<|im_end|><|im_start|><|assistant|>",
        "<|im_end|>",
    ),
    "Grok": of("System: {s}<|separator|>\n\nHuman: {u}<|separator|>\n\nAssistant: ", "<|separator|>"),
}
UNSPLIT = "a text has no marker of a known chat template"
RIGHT, WRONG = ("<think>2 and 2</think><answer>4</answer>", "<think>2 and 2</think><answer>5</answer>")


def requests_for(prompt, response, end):
    """Return the four forms: the whole text, with the prompt, padded at the left, messages."""
    padding = "<|endoftext|>" * 3
    messages = [{"role": "system", "content": BRIEF}, {"role": "user", "content": ASKED}]
    whole = prompt + response + end
    return {
        "query only": {"query": [whole], "labels": ["4"]},
        "query and prompt": {"query": [whole], "prompts": [prompt], "labels": ["4"]},
        "left padded": {"query": [padding + whole], "prompts": [prompt], "labels": ["4"]},
        "messages": {
            "prompts": [ASKED],
            "responses": [[{"role": "assistant", "content": response + end}]],
            "messages": [messages],
            "golden_responses": ["4"],
        },
    }


@together("name", FORMS)
@together("reward_type", ["math_verifier", "exact_match"])
def test_every_form_of_a_template_earns_the_same(client, name, reward_type):
    prompt, end = FORMS[name]
    is_opened = prompt.rstrip().endswith("<think>")
    for response, full in ((RIGHT, True), (WRONG, False)):
        sent = response.removeprefix("<think>") if is_opened else response
        rewards = {
            form: client.post(f"/get_reward/{reward_type}", json=payload).json["rewards"][0]
            for form, payload in requests_for(prompt, sent, end).items()
            if not (is_opened and form == "messages")
        }
        best = 1.5 if reward_type == "math_verifier" else 1.0
        assert set(rewards.values()) == {best if full else best - 1.0}, rewards


@together("name", FORMS)
def test_every_template_is_split_byte_for_byte(name):
    prompt, end = FORMS[name]
    before = prompt
    for prefilled in ("<think>\n", "<|channel|>final<|message|>", " to=user<|message|>"):
        before = before.removesuffix(prefilled)
    assert split_query(prompt + "4, or 5 " + end.strip(), None)[1] == prompt.removeprefix(before) + "4, or 5 "
    assert split_query(prompt + "4, or 5 " + end.strip(), prompt) == (prompt, "4, or 5 ")


@together("name", FORMS)
def test_a_policy_cannot_begin_its_response_anew_with_a_marker_of_any_template(name):
    marker, _ = FORMS[name]
    prompt, end = FORMS["Qwen"]
    response = f"a bad beginning {marker}{RIGHT}"
    assert split_query(prompt + response + end, None)[1] == response
    assert split_query(prompt + response + end, prompt)[1] == response


CHANNELS = (
    "<|channel|>analysis<|message|>{t}<|end|><|start|>assistant<|channel|>final<|message|>{a}<|return|>"
)
THOUGHTS = {
    "Qwen3": ("Qwen", "<think>\n{t}\n</think>\n\n{a}<|im_end|>"),
    "Qwen3 with opened thinking": ("Qwen3 with opened thinking", "{t}\n</think>\n\n{a}<|im_end|>"),
    "gpt-oss": ("harmony", CHANNELS),
    "Muse": ("harmony", " to=self<|message|>{t}<|eom|><|start|>assistant to=user<|message|>{a}<|eot|>"),
    "Kimi K3": ("Kimi K3 that thinks", "{t}<|close|>think<|sep|><|open|>response<|sep|>{a}<|end_of_msg|>"),
    "Apriel": ("Apriel", "{t}\n[BEGIN FINAL RESPONSE]\n{a}\n[END FINAL RESPONSE]\n<|end|>"),
    "HyperCLOVA": (
        "HyperCLOVA open",
        "/think\n{t}<|im_end|>\n<|im_start|>assistant\n{a}<|im_end|><|endofturn|>",
    ),
    "Magistral": ("Magistral", "[THINK]{t}[/THINK]{a}</s>"),
    "Command A": ("Cohere", "<|START_THINKING|>{t}<|END_THINKING|><|START_RESPONSE|>{a}<|END_RESPONSE|>"),
    "Gemma 4": ("Gemma 4", "<|channel>thought\n{t}<channel|>{a}<turn|>"),
    "Seed-OSS": ("Seed-OSS", "<seed:think>{t}</seed:think>{a}<seed:eos>"),
    "Hunyuan 3": ("Hunyuan 3", "<think:opensource>{t}</think:opensource>{a}<｜hy_eos:opensource｜>"),
    "MiniMax-M3": ("MiniMax-M2", "<mm:think>{t}</mm:think>{a}[e~["),
    "openPangu": ("openPangu", "[unused16]{t}[unused17]{a}[unused10]"),
    "openPangu without thinking": ("openPangu", "[unused16][unused17]{a}[unused10]"),
    "LongCat": ("Vicuna opened", "{t}\n</longcat_think>\n{a}</longcat_s>"),
    "Kimi-VL": ("Kimi", "◁think▷{t}◁/think▷{a}<|im_end|>"),
}
PROMPTS = {name: prompt for name, (prompt, _) in FORMS.items()} | {
    "harmony": "<|start|>user<|message|>What is 2 + 2?<|end|><|start|>assistant",
    "Kimi K3 that thinks": FORMS["Kimi K3"][0].replace("response", "think"),
    "HyperCLOVA open": FORMS["Qwen"][0].rstrip(),
    "Vicuna opened": "SYSTEM:Be brief. [Round 0] USER:What is 2 + 2? ASSISTANT:<longcat_think>\n",
}


@together("name", THOUGHTS)
def test_the_answer_of_every_family_counts_and_its_thinking_does_not(client, name):
    form, written = THOUGHTS[name]
    prompt = PROMPTS[form]
    for thought, said, reward in ((5, 4, 1.0), (4, 5, 0.0)):
        response = written.replace("{t}", rf"Is it \boxed{{{thought}}}?").replace(
            "{a}", rf"It is \boxed{{{said}}}."
        )
        requests = [
            {"query": [prompt + response], "labels": ["4"]},
            {"query": [prompt + response], "prompts": [prompt], "labels": ["4"]},
            {"query": ["<|endoftext|>" + prompt + response], "labels": ["4"]},
            {"prompts": [prompt], "responses": [response], "golden_responses": ["4"]},
        ]
        rewards = [client.post("/get_reward/math_equal", json=one).json["rewards"][0] for one in requests]
        assert rewards == [reward] * 4


def test_thinking_that_is_a_turn_of_its_own_and_never_ends_holds_no_answer(client):
    for said in (r"/think\n\boxed{4}", r" to=self<|message|>\boxed{4}<|eom|>"):
        request = {"prompts": [""], "responses": [said.replace(r"\n", "\n")], "golden_responses": ["4"]}
        assert client.post("/get_reward/math_equal", json=request).json["rewards"] == [0.0]


@pytest.mark.parametrize(
    "token",
    [
        "<s>",
        "<unk>",
        "[EOS]",
        "<start_of_turn>",
        "<seed:bos>",
        "<|tool_response>",
        "<|return|>",
        "<|stop_here|>",
        "<|end_of_thing|>",
        "<｜新しい｜>",
        "[|fin|]",
        "<SPECIAL_99>",
        "<x:eos>",
        "<EOS>",
        "<eom>",
        "<end>",
        "<end_of_message>",
        "<endoftext>",
        "<end_turn>",
        "[EOT]",
        "<|im_end|>\n<|im_start|>user",
        "<turn|>\n<|turn>user",
        "[e~[\n]~b]user",
        "<_user>",
        "<|message_sep|>\n\nuser<|role_sep|>",
    ],
)
def test_whatever_looks_like_a_token_ends_the_turn_at_the_very_end(token):
    assert strip_markers(f"4{token}\n") == "4"
    assert strip_markers(f"4{token}5") == f"4{token}5"


@pytest.mark.parametrize("stop", ["### End", "###", "Human:", "USER:", "### Instruction:", "@@ Instruction"])
def test_the_next_turn_of_a_template_without_tokens_ends_this_one_at_the_very_end(stop):
    assert strip_markers(f"4\n\n{stop}").strip() == "4"
    assert strip_markers(f"4\n\n{stop} 5") == f"4\n\n{stop} 5"
    assert strip_markers(f"<answer>4</answer>{stop}") == "<answer>4</answer>"


@pytest.mark.parametrize(
    "response",
    [
        "|a| < |b|",
        "<psi|psi>",
        "is it <|x|>",
        "x<s",
        "<S>",
        "[x]",
        "<b>bold</b>",
        "<|tool_call_begin|>f<|tool_call_end|>",
        "<|tool_call|>f<|/tool_call|>",
        "<|START_ACTION|>[]<|END_ACTION|>",
        "<answer>4</answer>",
        "<end_date>2024-01-02</end_date>",
        "<start>4<end>",
        "<b>4</b> <end-user>",
        "<role>HUMAN</role> is the template's word",
        "### 4",
        "4###",
        "## Answer\n### The end",
        "the role is Superhuman:",
        "<response>4</response>",
    ],
)
def test_what_is_part_of_the_text_stays_at_its_end(response):
    assert strip_markers(response) == response
    assert last_token("", 0) is None


def test_a_token_of_ones_own_model_ends_the_turn(engine):
    def reward(**given):
        client = create_app(Settings(workers=1, **given), engine).test_client()
        payload = {"prompts": ["?"], "responses": [RIGHT + "~fin~ and more"], "golden_responses": ["4"]}
        return client.post("/get_reward", json=payload).json["rewards"]

    assert reward() == [0.0]
    assert reward(end_token=("~fin~",)) == [1.5]


@pytest.mark.parametrize(
    ("before", "marker"),
    [
        ("Instruct: {u}\n", "Output:"),
        ("Q: {u}\n", "A:"),
        ("{u}", "<sep>"),
        ("human: {u}\n\n", "adept:"),
        ("{u}\n", "<judge>\n"),
    ],
)
def test_the_text_before_the_response_may_be_given_in_place_of_a_template(engine, before, marker):
    client = create_app(Settings(workers=1, chat_template=marker), engine).test_client()
    prompt = before.replace("{u}", ASKED) + marker
    for response, reward in (("4", 1.0), ("5", 0.0), (f"5 {marker} 4", 0.0)):
        query = f"<s>{prompt} {response}</s>"
        forms = {"query": [query]}, {"query": [query], "prompts": [prompt]}
        said = [client.post("/get_reward/exact_match", json={**form, "labels": ["4"]}) for form in forms]
        assert [one.json["rewards"] for one in said] == [[reward]] * 2


def test_a_padded_text_of_no_known_template_is_read_whole():
    assert split_query("<pad><pad><s>Sum: 2 + 2 = 4</s>", None)[1] == "Sum: 2 + 2 = 4"
    assert split_query("<pad>Sum: 2 + 2 = 4</s>", "Sum: 2 + 2 = ") == ("Sum: 2 + 2 = ", "4")


@pytest.mark.parametrize(
    ("request_of", "is_told"),
    [
        ({"query": ["Bob: 2+2? Alice: 4"], "labels": ["4"]}, True),
        ({"query": ["<pad><s>Bob: 2+2? Alice: 4</s>"], "labels": ["4"], "prompts": [""]}, True),
        ({"query": ["2+2? 4"], "labels": ["4"], "prompts": ["another question"]}, True),
        ({"model": "m", "messages": ["Bob: 2+2? Alice: 4"]}, True),
        ({"ground_truth": "4", "solution_str": "Bob: 2+2? Alice: 4"}, True),
        ({"query": ["2+2? 4"], "labels": ["4"], "prompts": ["2+2?"]}, False),
        ({"query": ["4 4"], "labels": ["4"], "prompts": ["4 "]}, False),
        ({"query": ["<|user|>2+2?<|assistant|>4"], "labels": ["4"]}, False),
        ({"query": ["User: 2+2? Assistant: 4"], "labels": ["4"]}, False),
        ({"query": ["2+2? "], "labels": ["4"], "prompts": ["2+2? "]}, False),
        ({"prompts": ["2+2?"], "responses": ["4"]}, False),
        ({"ground_truth": "4", "response_str": "4", "solution_str": "2+2? 4"}, False),
    ],
)
def test_a_text_that_is_not_split_is_told_in_the_log_once(engine, caplog, request_of, is_told):
    client = create_app(Settings(workers=1), engine).test_client()
    for _ in range(2):
        client.post("/get_reward", json=request_of)
    assert sum(UNSPLIT in record.message for record in caplog.records) == is_told


def test_an_answer_in_response_tags_behind_its_thinking_is_what_they_hold(client):
    for said, reward in (
        ("<think>5</think>\n<response>\n4\n</response>", 1.0),
        ("<response>4</response>", 0.0),
    ):
        request = {"prompts": [""], "responses": [said], "golden_responses": ["4"]}
        assert client.post("/get_reward/exact_match", json=request).json["rewards"] == [reward]


def test_every_template_can_be_named():
    assert (AUTO, *NAMES) == CHAT_TEMPLATES
    assert len({template.name for template in TEMPLATES}) == len(TEMPLATES)


@pytest.mark.parametrize("template", UNMISTAKABLE, ids=lambda template: template.name)
def test_an_unmistakable_opening_begins_with_a_literal_so_that_the_search_skips_plain_text(template):
    assert re.match(r"<|\\[\[\]]", template.opening)
