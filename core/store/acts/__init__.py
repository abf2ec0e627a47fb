"""What reviewers do: decisions and claims, appended; and which of them are in force."""
