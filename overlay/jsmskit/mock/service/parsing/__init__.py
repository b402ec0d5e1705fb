"""From the bytes of a body to fields, by the spec. Does not know state."""
