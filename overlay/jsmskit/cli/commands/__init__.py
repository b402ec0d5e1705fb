"""One module for each command; `jsmskit.cli.root` imports one when it is asked for."""
