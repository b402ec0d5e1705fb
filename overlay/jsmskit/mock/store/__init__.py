"""Where the mock keeps its state: one SQLite connection, one module a subject. No rule lives here."""
