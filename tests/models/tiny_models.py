"""Tiny models with random weights, saved as real checkpoints are; only tests with torch import this.

Their tokens are bytes and a few special tokens, so that every text is different to them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import (
    AutoModelForSequenceClassification,
    BertConfig,
    BloomConfig,
    Gemma2Config,
    GPT2Config,
    LlamaConfig,
    PreTrainedTokenizerFast,
    Qwen2Config,
)

TEMPLATE = (
    "{% for message in messages %}"
    "<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}"
)


def byte_tokenizer(**given: Any) -> PreTrainedTokenizerFast:
    """One token for each byte."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({letter: number for number, letter in enumerate(alphabet)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    given = {
        "eos_token": "<|im_end|>",
        "pad_token": "<|endoftext|>",
        "additional_special_tokens": ["<|im_start|>"],
        **given,
    }
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, **{name: value for name, value in given.items() if value is not None}
    )
    fast.chat_template = TEMPLATE
    return fast


FAMILIES = {
    "qwen2": Qwen2Config,
    "llama": LlamaConfig,
    "gemma2": Gemma2Config,  # a sliding window
    "gpt2": GPT2Config,  # learned positions
    "bloom": BloomConfig,  # positions as biases
}
SIZES = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 1024,
    # Large enough that scores lie far apart.
    "initializer_range": 0.3,
}


def save_decoder(path: Path, *, family: str = "qwen2", tokenizer: Any = None, **config: Any) -> Path:
    """Return a sequence classification model with one label."""
    tokenizer = tokenizer or byte_tokenizer()
    torch.manual_seed(0)
    model = AutoModelForSequenceClassification.from_config(
        FAMILIES[family](
            **{
                **SIZES,
                "num_key_value_heads": 2,
                "vocab_size": len(tokenizer),
                "num_labels": 1,
                "pad_token_id": tokenizer.pad_token_id,
                **config,
            }
        )
    )
    return save(path, model, tokenizer)


def save_encoder(path: Path) -> Path:
    """Return a BERT with one label, whose tokenizer puts [CLS] and [SEP] around two texts."""
    tokenizer = byte_tokenizer(
        eos_token=None,
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        additional_special_tokens=None,
        model_max_length=128,
    )
    tokenizer.chat_template = None
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(token, tokenizer.convert_tokens_to_ids(token)) for token in ("[CLS]", "[SEP]")],
    )
    torch.manual_seed(0)
    config = BertConfig(
        **{**SIZES, "max_position_embeddings": 128},
        vocab_size=len(tokenizer),
        num_labels=1,
        pad_token_id=tokenizer.pad_token_id,
    )
    return save(path, AutoModelForSequenceClassification.from_config(config), tokenizer)


def save(path: Path, model: Any, tokenizer: Any) -> Path:
    model.save_pretrained(path)
    tokenizer.save_pretrained(path)
    return path


def as_openrlhf_saves(path: Path, target: Path, *, head: str, **config: Any) -> Path:
    """Return the checkpoint with the names and the config of OpenRLHF's train_rm: another head, no labels."""
    from safetensors.torch import load_file, save_file

    target.mkdir()
    for file in path.iterdir():
        if file.suffix != ".safetensors":
            (target / file.name).write_bytes(file.read_bytes())
    weights = load_file(path / "model.safetensors")
    weights[f"{head}.weight"] = weights.pop("score.weight")
    save_file(weights, target / "model.safetensors", metadata={"format": "pt"})
    saved = json.loads((target / "config.json").read_text())
    for name in ("id2label", "label2id", "num_labels"):
        saved.pop(name, None)
    saved |= {"architectures": ["RewardModel"], "value_head_prefix": head, **config}
    (target / "config.json").write_text(json.dumps(saved))
    return target


def reference_score(path: Path, tokens: list[int]) -> float:
    """Return the score of one text by transformers' own model without padding, from the last token."""
    model = AutoModelForSequenceClassification.from_pretrained(path, local_files_only=True).eval()
    base = getattr(model, model.base_model_prefix)
    with torch.inference_mode():
        states = base(input_ids=torch.tensor([tokens])).last_hidden_state
        return float(model.score(states[0, -1]))
