"""One module for each subject; `jsmskit.cli.root` imports one when a command of it is asked for."""
