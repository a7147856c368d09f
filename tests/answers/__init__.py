"""The correspondant's pages about answers."""
