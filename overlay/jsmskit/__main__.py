"""`python -m jsmskit` is the command `jsms`, for environments whose scripts are not on the path."""

from jsmskit.cli import main

main()
