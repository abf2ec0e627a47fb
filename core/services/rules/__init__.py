"""Rules: conditions on rows with the class that they say. They propose; people accept."""
