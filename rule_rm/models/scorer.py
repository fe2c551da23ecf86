"""The model itself: tokens in, numbers out, in the process that has it loaded.

Padding always goes to the right, even if the tokenizer prefers the left. Positions then count from 0 in every
text, and no token of a text sees the padding. Models of transformers look for the last token that is not
padding. They take an earlier one if the padding token is the end token as well. The padding token is
therefore chosen for each pass: one that ends none of its texts. It is masked, so it has no other meaning.

A model whose scores depend on the other texts of a pass in another way is refused at the start.
"""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

import torch

from rule_rm.errors import ConfigurationError
from rule_rm.models.checkpoint import load, normalisation
from rule_rm.models.encoding import Encoded, Encoder
from rule_rm.models.options import ModelOptions
from rule_rm.models.process import OutOfMemoryError

logger = logging.getLogger(__name__)

_BUDGET = {"cpu": 2048, "cuda": 16384}
_BREAK_EVEN = {"cpu": (8.0, 64.0), "cuda": (128.0, 4096.0)}
"""Between these the measured break-even may lie: a busy machine measures badly."""
_TOLERANCE = {torch.float32: 1e-4, torch.float16: 5e-2, torch.bfloat16: 2e-1}
"""The relative difference of a score between a separate pass and a pass with padding."""
_ROUNDS = 3


class Scorer:
    """A loaded model. `encode` may run in another thread than `score`."""

    def __init__(self, options: ModelOptions) -> None:
        """Load the model and try it. Raises ConfigurationError if it can't score."""
        self._tokenizer, self._model = load(options)
        config = self._model.config
        self._config = config.get_text_config()
        # Nothing is generated, so keys and values of a pass are of no further use.
        self._config.use_cache = False
        self._mean, self._std = normalisation(config, options)
        parameter = next(self._model.parameters())
        self._device, self._dtype = parameter.device, self._model.dtype
        self._vocabulary = self._model.get_input_embeddings().weight.shape[0]
        longest = getattr(self._config, "max_position_embeddings", None) or options.max_len
        self._encoder = Encoder(self._tokenizer, options, longest)
        if self._encoder.max_len < options.max_len:
            logger.warning("texts are cut to %d tokens, which is all that the model can take", longest)
        self.max_texts = options.batch_size
        self.max_tokens = options.max_batch_tokens or _BUDGET.get(self._device.type, _BUDGET["cpu"])
        self._options = options
        self._check()
        self.break_even = self._measure()

    def describe(self) -> dict[str, Any]:
        """Return the entry of the model in `/health`."""
        return {
            "model": self._options.reward_pretrain,
            "class": type(self._model).__name__,
            "parameters": sum(parameter.numel() for parameter in self._model.parameters()),
            "dtype": str(self._dtype).removeprefix("torch."),
            "device": str(self._device),
            "max_len": self._encoder.max_len,
            "max_batch_tokens": self.max_tokens,
            "break_even_tokens": round(self.break_even, 1),
        }

    def encode(self, request: Mapping[str, Any]) -> Encoded:
        """Return the tokens of a request. Raises ValueError if it has none or one that is unknown."""
        encoded = self._encoder.encode(request)
        if not encoded.tokens:
            raise ValueError("the text has no tokens")
        if max(encoded.tokens) >= self._vocabulary:
            raise ValueError("the tokenizer makes tokens that the model has no embedding for")
        return encoded

    def score(self, texts: Sequence[Sequence[int]]) -> list[float]:
        """Return the score of each text, in one pass; NaN or infinity as the model gave it."""
        longest = max(map(len, texts))
        filler = self._filler(texts)
        # Models read it from here when they look for the last token.
        self._config.pad_token_id = filler
        rows = [[*tokens, *[filler] * (longest - len(tokens))] for tokens in texts]
        mask = [[1] * len(tokens) + [0] * (longest - len(tokens)) for tokens in texts]
        try:
            with torch.inference_mode():
                out = self._model(
                    input_ids=torch.tensor(rows, device=self._device),
                    attention_mask=torch.tensor(mask, device=self._device),
                )
            logits = getattr(out, "logits", out)
            scores: list[float] = logits.float().reshape(len(texts)).tolist()
        except torch.cuda.OutOfMemoryError as error:
            torch.cuda.empty_cache()
            raise OutOfMemoryError(str(error)) from error
        return [(score - self._mean) / self._std for score in scores]

    def is_usable(self) -> bool:
        """Return False if an error left the GPU in a state that only a new process gets out of."""
        if self._device.type == "cuda":
            try:
                torch.cuda.synchronize(self._device)
            except RuntimeError:
                return False
        return True

    def _filler(self, texts: Sequence[Sequence[int]]) -> int:
        """Return a token that ends none of the texts, if possible the tokenizer's padding token."""
        last = {tokens[-1] for tokens in texts}
        preferred = self._tokenizer.pad_token_id
        if preferred is not None and preferred not in last and 0 <= preferred < self._vocabulary:
            return int(preferred)
        return next(token for token in itertools.count() if token not in last)

    def _check(self) -> None:
        """Raise ConfigurationError unless a score is a number and independent of the rest of its pass."""
        ids = self._samples()
        alone = [self.score([tokens])[0] for tokens in ids]
        if not all(abs(score) < float("inf") for score in alone):
            raise ConfigurationError(
                f"the reward model gives {alone} in {self._dtype}, no numbers; try another param_dtype"
            )
        if self.max_texts == 1:
            return
        tolerance = _TOLERANCE.get(self._dtype, 2e-1)
        together = self.score(ids)
        for one, other in zip(alone, together, strict=True):
            if not abs(one - other) * self._std <= tolerance * (1 + abs(one) * self._std):
                raise ConfigurationError(
                    f"the reward model's scores depend on padding: a text has {one:.6g} by itself and "
                    f"{other:.6g} next to a longer one; set batch_size=1"
                )

    def _samples(self) -> list[list[int]]:
        """Return texts of several lengths; some end in the end token and some in the padding token."""
        generator = torch.Generator().manual_seed(0)
        ends = [self._tokenizer.eos_token_id, self._tokenizer.pad_token_id]
        longest = min(48, self._encoder.max_len)
        samples = []
        for length in (longest, longest // 2, longest // 3, 2):
            tokens = torch.randint(0, min(self._vocabulary, 1000), (length,), generator=generator).tolist()
            samples.append(tokens)
        for tokens, end in zip(samples[1:], ends, strict=False):
            if end is not None and end < self._vocabulary:
                tokens[-1] = end
        return samples

    def _measure(self) -> float:
        """Return the fixed cost of a pass, as a number of tokens."""
        kind = self._device.type if self._device.type in _BREAK_EVEN else "cpu"
        length = max(2, min(256, self._encoder.max_len))
        small = [[1] * min(16, length - 1)]
        large = [[1] * length] * (8 if kind == "cuda" else 1)
        few, many = (sum(map(len, texts)) for texts in (small, large))
        quick, slow = (min(self._timed(texts) for _ in range(_ROUNDS)) for texts in (small, large))
        per_token = max((slow - quick) / (many - few), 1e-12)
        least, most = _BREAK_EVEN[kind]
        return min(max(quick / per_token - few, least), most)

    def _timed(self, texts: Sequence[Sequence[int]]) -> float:
        start = time.perf_counter()
        self.score(texts)
        return time.perf_counter() - start
