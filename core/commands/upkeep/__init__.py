"""Commands that keep a workspace well."""
