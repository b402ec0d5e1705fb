"""What the mock's parts share: records, settings, seeds, clock, chance, rule catalog. Imports no other folder of it."""
