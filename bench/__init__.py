"""What each operation costs the server in processor time. Run by `make bench`; never a timed test."""
