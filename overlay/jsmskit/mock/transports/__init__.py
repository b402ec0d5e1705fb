"""The mock in process, behind the client's transport interface and behind httpx. No sockets, no waiting."""
