"""The chat templates that trainers ship: a response earns the same in each form of the request."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path

import pytest

transformers = pytest.importorskip("transformers", reason="transformers is not installed; make test-trainers")

ASKED = "What is 2 + 2?"
THOUGHT, SAID = r"Is it \boxed{5}?", r"It is \boxed{4}."
RESPONSE = f"<think>{THOUGHT}</think>{SAID}"
NO_MARKER = {
    *("bert", "bge_reranker", "chatglm2", "cogagent_vqa", "cogvlm", "deepseek_ocr", "dummy", "florence"),
    *("glm_edge_v", "hunyuan_ocr", "mengzi", "numina", "paligemma", "qwen3_emb", "wemm_embedding"),
    *("yuan", "ziya"),
}
"""Templates of ms-swift that mark no assistant, or with words: only the prompt says where it ends."""
NO_MARKER_ELSEWHERE = {
    *("empty", "fewshot", "paligemma", "yuan"),
    *("raw", "codegeex", "rwkv", "polyglot_changgpt", "cutegpt", "aquila-v1", "yuan2", "xdan-v1"),
}
"""The same of LLaMA-Factory, then of FastChat: `Bob:`, `A:`, `答：`, `<sep>`, or nothing at all."""
SHOWS_MARKERS = {"baize", "internlm-chat", "openbuddy", "metamath"}
"""Templates of FastChat that write a marker before the last one, or begin the response themselves."""


def swapped(text):
    """Return the response with the thought's value as the answer, which is wrong, and the other way round."""
    return text.replace("{4}", "{0}").replace("{5}", "{4}").replace("{0}", "{5}")


def assert_scores(server, cases):
    """Assert that each response earns the same in all forms: 1 if it is right, 0 if it is wrong."""
    from rule_rm import RemoteRewardModel

    forms = {
        "query": lambda prompt, said: {"query": prompt + said},
        "query and prompt": lambda prompt, said: {"query": prompt + said, "prompts": prompt},
        "left padded": lambda prompt, said: {"query": "<|endoftext|>" * 3 + prompt + said, "prompts": prompt},
        "response": lambda prompt, said: {"prompts": prompt, "responses": said},
    }
    model = RemoteRewardModel(f"{server.url}/get_reward/math_equal")
    found = {}
    for form, columns in forms.items():
        rows = [columns(*case) for case in cases.values()]
        payload = {key: [row[key] for row in rows] for key in rows[0]}
        key = "golden_responses" if "responses" in payload else "labels"
        payload[key] = ["4"] * len(rows)
        for name, reward in zip(cases, model.ask(payload)["rewards"], strict=True):
            found.setdefault(name, {})[form] = reward
    wanted = {name: dict.fromkeys(forms, 0.0 if name[-1] == "wrong" else 1.0) for name in cases}
    assert {name: one for name, one in found.items() if one != wanted[name]} == {}


def with_wrong_ones(cases):
    """Return the cases by name and kind, each also with the wrong answer."""
    return {
        (name, kind): (prompt, said if kind == "right" else swapped(said))
        for name, (prompt, said) in cases.items()
        for kind in ("right", "wrong")
    }


def files():
    trl = pytest.importorskip("trl", reason="trl is not installed")
    found = sorted(Path(trl.__file__).with_name("chat_templates").glob("*.jinja"))
    if not found:
        pytest.skip(f"TRL {trl.__version__} ships no templates")
    return found


def common(one, other):
    """Return the number of characters that two texts have in common at the beginning."""
    pairs = zip(one, other, strict=False)
    return next(
        (place for place, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other))
    )


def rendered(tokenizer, template, thought_key):
    """Return the prompt and the model's part of a conversation in a template; None if it fails."""
    asked = [{"role": "user", "content": ASKED}]
    answer = {"role": "assistant", "content": SAID, thought_key: THOUGHT}
    if thought_key == "content":
        answer["content"] = RESPONSE
    for parts in (False, True):
        messages = [*asked, answer]
        if parts:
            messages = [{**one, "content": [{"type": "text", "text": one["content"]}]} for one in messages]
        try:
            write = {"chat_template": template, "tokenize": False}
            prompt = tokenizer.apply_chat_template(messages[:1], add_generation_prompt=True, **write)
            whole = tokenizer.apply_chat_template(messages, **write)
        except Exception:
            continue
        # Some templates write the opening of the thinking before the response, or leave it to the response.
        shared = whole[: common(prompt, whole)]
        if THOUGHT in whole and ASKED in shared and not prompt[len(shared) :].strip():
            return shared, whole[len(shared) :]
    return None


def test_the_templates_that_trl_ships(math_server, tiny_model):
    tokenizer = transformers.AutoTokenizer.from_pretrained(tiny_model)
    cases = {}
    for path in files():
        template = path.read_text()
        for key in ("reasoning_content", "thinking", "content"):
            written = rendered(tokenizer, template, key)
            if written is not None:
                cases[path.stem] = written
                break
    assert len(cases) > 40
    assert_scores(math_server, with_wrong_ones(cases))


def text_of(parts):
    """Return the text of ms-swift's prompt parts; a token id by its name stays out."""
    return "".join(part for part in parts or [] if isinstance(part, str))


def test_the_templates_that_ms_swift_ships(math_server):
    templates = pytest.importorskip("swift.template", reason="ms-swift is not installed").TEMPLATE_MAPPING
    cases = {}
    for name, meta in templates.items():
        if name in NO_MARKER:
            continue
        prompt = text_of(meta.prefix) + text_of(meta.prompt).replace("{{QUERY}}", ASKED)
        end = text_of(meta.suffix)
        if ASKED in prompt:
            cases[name] = prompt, RESPONSE + end
    assert len(cases) > 100
    assert_scores(math_server, with_wrong_ones(cases))


def source(package, *path):
    """Return the path of a package's file, without importing the package."""
    found = importlib.util.find_spec(package)
    if found is None:
        pytest.skip(f"{package} is not installed")
    return Path(found.submodule_search_locations[0], *path)


def slots_of(formatter, content):
    """Return what one of LLaMA-Factory's formatters writes."""
    tokens = {"bos_token": "<s>", "eos_token": "</s>"}
    written = ""
    for slot in formatter or ["{{content}}"]:
        if isinstance(slot, str):
            written += slot.replace("{{content}}", content)
        elif isinstance(slot, dict):
            written += slot["token"]
        else:
            (token,) = slot
            written += tokens.get(token, token)
    return written


def test_the_templates_that_llama_factory_ships(math_server):
    tree = ast.parse(source("llamafactory", "data", "template.py").read_text())
    calls = [node for node in tree.body if "register_template" in ast.unparse(node).partition("(")[0]]
    given = []
    names = [node.id for node in ast.walk(ast.Module(calls, [])) if isinstance(node, ast.Name)]
    space: dict[str, object] = dict.fromkeys(names)
    space |= {name: lambda slots=(), **_: slots for name in names if name.endswith("Formatter")}
    space |= {"get_mm_plugin": lambda *_, **__: None, "register_template": lambda **one: given.append(one)}
    exec(
        compile(ast.Module([one for one in calls if isinstance(one, ast.Expr)], []), "templates", "exec"),
        space,
    )
    cases = {}
    for one in given:
        system = one.get("default_system", "")
        prompt = slots_of(one["format_prefix"], "") if one.get("format_prefix") else ""
        prompt += slots_of(one.get("format_system"), system) if system else ""
        said = slots_of(one.get("format_assistant"), "\0") if one.get("format_assistant") else "\0</s>"
        opened, _, end = said.partition("\0")
        if one["name"] not in NO_MARKER_ELSEWHERE:
            cases[one["name"]] = prompt + slots_of(one.get("format_user"), ASKED) + opened, RESPONSE + end
    assert len(cases) > 80
    assert_scores(math_server, with_wrong_ones(cases))


def test_the_templates_that_fastchat_ships(math_server):
    path = source("fastchat", "conversation.py")
    spec = importlib.util.spec_from_file_location("fastchat_conversation", path)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    cases = {}
    for name, conversation in module.conv_templates.items():
        conversation.messages = [[conversation.roles[0], ASKED], [conversation.roles[1], None]]
        try:
            prompt = conversation.get_prompt()
        except ValueError:
            continue
        conversation.messages[-1][1] = "\0"
        whole = conversation.get_prompt()
        if (
            isinstance(prompt, str)
            and whole.startswith(prompt)
            and name not in NO_MARKER_ELSEWHERE | SHOWS_MARKERS
        ):
            cases[name] = prompt, whole[len(prompt) :].replace("\0", RESPONSE)
    assert len(cases) > 60
    assert_scores(math_server, with_wrong_ones(cases))


def test_the_templates_that_axolotl_ships(math_server, tiny_model):
    tokenizer = transformers.AutoTokenizer.from_pretrained(tiny_model)
    cases = {}
    for path in source("axolotl").rglob("*.jinja"):
        for key in ("reasoning_content", "thinking", "content"):
            written = rendered(tokenizer, path.read_text(), key)
            if written is not None:
                cases[path.stem] = written
                break
    assert len(cases) > 20
    assert_scores(math_server, with_wrong_ones(cases))
