"""Wires the house and decides nothing."""
