"""A policy small enough to train in seconds: its tokens, its transformer and its cold start."""

from __future__ import annotations

import random
from collections.abc import Sequence

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

from benchmarks.learning.tasks import EVASIONS, Task, tasks, wrong

OPENING, CLOSING = "<think>.</think><answer>\\boxed{", "}</answer>"
_MARKS = (
    OPENING,
    CLOSING,
    "<end>",
    "<pad>",
    "\\frac",
    "\\{",
    "\\}",
    "What is ",
    " plus ",
    " or ",
    "not ",
    "x=",
)
_SPECIAL = ("<end>", "<pad>")
_CHARACTERS = "0123456789+-*/:=?.,(){}x "


def tokenizer() -> PreTrainedTokenizerFast:
    """Return a tokenizer of single characters, number words and marks."""
    texts = "".join(task.question for task in tasks(("ratio", "set", "in words")))
    characters = sorted(set(_CHARACTERS) | set(texts))
    vocabulary = {token: number for number, token in enumerate((*_MARKS, *characters))}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="<pad>"))
    made.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    made.decoder = decoders.Fuse()
    made.add_tokens([mark for mark in _MARKS if mark not in _SPECIAL])
    made.add_special_tokens(list(_SPECIAL))
    return PreTrainedTokenizerFast(
        tokenizer_object=made,
        eos_token="<end>",
        pad_token="<pad>",
        padding_side="left",
        clean_up_tokenization_spaces=False,
    )


def respond(answer: str) -> str:
    """Return a response of the right format that boxes the answer."""
    return f"{OPENING}{answer}{CLOSING}<end>"


def demonstration(task: Task, rng: random.Random, right: float, evasive: float) -> str:
    """Return what a cold start says: right, evasive or wrong, by the given shares."""
    draw = rng.random()
    if draw < right:
        return respond(task.golden)
    if draw < right + evasive:
        return respond(EVASIONS[rng.choice(list(EVASIONS))](task))
    return respond(wrong(task, rng))


def cold_start(
    questions: Sequence[Task], seed: int, *, steps: int = 1500, right: float = 0.3, evasive: float = 0.3
) -> tuple[GPT2LMHeadModel, PreTrainedTokenizerFast]:
    """Return a policy that imitates a mixture of right, evasive and wrong answers."""
    # Its matrices are too small to share among threads.
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    rng = random.Random(seed)
    tokens = tokenizer()
    configuration = GPT2Config(
        vocab_size=len(tokens),
        n_positions=96,
        n_embd=48,
        n_layer=2,
        n_head=4,
        attn_pdrop=0.0,
        embd_pdrop=0.0,
        resid_pdrop=0.0,
        bos_token_id=tokens.eos_token_id,
        eos_token_id=tokens.eos_token_id,
        pad_token_id=tokens.pad_token_id,
    )
    model = GPT2LMHeadModel(configuration)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(steps):
        batch = [rng.choice(questions) for _ in range(64)]
        texts = [task.question + demonstration(task, rng, right, evasive) for task in batch]
        # On the right: a question has the positions that it has when the policy is asked.
        encoded = tokens(texts, return_tensors="pt", padding=True, padding_side="right")
        labels = encoded["input_ids"].masked_fill(encoded["attention_mask"] == 0, -100)
        loss = model(
            input_ids=encoded["input_ids"], attention_mask=encoded["attention_mask"], labels=labels
        ).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model, tokens
