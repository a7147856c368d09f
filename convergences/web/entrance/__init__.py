"""Who comes in, what is asked of them, and where they are sent: what the doors of browsers share."""
