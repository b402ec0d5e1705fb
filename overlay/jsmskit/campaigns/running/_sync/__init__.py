# Made from overlay/jsmskit/campaigns/running/_async/__init__.py by tools/unasync.py. Do not edit: change that file and run the tool.
"""The half of campaigns that makes requests, for plain code."""
