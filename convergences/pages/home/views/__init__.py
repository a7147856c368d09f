"""The room's pages, one file each."""
