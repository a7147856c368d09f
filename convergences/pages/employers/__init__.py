"""Pages of the centre's correspondants about employers."""
