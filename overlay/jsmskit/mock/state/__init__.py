"""What the mock remembers, and what falls due when. Knows SQLite; must not know rules, HTTP or who asks."""
