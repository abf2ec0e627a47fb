"""What is counted for lists of datasets and for the story of one."""
