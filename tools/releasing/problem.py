"""The one way in which a step of a release says no."""

from __future__ import annotations

__all__ = ["ReleaseError"]


class ReleaseError(Exception):
    """Something stands against the release; the text says what, and what to do."""
