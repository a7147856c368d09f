"""The correspondant's pages about employers."""
