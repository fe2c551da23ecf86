"""Serve a reward model under the options of OpenRLHF's serve_rm, its old names and today's.

Each is translated into its option of the reward `reward_model`. An option without a meaning here is refused,
with an alternative. No option that could change a score is ignored in silence.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rule_rm.cli._settings import add_settings
from rule_rm.errors import ConfigurationError
from rule_rm.models.options import CHAT_TEMPLATES, SIDES
from rule_rm.settings import Settings

OPENRLHF_PORT = 5000
SETTINGS = (
    "host",
    "unscored_reward",
    "request_timeout",
    "max_pending",
    "max_request_mb",
    "output_dir",
    "log_level",
)
"""The settings of `rule-rm serve` that matter for a reward model."""


@dataclass(frozen=True, slots=True)
class Flag:
    """An option of serve_rm, and the option of `reward_model` that it sets."""

    names: tuple[str, ...]
    option: str
    help: str
    is_switch: bool = False
    sets: str = "true"
    """The value that a switch sets the option to."""
    choices: tuple[str, ...] | None = None


FLAGS = (
    Flag(
        ("--reward_pretrain", "--reward.model_name_or_path"),
        "reward_pretrain",
        "the reward model: a directory, or a name in Hugging Face's cache",
    ),
    Flag(("--max_len", "--data.max_len"), "max_len", "tokens of one text (default 2048)"),
    Flag(("--batch_size",), "batch_size", "the most texts in one pass (default 64)"),
    Flag(("--max_batch_tokens",), "max_batch_tokens", "the most tokens in one pass, padding included"),
    Flag(
        ("--normalize_reward", "--reward.normalize_enable"),
        "normalize_reward",
        "use the mean and the deviation in the checkpoint's config",
        is_switch=True,
    ),
    Flag(("--bf16",), "param_dtype", "compute in bfloat16", is_switch=True, sets="bf16"),
    Flag(
        ("--model_data_type", "--param_dtype", "--ds.param_dtype"),
        "param_dtype",
        "bf16, fp16 or fp32 (default: bf16 on a GPU, fp32 on a processor)",
        choices=("bf16", "fp16", "fp32"),
    ),
    Flag(
        ("--attn_implementation", "--ds.attn_implementation"),
        "attn_implementation",
        "such as flash_attention_2 or eager (default: transformers' choice)",
    ),
    Flag(
        ("--flash_attn",),
        "attn_implementation",
        "the same as --attn_implementation flash_attention_2",
        is_switch=True,
        sets="flash_attention_2",
    ),
    Flag(
        ("--value_head_prefix", "--ds.value_head_prefix"),
        "value_head_prefix",
        "the name of the value head's weights (default score)",
    ),
    Flag(
        ("--load_in_4bit", "--ds.load_in_4bit"),
        "load_in_4bit",
        "quantise by bitsandbytes",
        is_switch=True,
    ),
    Flag(("--device",), "device", "auto, cpu, cuda or cuda:N"),
    Flag(
        ("--chat_template",),
        "chat_template",
        "what becomes of a conversation that did not come as one text, or of every one",
        choices=CHAT_TEMPLATES,
    ),
    Flag(("--truncation_side",), "truncation_side", "where texts are cut", choices=SIDES),
    Flag(
        ("--append_eos",),
        "append_eos",
        "end every text in one end token, as serve_rm did until version 0.8",
        is_switch=True,
    ),
    Flag(
        ("--trust_remote_code",), "trust_remote_code", "run code that the checkpoint brings", is_switch=True
    ),
    Flag(
        ("--allow_download",),
        "allow_download",
        "ask Hugging Face's hub for what is not here",
        is_switch=True,
    ),
)

_TOKENIZER = "the tokenizer is the one that was saved with the checkpoint; leave it out"
REFUSED = {
    "--disable_fast_tokenizer": _TOKENIZER,
    "--data.disable_fast_tokenizer": _TOKENIZER,
    "--use_ms": "download the model with modelscope first, and name its directory by --reward_pretrain",
    "--ds.experts_implementation": "transformers chooses; leave it out",
    "--experts_implementation": "transformers chooses; leave it out",
}
"""Options of serve_rm that are not known here, and what to do."""
NEEDLESS = ("--packing_samples", "--ds.packing_samples")
"""Options of serve_rm that change no score: texts are put together by length in any case."""


class _Refuse(argparse.Action):
    def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
        parser.error(f"{option_string}: {REFUSED[option_string or '']}")


class _Set(argparse.Action):
    """Adds NAME=VALUE to the reward's options; two that contradict each other are refused."""

    def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
        flag = next(flag for flag in FLAGS if option_string in flag.names)
        value = flag.sets if flag.is_switch else values
        options: dict[str, str] = namespace.options
        if options.get(flag.option, value) != value:
            parser.error(
                f"{option_string}: {flag.option} is {options[flag.option]!r} and {value!r}; keep one"
            )
        namespace.options = {**options, flag.option: value}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of serve_rm, and those settings of the server that matter here."""
    parser.set_defaults(options={})
    for flag in FLAGS:
        parser.add_argument(
            *flag.names,
            action=_Set,
            dest=argparse.SUPPRESS,
            nargs=0 if flag.is_switch else None,
            choices=flag.choices,
            metavar=None if flag.is_switch or flag.choices else flag.option.rpartition("_")[2].upper(),
            help=flag.help,
        )
    for name in REFUSED:
        parser.add_argument(name, action=_Refuse, nargs="?", dest=argparse.SUPPRESS, help=argparse.SUPPRESS)
    parser.add_argument(
        *NEEDLESS, action="store_true", dest="_packing", help="changes nothing: no score depends on it"
    )
    parser.add_argument(
        "--port",
        type=int,
        default=OPENRLHF_PORT,
        help="the port to listen on; 0 takes a free one (default 5000)",
    )
    add_settings(parser, SETTINGS)


def run(arguments: argparse.Namespace) -> int:
    """Serve, and return when the service was stopped."""
    settings = translated(arguments)
    # An error in the settings is reported before the server's packages are loaded.
    from rule_rm.web.start import start

    start(settings)
    return 0


def translated(arguments: argparse.Namespace) -> Settings:
    """Return the settings of a server for this reward model. Raises ConfigurationError if none is named."""
    options: dict[str, str] = arguments.options
    if "reward_pretrain" not in options:
        raise ConfigurationError("name the reward model by --reward_pretrain")
    given = {name: value for name, value in vars(arguments).items() if name in SETTINGS}
    return Settings.load(
        {
            **given,
            "port": arguments.port,
            "reward_type": "reward_model",
            # Those settings are about processes for rules, which this server does not have.
            "workers": 1,
            "reward_option": _texts(options),
            # This server ignores environment variables that it can't use.
            "reward_config": None,
            "reward_file": (),
            "dataset": None,
        }
    )


def _texts(options: dict[str, str]) -> Sequence[str]:
    return tuple(f"{name}={value}" for name, value in options.items())
