"""Long runs against the mock: seeded bugs, the fuzz gate at length, and kill -9 under load."""
