"""The steps of a release. `tools/release.py` knows their order; no step knows another.

None of them publishes anything: what comes of a release are files, and a person who uploads them.
"""
