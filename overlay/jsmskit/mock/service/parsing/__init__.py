"""From the bytes of a body to fields, by the spec. Must not know state."""
