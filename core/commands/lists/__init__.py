"""Commands about lists that people keep."""
