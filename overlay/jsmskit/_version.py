"""The version of this package, where importing it costs nothing. A test compares it with the packaging's."""

from typing import Final

VERSION: Final = "0.1.0"
