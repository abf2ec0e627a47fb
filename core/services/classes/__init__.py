"""What people call classes and what belongs in them."""
