"""Home's first row: the samples, one click away."""

from __future__ import annotations

import streamlit as st

from core.ui.frame import BareFrame
from core.ui.pages import link
from core.ui.problems import shown_errors
from core.workflow.load import load_sample, samples
