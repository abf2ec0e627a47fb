"""A workspace that breaks, a disk that is full: what is said, what still works, the way back."""
