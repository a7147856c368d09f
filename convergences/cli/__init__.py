"""Operators and workers: the `convergences` command."""
