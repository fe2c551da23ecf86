"""OpenRLHF's served reward model as a loop: a value head, padding on the left, one batch in order of arrival.

A rewriting of `openrlhf/cli/serve_rm.py` and `get_llm_for_sequence_regression` with the same arithmetic.
Positions count from the first token that is not padding, and the value is read at the last such token. With
`normalize_reward`, the mean and deviation of the checkpoint's config are used. The parts that are left out
(HTTP, packing, quantisation) change no score.
"""

from __future__ import annotations

from typing import Any

import torch
from transformers import AutoConfig, AutoModel, AutoTokenizer


class OpenRLHFRewardModel:
    """Loads a checkpoint of `train_rm`, or of transformers' sequence classification with one label."""

    def __init__(
        self,
        path: str,
        *,
        max_len: int = 2048,
        batch_size: int | None = None,
        normalize_reward: bool = False,
        value_head_prefix: str = "score",
        dtype: torch.dtype = torch.float32,
        device: str = "cpu",
    ) -> None:
        config = AutoConfig.from_pretrained(path, local_files_only=True)
        prefix = getattr(config, "value_head_prefix", value_head_prefix)
        base_class = AutoModel._model_mapping[type(config)]

        class RewardModel(base_class.__base__):  # type: ignore[misc, name-defined]
            def __init__(self, config: Any) -> None:
                super().__init__(config)
                setattr(self, self.base_model_prefix, base_class(config))
                setattr(self, prefix, torch.nn.Linear(config.hidden_size, 1, bias=False))
                self.post_init()

        loaded = RewardModel.from_pretrained(path, config=config, dtype=dtype)
        self.model = loaded.to(device).eval()
        self.base = getattr(self.model, self.model.base_model_prefix)
        self.head = getattr(self.model, prefix)
        self.mean, self.std = (config.mean, config.std) if normalize_reward else (0.0, 1.0)
        self.tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
        self.tokenizer.padding_side = "left"
        if self.tokenizer.pad_token is None:
            self.tokenizer.pad_token = self.tokenizer.eos_token
        self.max_len, self.batch_size, self.device = max_len, batch_size, device

    def get_reward(self, queries: list[str]) -> list[float]:
        """Return the rewards, in the order of the queries; without a batch size all are one batch."""
        size = self.batch_size or len(queries)
        return [
            reward
            for start in range(0, len(queries), size)
            for reward in self._batch(queries[start : start + size])
        ]

    def _batch(self, queries: list[str]) -> list[float]:
        inputs = self.tokenizer(
            queries,
            return_tensors="pt",
            add_special_tokens=False,
            max_length=self.max_len,
            padding=True,
            truncation=True,
        ).to(self.device)
        mask = inputs["attention_mask"]
        positions = (mask.long().cumsum(-1) - 1).masked_fill(mask == 0, 1)
        last = mask.size(1) - 1 - mask.long().fliplr().argmax(dim=1, keepdim=True)
        with torch.no_grad():
            states = self.base(inputs["input_ids"], attention_mask=mask, position_ids=positions)
            values = self.head(states.last_hidden_state).squeeze(-1).gather(1, last).squeeze(1)
        rewards: list[float] = ((values.float() - self.mean) / self.std).tolist()
        return rewards
