"""What is written: the day's figures, and an invitation sent again."""
