# Made from overlay/jsmskit/_http/_async/__init__.py by tools/unasync.py. Do not edit: change that file and run the tool.
"""Pool and exchange for plain code."""
