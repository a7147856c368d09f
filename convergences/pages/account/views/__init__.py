"""One file per page of the agent's own account."""
