"""Makes results from decoded answers: one function for each kind of answer, a module for each part of the service.

Knows the names of the service's fields and what it has been seen to send (ids as numbers or text, codes as
text in batches, times in three notations). Must not know requests. Everything is checked, because the
generated models check nothing; what does not fit raises `ShapeError`, whose text names the field, never its
content.
"""
