"""What the pages are drawn with: header, access, widgets, the review desk; the only user of Streamlit in core. Works
through `core.services` and the lists of `core.store`; holds no SQL and no rule of the work itself."""
