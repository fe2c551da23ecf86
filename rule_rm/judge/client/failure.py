"""The failure of a question: a kind to count, a message for people, and its consequences.

A kind is a short word for logs and metrics. They must not contain the server's message, which may quote the
question.
"""

from __future__ import annotations

from rule_rm.errors import JudgeError
from rule_rm.http.transport import ExchangeError


class AttemptError(JudgeError):
    """A failed attempt or question.

    The message contains no key, and only a short excerpt of the server's reply.
    """

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        can_pass: bool = False,
        is_well: bool | None = None,
        is_endpoints_fault: bool = False,
        is_out_of_time: bool = False,
        is_too_long: bool = False,
        retry_after: float | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.can_pass = can_pass
        """The same request may succeed later or elsewhere."""
        self.is_well = is_well
        """True if the endpoint works, False if it doesn't, None if this failure doesn't show."""
        self.is_endpoints_fault = is_endpoints_fault
        """True if the server is to blame for any question: another server may well reply."""
        self.is_out_of_time = is_out_of_time
        """A caller with more time might get a reply."""
        self.is_too_long = is_too_long
        """The question is longer than the judge's context."""
        self.retry_after = retry_after
        """Seconds that the server asked for."""
        self.status = status
        """The HTTP status, if one arrived."""

    @classmethod
    def of_exchange(cls, error: ExchangeError) -> AttemptError:
        """Return the failure of an attempt that got no whole reply."""
        is_well = None if error.kind == "timeout" else False
        can_pass = error.kind != "untrusted"
        return cls(error.kind, str(error), can_pass=can_pass, is_well=is_well, status=error.status)

    def final(self, why: str, *, is_out_of_time: bool = False) -> AttemptError:
        """Return this failure as the question's, with the reason why it is not tried again."""
        return AttemptError(
            self.kind,
            f"{self} ({why})",
            is_out_of_time=is_out_of_time,
            is_too_long=self.is_too_long,
            status=self.status,
        )
