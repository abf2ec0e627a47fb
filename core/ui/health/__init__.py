"""The health view of the Issues page."""
