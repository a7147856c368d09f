"""My sheet, my photo, my devices."""
