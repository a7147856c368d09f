"""The portal: tiles, opening an application, help and legal pages."""
