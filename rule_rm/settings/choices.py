"""The values of settings that have few."""

from __future__ import annotations

LOG_FORMATS = ("text", "json")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
AUTO = "auto"
CHAT_TEMPLATES = (
    AUTO,
    "chatml",
    "xcomposer",
    "kimi",
    "kimi3",
    "llama3",
    "deepseek",
    "hunyuan",
    "hunyuan_large",
    "gemma",
    "gemma4",
    "phi",
    "mistral",
    "harmony",
    "cohere",
    "minimax",
    "minimax1",
    "ling",
    "exaone",
    "seed",
    "granite",
    "nemotron",
    "step",
    "apertus",
    "dots",
    "solar",
    "telechat",
    "apriel",
    "baichuan",
    "megrez",
    "gigachat",
    "codellama",
    "pangu",
    "minicpm",
    "begin",
    "plamo",
    "reka",
    "velvet",
    "h2o",
    "crystal",
    "glm2",
    "index",
    "koala",
    "skywork",
    "angle",
    "alpaca",
    "plain",
)
"""The names of the rows in `messages.templates`."""
LOCAL, RAY = ENGINES = ("local", "ray")
"""The engines: workers on this machine, or on the nodes of a Ray cluster."""
BOARDS = ("none", "wandb", "trackio")
TURNS = ("first", "last", "all")
VIEWER_PORT = "6080"
"""Browsers refuse to open port 6000."""
THINK_PREFILLED = (AUTO, "yes", "no")
