"""Sounds: opened with care, measured, encoded by their log-mel spectrogram, and how a classifier takes them."""
