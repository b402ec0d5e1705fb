"""The control API, the event stream and the inbox page. Knows the engine; must not decide what the service does."""
