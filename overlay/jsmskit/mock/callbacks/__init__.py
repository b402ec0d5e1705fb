"""Callbacks: where they go, how they are delivered, and the HTTP client that makes the requests."""
