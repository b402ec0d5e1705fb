"""The tables, one module a subject, over one SQLite connection. No rule lives here."""
