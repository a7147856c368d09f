"""What is asked of every portal without a page: is it alive, its figures, and what is answered before Django."""
