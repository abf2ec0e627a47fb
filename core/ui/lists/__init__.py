"""What stands above every list of rows."""
