"""Real trainers against a real server. Nothing is downloaded: models and tokenizers are made on the spot."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.update(
    HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", TRANSFORMERS_OFFLINE="1", CUDA_VISIBLE_DEVICES=""
)

DIGITS = "0123456789"
RULE = f'''
from rule_rm import register

@register("even_digits")
def even_digits(rollout):
    """The share of even digits: a toy that a policy learns in a few steps."""
    digits = [character for character in rollout.response if character in "{DIGITS}"]
    return sum(int(digit) % 2 == 0 for digit in digits) / max(len(digits), 1)
'''


@pytest.fixture(scope="session")
def toy_server(tmp_path_factory):
    """Yield a server of a reward that rises with every even digit."""
    from rule_rm import start_server

    directory = tmp_path_factory.mktemp("toy")
    rule = directory / "toy.py"
    rule.write_text(RULE)
    with start_server(
        port=0, workers=1, reward_type="even_digits", reward_file=[str(rule)], output_dir=directory
    ) as server:
        yield server


@pytest.fixture(scope="session")
def math_server(tmp_path_factory):
    """Yield a server of the default reward."""
    from rule_rm import start_server

    with start_server(port=0, workers=1, output_dir=tmp_path_factory.mktemp("math")) as server:
        yield server


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory) -> Path:
    """Return a random model of two small layers whose words are the digits, saved with its tokenizer."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM, set_seed

    set_seed(0)
    words = ["<pad>", "<eos>", "<unk>", *DIGITS, "+", "?"]
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="<eos>",
        unk_token="<unk>",
        padding_side="left",
    )
    configuration = Qwen2Config(
        vocab_size=len(words),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=64,
        pad_token_id=0,
        eos_token_id=1,
        bos_token_id=None,
    )
    path = tmp_path_factory.mktemp("model")
    Qwen2ForCausalLM(configuration).save_pretrained(path)
    fast.save_pretrained(path)
    return path
