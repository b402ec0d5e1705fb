"""Long runs that try to break the package. Each prints its figures and writes them to `figures/`, with its command."""
