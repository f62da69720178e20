"""The status codes of mail servers (RFC 3463)."""

from __future__ import annotations

import re

# Given up after retries; a full mailbox; an overloaded or misconfigured system; a refusal by policy, such as of spam.
PASSING_FAILURE = re.compile(r"4\.\d+\.\d+|5\.2\.2|5\.3\.\d+|5\.7\.\d+")


def is_passing_status(status: str) -> bool:
    """Whether a status says nothing about the address, so that another mail may arrive there on another day."""
    return PASSING_FAILURE.fullmatch(status.strip()) is not None
