"""What a request that comes through a browser must satisfy: one function per check, one table for their order."""
