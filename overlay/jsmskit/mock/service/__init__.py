"""The simulated service: one request in, one response out. Does not know transports, faults or the control API."""
