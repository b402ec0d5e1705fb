"""What the mock remembers, and what falls due when. Knows SQLite; does not know rules, HTTP or who asks."""
