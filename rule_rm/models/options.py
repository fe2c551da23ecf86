"""The options of a model that this service loads, checked before any process is started.

The names are those of OpenRLHF's `serve_rm` where it has one.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass

from rule_rm.errors import ConfigurationError

CHAT_TEMPLATES = ("auto", "apply", "strip", "none")
DTYPES = ("auto", "bf16", "fp16", "fp32")
SIDES = ("auto", "left", "right")
NEEDED = ("torch", "transformers")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOptions:
    """How to load a model and ask it. Raises ConfigurationError if a value is invalid."""

    reward_pretrain: str
    """A directory, or a name that Hugging Face's cache has (or the hub, with `allow_download`)."""
    max_len: int = 2048
    """Tokens of one text; a longer text is cut, on the tokenizer's side."""
    batch_size: int = 64
    """The most texts in one pass."""
    max_batch_tokens: int = 0
    """The most tokens in one pass, padding included; 0: 2048 on a processor, 16384 on a GPU."""
    param_dtype: str = "auto"
    """auto: bf16 on a GPU, fp32 on a processor."""
    device: str = "auto"
    """auto, cpu, cuda or cuda:N."""
    attn_implementation: str = ""
    """An implementation of transformers, such as flash_attention_2; "" is its default."""
    load_in_4bit: bool = False
    normalize_reward: bool = False
    """Subtract the mean and divide by the standard deviation that the checkpoint's config holds."""
    value_head_prefix: str = "score"
    """The name of the head's weights; one in the checkpoint's config goes before it."""
    append_eos: bool = False
    """End every text in one end-of-sequence token, and begin none with it."""
    truncation_side: str = "auto"
    chat_template: str = "auto"
    trust_remote_code: bool = False
    """Run Python code that the checkpoint brings along."""
    allow_download: bool = False
    """Download missing files from Hugging Face's hub."""

    def __post_init__(self) -> None:
        device = self.device
        checks = (
            ("max_len", self.max_len >= 2, "at least 2"),
            ("batch_size", self.batch_size >= 1, "at least 1"),
            ("max_batch_tokens", self.max_batch_tokens >= 0, "at least 0"),
            ("param_dtype", self.param_dtype in DTYPES, f"one of {', '.join(DTYPES)}"),
            ("truncation_side", self.truncation_side in SIDES, f"one of {', '.join(SIDES)}"),
            (
                "chat_template",
                self.chat_template in CHAT_TEMPLATES,
                f"one of {', '.join(CHAT_TEMPLATES)}",
            ),
            (
                "device",
                device in ("auto", "cpu", "cuda") or (device[:5] == "cuda:" and device[5:].isdecimal()),
                "auto, cpu, cuda or cuda:N",
            ),
            ("value_head_prefix", self.value_head_prefix.isidentifier(), "a name, such as score"),
        )
        for name, good, wanted in checks:
            if not good:
                raise ConfigurationError(f"{name} must be {wanted}, not {getattr(self, name)!r}")
        if not self.reward_pretrain:
            raise ConfigurationError("reward_pretrain is missing: the directory of the reward model")
        if self.load_in_4bit and self.param_dtype not in ("auto", "bf16"):
            raise ConfigurationError("load_in_4bit computes in bf16; leave param_dtype out")

    def check_packages(self) -> None:
        """Raise ConfigurationError for a package that is needed and not installed."""
        missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
        if missing:
            raise ConfigurationError(
                f"a reward model needs {' and '.join(missing)}: pip install torch transformers, "
                "or name an engine by rm_url"
            )
        if self.load_in_4bit:
            missing = [
                name for name in ("bitsandbytes", "accelerate") if importlib.util.find_spec(name) is None
            ]
            if missing:
                raise ConfigurationError(
                    f"load_in_4bit needs {' and '.join(missing)}: pip install {' '.join(missing)}"
                )
