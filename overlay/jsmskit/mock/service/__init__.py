"""The simulated service: one request in, one response out. Must not know transports, faults or the control API."""
