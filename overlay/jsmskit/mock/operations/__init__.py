"""What each operation does, one module a subject: checks in the order of fact base 11, then the act."""
