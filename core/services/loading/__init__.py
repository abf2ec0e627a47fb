"""What happens behind a load: taking in, derived attributes, splits."""
