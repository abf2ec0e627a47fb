"""Asks whether cleaning helped."""
