"""Predicted entities held against the true ones: by the whole entity, by overlap, by type and by token."""
