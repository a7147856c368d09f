"""How things are said and drawn on every page: words, dates, typography."""
