"""From files to tables: reading, checking, setting aside, typing, taking in."""
