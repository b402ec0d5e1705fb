"""A check of the contract against the real service, for those who have an account: `jsms live-check`.

Its probes speak HTTP themselves, over the client's transport: the client refuses what is to be probed.
"""
