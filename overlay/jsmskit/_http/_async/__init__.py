"""Pool and exchange for asyncio: the source from which its twin for plain code is made."""
