"""Plain values in, plotly figures out, in one style. Reads no store, imports no other room and no Streamlit."""
