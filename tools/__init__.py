"""Tools for those who work on jsmskit; nothing here is shipped to users."""
