# Made from overlay/jsmskit/_async/__init__.py by tools/unasync.py. Do not edit: change that file and run the tool.
"""The client for plain code.

Knows nothing that decides: what can be decided without waiting lives one folder up and serves both.
"""
