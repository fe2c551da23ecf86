"""`rule-rm serve-rm` takes OpenRLHF's options, and says of those that mean nothing here what to do."""

from __future__ import annotations

import argparse
import shlex
from dataclasses import fields

import pytest

from rule_rm.cli import main, serve_rm
from rule_rm.errors import ConfigurationError
from rule_rm.models.reward_options import RewardModelOptions
from rule_rm.settings import Settings


def translated(command: str) -> Settings:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    serve_rm.add_arguments(parser)
    return serve_rm.translated(parser.parse_args(shlex.split(command)))


def options(command: str) -> dict[str, str]:
    return dict(option.split("=", 1) for option in translated(command).reward_option)


def test_the_example_of_openrlhf_means_what_it_meant():
    settings = translated(
        "--reward_pretrain OpenRLHF/Llama-3-8b-rm-700k --port 5001 --bf16 --flash_attn --normalize_reward "
        "--max_len 8192 --batch_size 16"
    )
    assert (settings.reward_type, settings.port, settings.host) == ("reward_model", 5001, "127.0.0.1")
    assert set(settings.reward_option) == {
        "reward_pretrain=OpenRLHF/Llama-3-8b-rm-700k",
        "param_dtype=bf16",
        "attn_implementation=flash_attention_2",
        "normalize_reward=true",
        "max_len=8192",
        "batch_size=16",
    }


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("--reward_pretrain rm", "--reward.model_name_or_path rm"),
        ("--reward_pretrain rm --normalize_reward", "--reward_pretrain rm --reward.normalize_enable"),
        ("--reward_pretrain rm --max_len 9", "--reward_pretrain rm --data.max_len 9"),
        ("--reward_pretrain rm --param_dtype fp16", "--reward_pretrain rm --ds.param_dtype fp16"),
        ("--reward_pretrain rm --model_data_type bf16", "--reward_pretrain rm --bf16"),
        ("--reward_pretrain rm --value_head_prefix v", "--reward_pretrain rm --ds.value_head_prefix v"),
        ("--reward_pretrain rm --load_in_4bit", "--reward_pretrain rm --ds.load_in_4bit"),
        ("--reward_pretrain rm --packing_samples", "--reward_pretrain rm --ds.packing_samples"),
        (
            "--reward_pretrain rm --attn_implementation eager",
            "--reward_pretrain rm --ds.attn_implementation eager",
        ),
    ],
)
def test_older_and_todays_names_mean_the_same(older, newer):
    assert options(older) == options(newer)


def test_every_option_is_one_of_the_reward():
    known = {option.name for option in fields(RewardModelOptions)}
    assert {flag.option for flag in serve_rm.FLAGS} <= known


def test_the_port_is_that_of_openrlhf_unless_another_is_named(monkeypatch):
    monkeypatch.setenv("REWARD_PORT", "6000")
    assert translated("--reward_pretrain rm").port == 5000
    assert translated("--reward_pretrain rm --port 7000").port == 7000


def test_what_the_environment_says_of_other_rewards_is_not_for_this_server(monkeypatch):
    monkeypatch.setenv("REWARD_TYPE", "math_verifier")
    monkeypatch.setenv("RULE_RM_REWARD_OPTION", "format_weight=0.2")
    monkeypatch.setenv("DATASET_PATH", "nowhere.json")
    settings = translated("--reward_pretrain rm")
    assert (settings.reward_type, settings.dataset) == ("reward_model", None)
    assert settings.reward_option == ("reward_pretrain=rm",)


def test_a_model_must_be_named():
    with pytest.raises(ConfigurationError, match="--reward_pretrain"):
        translated("--bf16")


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("--use_ms", "download the model with modelscope first"),
        ("--disable_fast_tokenizer", "leave it out"),
        ("--ds.experts_implementation eager", "leave it out"),
        ("--bf16 --ds.param_dtype fp32", "param_dtype is 'bf16' and 'fp32'; keep one"),
        ("--flash_attn --attn_implementation eager", "keep one"),
        ("--param_dtype int8", "invalid choice"),
        ("--port many", "invalid int value"),
        ("--unheard_of", "unknown option --unheard_of"),
    ],
)
def test_what_can_not_be_served_is_told_with_what_to_do(command, told, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["serve-rm", "--reward_pretrain", "rm", *shlex.split(command)])
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def test_the_command_bears_a_dash(capsys):
    with pytest.raises(SystemExit):
        main(["serve-rm", "--help"])
    assert "--reward.model_name_or_path" in capsys.readouterr().out
