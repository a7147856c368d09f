"""Forms in the house's words, their fields, and two people on one sheet."""
