"""Answers to the deletions."""

from __future__ import annotations

from .._answers import Answer

__all__ = ["nothing"]


def nothing(answer: Answer) -> None:
    """Of the three deletions: an empty body."""
