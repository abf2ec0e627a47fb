"""SQL that people type: asked, kept under a name, and taken for a filter of rows."""
