"""The transport: requests and responses as HTTP/1.1 over sockets or asyncio, and how far every request came.

Nothing in here knows operations, credentials, retries or what a failure means for a call. No exchange is made twice,
no redirect followed, no content encoding decoded.
"""
