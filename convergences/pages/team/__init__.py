"""The référent: agents, rights, journal of the organization."""
