"""What is wrong with sounds as they are, by what their load has measured: nothing is opened again."""

from __future__ import annotations

import numpy as np

from core.modalities.audio.faults import CLIPPED, SILENT, TIMES
from core.modalities.payloads import Measures
from core.modalities.suspicion import Suspicion


def suspicions(measures: Measures) -> dict[str, Suspicion]:
    """Of n sounds by their measures, of which some may not be known."""
    found: dict[str, Suspicion] = {}
    if "silent_share" in measures:
        found["silent"] = Suspicion(measures["silent_share"], SILENT, certain=SILENT, amiss=True)
    if "clipped_share" in measures:
        found["clipped"] = Suspicion(measures["clipped_share"], CLIPPED, amiss=True)
    if "seconds" in measures:
        seconds = measures["seconds"]
        median = float(np.nanmedian(seconds)) if len(seconds) else 1.0
        found["brief"] = Suspicion(seconds, median / TIMES, low=True, ratios=True)
        found["lengthy"] = Suspicion(seconds, median * TIMES, ratios=True)
    if "sample_rate" in measures:
        rates = measures["sample_rate"]
        values, counts = np.unique(rates, return_counts=True)
        most = float(values[counts.argmax()]) if len(values) else 0.0
        words = [f"{rate:,.0f}" for rate in rates]
        found["odd_rate"] = Suspicion((rates != most).astype(float), 0.25, certain=0.25, usual=most, found=words)
    return found
