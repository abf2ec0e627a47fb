"""A person's own accelerate config for a fine-tune: read and checked before the start, and said in words."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.errors import UsageError
from core.finetune.precision import followed_precision
from core.queue.accelerate_config import AccelerateConfig, parse_config, read_config
from core.records import Run, TrainSpec
from core.settings import expanded
from core.words import say

TEXT = "accelerate_yaml"
"""In a run's `spec.json`: the config as it was at the start."""


@dataclass(frozen=True, slots=True)
class OwnConfig:
    """A config that can be followed."""

    path: str
    """Absolute, where the person has it."""
    text: str
    config: AccelerateConfig

    def over(self, spec: TrainSpec) -> TrainSpec:
        """The spec as if all that the config decides for this machine were its own settings."""
        precision = followed_precision(spec.precision, self.config.precision)
        return replace(spec, processes=self.config.here, precision=precision, accelerate_config="")

    def in_words(self, spec: TrainSpec) -> str:
        """Which config it is, what it decides, and what the run's own settings decide in its place."""
        own = (
            ""
            if spec.precision == "auto"
            else say("; the run's own precision, {precision}, counts", precision=spec.precision)
        )
        return say("Follows {path}: {config}{own}.", path=self.path, config=self.config.sentence, own=own)


def own_config(spec: TrainSpec) -> OwnConfig | None:
    """The config that the spec names, None where it names none. Raises UsageError for one that cannot be followed, and
    for a number of processes beside it."""
    if not spec.accelerate_config:
        return None
    path = str(expanded(spec.accelerate_config).absolute())
    text = read_config(path)
    config = parse_config(text, path)
    if spec.processes:
        raise UsageError(
            f"Processes: {spec.processes} cannot be said beside an accelerate config, whose num_processes counts "
            f"({config.processes}).",
            "Leave processes at 0, or leave the config out.",
        )
    return OwnConfig(path, text, config)


def followed_by(run: Run) -> OwnConfig | None:
    """The config that the run has followed from its start on. Raises UsageError for one of another Winnow, which could
    follow more than this one."""
    text = run.spec.get(TEXT)
    if text is None:
        return None
    path = run.spec["accelerate_config"]
    return OwnConfig(path, text, parse_config(text, path))
