"""Lets a run's model predict a file."""
