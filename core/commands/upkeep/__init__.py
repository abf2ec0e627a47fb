"""Commands that keep a workspace. All but the making of a backup work on one that does not open."""
