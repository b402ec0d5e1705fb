"""The mock over HTTP: an ASGI application on uvicorn. Does not know operations or state."""
