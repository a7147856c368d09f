"""Thousands of tests sign somebody in: the same hash as the product's, with the least work that it may do.

The product's own settings are kept in `REAL` for the tests that hold them; the servers that tests start have them too.
"""

from argon2 import PasswordHasher

from convergences.authentication import hashing

REAL = hashing.HASHER


def cheapen() -> None:
    """Let this process hash with little work."""
    hashing.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
