"""What a run's model says: of one example, and of a file."""
