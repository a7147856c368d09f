"""PostgreSQL as Django speaks it; what a driver does to a short question at each asking is done once for a text."""
