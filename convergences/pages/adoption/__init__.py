"""How far adoption is, for the centre's correspondants: who never came, what waits, rights month by month."""
