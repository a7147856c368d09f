"""Doors to people: pages. Independent of one another; they meet by the names of addresses only."""
