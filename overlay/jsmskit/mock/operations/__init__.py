"""What each operation does, one module a subject: checks in the order of `rules`, then the act."""
