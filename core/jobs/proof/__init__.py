"""Proves the detectors: plants known errors into copies of the labels and counts which reviews would find them."""
