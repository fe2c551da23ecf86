"""A small causal language model that continues conversations, several at a time.

Only its own process imports this. The loop is written out because each row has its own temperature, seed,
bound and logprobs, where `generate` has one of each for a batch. Rows are padded on the left, so that all of
them end where the next token goes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
import transformers

from rule_rm.errors import ConfigurationError
from rule_rm.messages.fields import content_of


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt to continue, with its limits."""

    tokens: Sequence[int]
    max_tokens: int
    temperature: float = 0.0
    """0: always the likeliest token."""
    seed: int = 0
    top_logprobs: int = 0
    is_wanted: Callable[[], bool] = lambda: True
    """False once nobody waits for it any more: it then ends where it is."""


@dataclass(slots=True)
class Continuation:
    """The written tokens, without the token that ends the turn; `is_finished` is True if it came."""

    tokens: list[int] = field(default_factory=list)
    logprobs: list[list[tuple[int, float]]] = field(default_factory=list)
    """The alternatives of each token, including itself, the likeliest first; empty unless requested."""
    is_finished: bool = False


class Generator:
    """A model with its tokenizer. One thread at a time may call `write`."""

    def __init__(self, model: str, *, device: str = "auto", bf16: bool = False) -> None:
        """Load a model from a directory or from Hugging Face's cache; nothing is downloaded.

        `device`: auto (CUDA if there is any), or as torch names it. Raises ConfigurationError for a model
        that can't be loaded.
        """
        self.device = torch.device(_best_device() if device == "auto" else device)
        try:
            self.tokenizer: Any = transformers.AutoTokenizer.from_pretrained(model, local_files_only=True)
            loaded: Any = transformers.AutoModelForCausalLM.from_pretrained(model, local_files_only=True)
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"{model} can't be loaded as a language model: {error}") from None
        if not self.tokenizer.chat_template:
            raise ConfigurationError(f"{model} has no chat template, so it can't be asked anything")
        self.model = loaded.to(self.device, torch.bfloat16 if bf16 else torch.float32).eval()
        self.ends = _ends(loaded, self.tokenizer)
        self.context: int = getattr(loaded.config, "max_position_embeddings", None) or 2**31

    def encode(self, messages: Sequence[Mapping[str, Any]]) -> list[int]:
        """Return the tokens of a conversation up to the reply, without images and the like."""
        spoken = [{"role": message["role"], "content": content_of(message)} for message in messages]
        text = self.tokenizer.apply_chat_template(spoken, tokenize=False, add_generation_prompt=True)
        return list(self.tokenizer(text, add_special_tokens=False).input_ids)

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens."""
        return str(
            self.tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        )

    def write(self, prompts: Sequence[Prompt]) -> list[Continuation]:
        """Continue the prompts side by side."""
        with torch.inference_mode():
            return self._write(prompts)

    def _write(self, prompts: Sequence[Prompt]) -> list[Continuation]:
        written = [Continuation() for _ in prompts]
        generators = [torch.Generator(self.device).manual_seed(prompt.seed) for prompt in prompts]
        tokens, mask = self._padded(prompts)
        positions = (mask.cumsum(-1) - 1).clamp(min=0)
        cache = None
        while True:
            out = self.model(
                input_ids=tokens,
                attention_mask=mask,
                position_ids=positions,
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
            )
            cache = out.past_key_values
            logits = out.logits[:, -1].float()
            following = [
                self._continue(*row) for row in zip(prompts, written, logits, generators, strict=True)
            ]
            if not any(token is not None for token in following):
                return written
            ids = [self.ends[0] if token is None else token for token in following]
            tokens = torch.tensor(ids, device=self.device).unsqueeze(-1)
            mask = torch.cat([mask, torch.ones_like(tokens)], dim=-1)
            positions = positions[:, -1:] + 1

    def _padded(self, prompts: Sequence[Prompt]) -> tuple[torch.Tensor, torch.Tensor]:
        longest = max(len(prompt.tokens) for prompt in prompts)
        gaps = [longest - len(prompt.tokens) for prompt in prompts]
        tokens = [
            [self.ends[0]] * gap + list(prompt.tokens) for gap, prompt in zip(gaps, prompts, strict=True)
        ]
        mask = [[0] * gap + [1] * (longest - gap) for gap in gaps]
        return torch.tensor(tokens, device=self.device), torch.tensor(mask, device=self.device)

    def _continue(
        self, prompt: Prompt, written: Continuation, logits: torch.Tensor, generator: torch.Generator
    ) -> int | None:
        """Add a row's next token and return it; None if the row has come to its end."""
        is_over = written.is_finished or len(written.tokens) >= prompt.max_tokens
        if is_over or not prompt.is_wanted():
            return None
        if prompt.temperature > 0:
            likelihood = (logits / prompt.temperature).softmax(-1)
            token = int(torch.multinomial(likelihood, 1, generator=generator))
        else:
            token = int(logits.argmax())
        if token in self.ends:
            written.is_finished = True
            return None
        written.tokens.append(token)
        if prompt.top_logprobs:
            written.logprobs.append(_alternatives(logits.log_softmax(-1), token, prompt.top_logprobs))
        return token


def _best_device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def _alternatives(logprobs: torch.Tensor, token: int, count: int) -> list[tuple[int, float]]:
    top = logprobs.topk(min(count, len(logprobs)))
    found = list(zip(top.indices.tolist(), top.values.tolist(), strict=True))
    if all(other != token for other, _ in found):
        found.append((token, float(logprobs[token])))
    return found


def _ends(model: Any, tokenizer: Any) -> tuple[int, ...]:
    """Return the tokens that end a turn."""
    ends = model.generation_config.eos_token_id
    ends = ends if isinstance(ends, list) else [ends]
    found = tuple(dict.fromkeys(end for end in (*ends, tokenizer.eos_token_id) if end is not None))
    if not found:
        raise ConfigurationError("the model has no token that ends a reply")
    return found
