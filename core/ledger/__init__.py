"""What people and jobs have done: acts, claims, runs and effects. Idempotent by keys, in the order of writing."""
