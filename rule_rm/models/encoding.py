"""Turn a conversation into tokens: the chat template, the special tokens, the cut to the longest length."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.messages.control_tokens import broken_tokens
from rule_rm.models.conversation import plain
from rule_rm.models.options import ModelOptions

_SANE = 1 << 24
"""Tokenizers without a longest length give an astronomical one."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """The tokens of one text."""

    tokens: list[int]
    was_cut: bool


class Encoder:
    """A maker of tokens from requests; called from one thread."""

    def __init__(self, tokenizer: Any, options: ModelOptions, longest: int) -> None:
        """Take at most `longest` tokens. Raises ConfigurationError if the template is missing."""
        self._tokenizer = tokenizer
        self._options = options
        self.max_len = min(options.max_len, longest)
        if tokenizer.cls_token_id is not None and tokenizer.model_max_length < _SANE:
            # Encoders count positions from an offset, so that the tokenizer's length is the lower one.
            self.max_len = min(self.max_len, tokenizer.model_max_length)
        if options.truncation_side != "auto":
            tokenizer.truncation_side = options.truncation_side
        self._has_template = bool(getattr(tokenizer, "chat_template", None))
        if options.chat_template == "apply" and not self._has_template:
            raise ConfigurationError(
                f"chat_template=apply: the tokenizer of {options.reward_pretrain} has no chat template"
            )
        if options.append_eos and tokenizer.eos_token is None:
            raise ConfigurationError(
                f"append_eos: the tokenizer of {options.reward_pretrain} has no end-of-sequence token"
            )
        special = {str(token) for token in tokenizer.added_tokens_decoder.values() if token.special}
        self._special = sorted(special | set(tokenizer.all_special_tokens), key=len, reverse=True)

    def encode(self, request: Mapping[str, Any]) -> Encoded:
        """Return the tokens of a request of `conversation.as_request`."""
        mode = self._options.chat_template
        text = request["text"]
        if mode in ("auto", "none") and text is not None:
            return self._tokens(text)
        messages, response = request["messages"], request["response"]
        if mode != "none":
            messages = [{**message, "content": self._defused(message["content"])} for message in messages]
            response = self._defused(response)
        if mode == "apply" or (mode == "auto" and self._has_template):
            conversation = [*messages, {"role": "assistant", "content": response}]
            return self._tokens(self._tokenizer.apply_chat_template(conversation, tokenize=False))
        before = plain(messages)
        if self._tokenizer.cls_token_id is not None:
            return self._pair(before, response)
        return self._tokens(before + response if mode == "none" else f"{before}\n\n{response}")

    def _tokens(self, text: str) -> Encoded:
        if self._options.append_eos:
            text = self._between_end_tokens(text) + str(self._tokenizer.eos_token)
        tokens = self._tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
        if len(tokens) <= self.max_len:
            return Encoded(tokens, False)
        if self._tokenizer.truncation_side == "left":
            return Encoded(tokens[-self.max_len :], True)
        return Encoded(tokens[: self.max_len], True)

    def _pair(self, first: str, second: str) -> Encoded:
        """Encode two texts as the encoder was trained on them, with its own special tokens."""
        tokens = self._tokenizer(first, second, verbose=False)["input_ids"]
        if len(tokens) <= self.max_len:
            return Encoded(tokens, False)
        cut = self._tokenizer(first, second, truncation=True, max_length=self.max_len)["input_ids"]
        return Encoded(cut, True)

    def _between_end_tokens(self, text: str) -> str:
        """Return the text without end and padding tokens at both ends."""
        ends = [token for token in (self._tokenizer.eos_token, self._tokenizer.pad_token) if token]
        while any(text.startswith(token) for token in ends):
            text = text[max(len(token) for token in ends if text.startswith(token)) :]
        while any(text.endswith(token) for token in ends):
            text = text[: -max(len(token) for token in ends if text.endswith(token))]
        return text

    def _defused(self, text: str) -> str:
        """Return the text without any control token, the tokenizer's own or one of a known family."""
        text = broken_tokens(text, thinking=False)
        for token in self._special:
            if token in text:
                text = text.replace(token, f"{token[0]} {token[1:]}")
        return text
