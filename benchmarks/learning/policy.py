"""A policy small enough to train in seconds: its tokens, its transformer and its cold start."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

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


def ask(questions: Sequence[str], tokens: PreTrainedTokenizerFast) -> list[str]:
    """Return the questions with spaces before them, so that all have the same number of tokens.

    TRL computes the probabilities of a padded batch without the positions that it was sampled at, so that
    gradients would be those of other questions.
    """
    lengths = [len(tokens(question)["input_ids"]) for question in questions]
    return [" " * (max(lengths) - length) + text for text, length in zip(questions, lengths, strict=True)]


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


@dataclass(frozen=True, slots=True)
class Policy:
    """A model and its tokenizer."""

    model: GPT2LMHeadModel
    tokens: PreTrainedTokenizerFast


def cold_start(
    questions: Sequence[Task], seed: int, *, steps: int = 2400, right: float = 0.4, evasive: float = 0.4
) -> Policy:
    """Return a policy that could work answers out, and imitates a mixture of right, evasive and wrong ones.

    Three quarters of the steps teach the right answers, the rest the mixture.
    """
    # Its matrices are too small to share among threads.
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    rng = random.Random(seed)
    tokens = tokenizer()
    configuration = GPT2Config(
        vocab_size=len(tokens),
        n_positions=64,
        n_embd=64,
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
    asked = dict(zip(questions, ask([task.question for task in questions], tokens), strict=True))
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=4e-3, total_steps=steps)
    for step in range(steps):
        shares = (1.0, 0.0) if step < steps * 3 // 4 else (right, evasive)
        batch = [rng.choice(questions) for _ in range(64)]
        texts = [asked[task] + demonstration(task, rng, *shares) for task in batch]
        encoded = tokens(texts, return_tensors="pt", padding=True, padding_side="right")
        labels = encoded["input_ids"].masked_fill(encoded["attention_mask"] == 0, -100)
        loss = model(
            input_ids=encoded["input_ids"], attention_mask=encoded["attention_mask"], labels=labels
        ).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return Policy(model, tokens)
