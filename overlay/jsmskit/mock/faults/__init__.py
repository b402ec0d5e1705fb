"""Faults on request: which one applies to which request, and what becomes of the response. Carries nothing out."""
