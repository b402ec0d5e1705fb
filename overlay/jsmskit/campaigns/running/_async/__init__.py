"""The half of campaigns that makes requests, for asyncio: the source from which its twin for plain code is made."""
