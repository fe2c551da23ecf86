"""Say in the log, seldom, how texts are read where a trainer may have meant another way."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from rule_rm.messages.chat_templates import is_unsplit
from rule_rm.messages.prepare import has_several_turns
from rule_rm.processes.failures import Seldom
from rule_rm.settings import Settings
from rule_rm.types import Rollout

logger = logging.getLogger(__name__)


class Notices:
    """The notices of one service, each at most once in a while."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings, of which `turns` says that several turns are meant."""
        self._turns = settings.turns
        self._several_turns = Seldom()
        self._unsplit = Seldom()

    def look(self, rollouts: Sequence[Rollout]) -> None:
        """Log how texts of a request are read, where that may surprise."""
        if self._turns == "first" and self._several_turns.is_due() and any(map(has_several_turns, rollouts)):
            self._several_turns.note()
            logger.warning(
                "a response has several turns and its first is scored; "
                "--turns last, or all, scores what the policy said later"
            )
        if self._unsplit.is_due() and any(map(_is_unsplit, rollouts)):
            self._unsplit.note()
            logger.warning(
                "a text has no marker of a known chat template and does not begin with its prompt, so all of "
                "it is scored as the response: send the prompts, or name the text right before the response "
                "(such as --chat-template 'Output:')"
            )


def _is_unsplit(rollout: Rollout) -> bool:
    return rollout.text is not None and is_unsplit(rollout.text, rollout.prompt, rollout.response)
