"""The room's views, one file per page."""
