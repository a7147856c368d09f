"""The designation campaigns, for the centre's correspondants: prepared, launched, followed, closed."""
