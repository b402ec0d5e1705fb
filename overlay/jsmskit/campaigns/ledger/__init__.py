"""The ledger: what is meant to be sent, written before it leaves, and what became of it.

Each module holds the statements of one concern; `Ledger` puts them together. Nothing here knows clients, files of
recipients or the command line.
"""

from .ledger import Ledger, go_on_without_log, new_owner, open_ledger, owner_number

__all__ = ["Ledger", "go_on_without_log", "new_owner", "open_ledger", "owner_number"]
