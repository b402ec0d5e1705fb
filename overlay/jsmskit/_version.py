"""The version of this package, where importing it costs nothing. A test compares it with the packaging's."""

VERSION = "0.1.0"
