"""Login, first visit, reset, sign out."""
