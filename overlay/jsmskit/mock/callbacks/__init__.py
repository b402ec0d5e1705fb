"""What applications are told by callback: queue, deliveries, and the HTTP client that makes the requests."""
