"""Loading a reward model: transformers' sequence classification, or a base model with OpenRLHF's value head.

Both hold one linear layer over the last token's state; they differ in the name of its weights. A head whose
weights are not in the checkpoint would be drawn at random and score nonsense, so it is refused.

Nothing is downloaded and no code of a checkpoint runs unless that was asked for.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, TypeGuard

import torch
import transformers
from transformers import AutoConfig, AutoModel, AutoModelForSequenceClassification, AutoTokenizer
from transformers.models.auto.modeling_auto import MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING, MODEL_MAPPING
from transformers.utils import logging as transformers_logging

from rule_rm.errors import ConfigurationError
from rule_rm.models.options import ModelOptions

_DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}
_HEAD_OF_TRANSFORMERS = "score"
# Its name changed in transformers 4.56.
_DTYPE = "dtype" if tuple(map(int, transformers.__version__.split(".")[:2])) >= (4, 56) else "torch_dtype"


class ValueHead:
    """Mixed into a family's pretrained class: a base model and a linear head over the last token's state."""

    base_class: Any
    head: str

    def __init__(self, config: Any) -> None:
        super().__init__(config)  # type: ignore[call-arg]
        setattr(self, self.base_model_prefix, self.base_class(config))  # type: ignore[attr-defined]
        setattr(self, self.head, torch.nn.Linear(config.get_text_config().hidden_size, 1, bias=False))
        self.post_init()  # type: ignore[attr-defined]

    def forward(self, input_ids: Any, attention_mask: Any) -> Any:
        """Return the values of the last tokens, of shape (texts, 1). Padding must be on the right."""
        base = getattr(self, self.base_model_prefix)  # type: ignore[attr-defined]
        states = base(input_ids, attention_mask=attention_mask, use_cache=False).last_hidden_state
        rows = torch.arange(input_ids.shape[0], device=states.device)
        last = attention_mask.sum(dim=1).to(states.device) - 1
        return getattr(self, self.head)(states[rows, last])


def load(options: ModelOptions) -> tuple[Any, Any]:
    """Load the tokenizer and the model, on its device and ready to score.

    Raises ConfigurationError if the options or the checkpoint don't allow it.
    """
    # It would appear in the server's log.
    transformers_logging.disable_progress_bar()
    common = {
        "trust_remote_code": options.trust_remote_code,
        "local_files_only": not options.allow_download,
    }
    name = options.reward_pretrain
    try:
        config = AutoConfig.from_pretrained(name, **common)
        tokenizer = AutoTokenizer.from_pretrained(name, **common)
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise ConfigurationError(_not_found(options, error)) from error
    device = device_of(options)
    given: dict[str, Any] = {**common, _DTYPE: dtype_of(options, device)}
    if options.attn_implementation:
        given["attn_implementation"] = options.attn_implementation
    if options.load_in_4bit:
        given["quantization_config"] = _four_bits(device)
        given["device_map"] = {"": device}
    model_class, given = _model_class(config, options, given)
    try:
        model, told = model_class.from_pretrained(name, config=config, output_loading_info=True, **given)
    except Exception as error:
        # Broken files raise the errors of the libraries that read them.
        raise ConfigurationError(f"reward_pretrain {name} can't be loaded: {_first_line(error)}") from error
    missing = sorted(set(told["missing_keys"]))
    if missing:
        raise ConfigurationError(
            f"reward_pretrain {name} is not a reward model, or its head has another name: it has no "
            f"{', '.join(missing[:3])}; see value_head_prefix"
        )
    if not options.load_in_4bit:
        model = model.to(device)
    return tokenizer, model.eval()


def device_of(options: ModelOptions) -> Any:
    """Return the device of the options. Raises ConfigurationError if this machine has none."""
    if options.device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    device = torch.device(options.device)
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise ConfigurationError(f"device {options.device}: torch sees no such GPU here")
    if options.load_in_4bit and device.type != "cuda":
        raise ConfigurationError("load_in_4bit needs a GPU")
    return device


def dtype_of(options: ModelOptions, device: Any) -> Any:
    """Return the type of the weights."""
    if options.param_dtype == "auto":
        return torch.bfloat16 if device.type == "cuda" or options.load_in_4bit else torch.float32
    return _DTYPES[options.param_dtype]


def normalisation(config: Any, options: ModelOptions) -> tuple[float, float]:
    """Return mean and standard deviation for normalised scores; 0 and 1 without normalisation.

    Raises ConfigurationError if the checkpoint has none.
    """
    if not options.normalize_reward:
        return 0.0, 1.0
    mean, std = getattr(config, "mean", None), getattr(config, "std", None)
    if not _is_number(mean) or not _is_number(std) or std <= 0:
        raise ConfigurationError(
            f"normalize_reward needs the mean and the std that OpenRLHF's train_rm writes to a checkpoint's "
            f"config.json; {options.reward_pretrain} has mean {mean!r} and std {std!r}"
        )
    return float(mean), float(std)


def _model_class(config: Any, options: ModelOptions, given: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return the class to load the model with, and its arguments."""
    head = getattr(config, "value_head_prefix", None) or options.value_head_prefix
    by_custom_code = "AutoModelForSequenceClassification" in (getattr(config, "auto_map", None) or {})
    if head == _HEAD_OF_TRANSFORMERS and (
        type(config) in MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING or by_custom_code
    ):
        # An OpenRLHF checkpoint says nothing of labels, and the default is 2.
        config.num_labels = 1
        return AutoModelForSequenceClassification, given
    if type(config) not in MODEL_MAPPING:
        raise ConfigurationError(
            f"reward_pretrain {options.reward_pretrain}: transformers can't score with a model of type "
            f"{config.model_type!r}; serve it by an engine, and name that by rm_url"
        )
    base_class = AutoModel._model_mapping[type(config)]
    given.pop("trust_remote_code")
    family = base_class.__base__
    return type("RewardModel", (ValueHead, family), {"base_class": base_class, "head": head}), given


def _four_bits(device: Any) -> Any:
    if device.type != "cuda":
        raise ConfigurationError("load_in_4bit needs a GPU")
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )


def _not_found(options: ModelOptions, error: Exception) -> str:
    name = options.reward_pretrain
    if "trust_remote_code" in str(error):
        return f"reward_pretrain {name} brings code of its own; set trust_remote_code=true if you trust it"
    if Path(name).is_dir() or options.allow_download:
        return f"reward_pretrain {name} can't be read: {_first_line(error)}"
    return (
        f"reward_pretrain {name} is no directory here, nor in Hugging Face's cache; set allow_download=true "
        "to have it downloaded"
    )


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0][:500] if text else type(error).__name__


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
