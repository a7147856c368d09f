"""The centre's engineers: the catalogue, and how each application is connected. Knows no protocol."""
