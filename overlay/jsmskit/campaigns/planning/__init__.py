"""From rows to a campaign in the ledger: rows validated, chunks written. Nothing is sent here.

Must not import clients. How files are read is `sources`, how plans are stored is the ledger's.
"""
