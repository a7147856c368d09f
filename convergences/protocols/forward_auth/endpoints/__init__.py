"""One file an address, at the portal's own host."""
