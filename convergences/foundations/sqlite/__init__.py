"""SQLite as Django speaks it; what Django does to the text of a statement at each asking is done once for a text."""
