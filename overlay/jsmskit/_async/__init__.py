"""The client for asyncio: the source from which its twin for plain code is made.

Knows nothing that decides: what can be decided without waiting lives one folder up and serves both.
"""
