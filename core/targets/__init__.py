"""What a label is: a folder per target. `facts.py` in it is light, the web process reads it; `heavy.py` is for jobs
alone, which find it by its name."""

from core.targets.contract import Labels, Reading, Target
from core.targets.multi_label.facts import MULTI_LABEL
from core.targets.number.facts import NUMBER
from core.targets.one_class.facts import ONE_CLASS
from core.targets.spans.facts import SPANS

TARGETS: dict[str, Target] = {target.name: target for target in (ONE_CLASS, MULTI_LABEL, SPANS, NUMBER)}
"""Every target by name."""

__all__ = ["TARGETS", "Labels", "Reading", "Target"]
