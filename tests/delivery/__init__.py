"""What is delivered: the demo, the wheel, the commands that prepare and check."""
