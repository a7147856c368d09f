"""Declarative files: what they may say, and what applying them does."""
