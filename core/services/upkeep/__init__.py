"""What keeps a workspace: backups, what of it is whole, putting back, mending. Works on one that does not open, too."""
