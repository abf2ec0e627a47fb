"""What crosses between the app and the process that holds a model: one JSON object a line, either way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ResidentSpec:
    """A model to be held."""

    model: Path
    features: Path
    """A run's output folder: its training rows' features lie there, where it kept any."""
    idle_seconds: float
    """It ends after so long without a question."""


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """An encoder to be held."""

    model: Path
    """The name of one that comes with Winnow, or a model's folder."""
    modality: str
    """By its name: what the examples are."""
    idle_seconds: float
    """It ends after so long without a question."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the model is asked of one example."""

    example: str
    """A text, or the path of a file."""
    nearest: int = 0
    """How many of the nearest training examples are wanted."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model says."""

    probabilities: tuple[float, ...]
    """One per class."""
    nearest: tuple[tuple[int, float], ...]
    """(row id, cosine), nearest first."""
    spans: tuple[tuple[int, int, str, float], ...] = ()
    """Of a model that says where entities are: start, stop, type and probability."""
    sure: float = 1.0
    """Of such a model: how probable the least sure of the words is."""
    vector: tuple[float, ...] = ()
    """Of an encoder: the example's embedding (d,), as scans keep it; it says nothing else."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is wrong with the model or the question, for a person."""

    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Line:
    """What the process says: first that it is ready or why it is not, then an answer or a refusal to each question, at
    last that it was idle for too long."""

    ready: bool = False
    answer: Answer | None = None
    error: Refusal | None = None
    idle: bool = False
