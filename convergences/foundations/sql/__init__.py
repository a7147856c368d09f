"""Short questions and rows of hot paths: composed once, asked with other values, brought as few columns."""
