"""Faults that were planted into copies of real examples, by subject; `python -m bench issues` measures all of them."""
