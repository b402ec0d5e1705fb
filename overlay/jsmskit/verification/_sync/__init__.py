# Made from overlay/jsmskit/verification/_async/__init__.py by tools/unasync.py. Do not edit: change that file and run the tool.
"""Phone verification for plain code."""
