"""From arguments to requests: one function for each operation, one module for each resource.

A plan checks its arguments, lets the generated operation build the request, and names the way to read the
answer. It does no I/O (but for reading the files of a sign) and knows nothing of time zones, clocks or
credentials. What is personal comes in wrapped in `Hidden`, since the frame that calls a plan can stand in a
traceback.
"""
