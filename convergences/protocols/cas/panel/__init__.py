"""CAS in the engineer’s pages."""
