"""Tags on rows: put on and taken off, one by one and of many, and which there are."""
