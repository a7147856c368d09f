"""What an operator does without the pages. Every command answers in JSON when asked."""
