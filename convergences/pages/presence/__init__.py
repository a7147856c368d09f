"""How a correspondant can be reached, who replaces them, and to whom their employers go; said by correspondants."""
