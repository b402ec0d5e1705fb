"""Long runs whose figures stand in figures/; each is a module: `python -m experiments.NAME`."""
