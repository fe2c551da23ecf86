"""Why a question got no reply: a kind to count, a message for a person, and what follows from it.

A kind is a short word that names what happened, so that a log line and a metric can tell it without what the
server wrote, which may quote the question.
"""

from __future__ import annotations

from rule_rm.errors import JudgeUnavailable


class Failure(JudgeUnavailable):
    """One try, or the whole question, failed. The message holds no key, and little of what a server wrote."""

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        can_pass: bool = False,
        is_well: bool | None = None,
        is_out_of_time: bool = False,
        retry_after: float | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.can_pass = can_pass
        """The same request may succeed later."""
        self.is_well = is_well
        """Whether the endpoint is, in spite of it; None: it says nothing of that."""
        self.is_out_of_time = is_out_of_time
        """Whoever has more time might get a reply."""
        self.retry_after = retry_after
        """Seconds that the server asked for."""
        self.status = status
        """The HTTP status, if there was one."""

    def final(self, why: str, *, is_out_of_time: bool = False) -> Failure:
        """The same as the end of the question, with the reason why it is not tried again."""
        return Failure(self.kind, f"{self} ({why})", is_out_of_time=is_out_of_time, status=self.status)
