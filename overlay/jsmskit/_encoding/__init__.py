"""Bytes to values and back: JSON and multipart forms. Nothing here knows operations, errors of the client or HTTP."""
