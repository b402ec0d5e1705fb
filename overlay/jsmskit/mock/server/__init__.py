"""The mock over HTTP: an ASGI application on uvicorn. Must not know operations or state."""
