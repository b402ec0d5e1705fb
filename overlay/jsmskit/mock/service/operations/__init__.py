"""The 23 operations, one module a subject: they enforce the rules, then act."""
