"""Around every page: the script, navigation, header, guard, and what the server adds."""
