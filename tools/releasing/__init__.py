"""The steps of a release. `tools/release.py` knows their order; none of them publishes anything."""
