"""What differs between sync and async: streams, waiting for a connection, sleeping. The names are the same in both."""
