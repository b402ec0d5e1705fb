"""Running a campaign: a session for each owner, workers in threads or tasks, and the requests.

What is decided stands in `decisions`, what is written in `ledger`.
"""
