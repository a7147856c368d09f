"""Mandates of référents, for correspondants: their end, their confirmation after elections, a way back in."""
