"""How far adoption is: what is counted, who is called again, and the pages that show it."""
