"""A person's own accelerate config (the YAML that `accelerate config` writes) for a job: what is taken of it, and why
one cannot be followed. Imports neither accelerate nor torch.

Winnow's training loop holds the whole model in each process and sums gradients by one message, so it can follow what
starts processes (`NO`, `MULTI_GPU`, `MULTI_CPU`, on one machine or several) and a mixed precision. All that would
change the loop itself, such as FSDP, DeepSpeed or a compiler, is refused: it would be without effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from core.errors import UsageError
from core.queue.folder import JobFolder
from core.queue.launcher import VISIBLE, Slot
from core.records import MixedPrecision
from core.settings import expanded
from core.words import say, say_n

Kind = Literal["NO", "MULTI_GPU", "MULTI_CPU"]
MAX_BYTES = 64 * 1024
"""Of a file that is read as a config; one of accelerate's has about 600."""
SHARDED = ("FSDP", "DEEPSPEED", "MEGATRON_LM")
"""Distributed types that cut the model into pieces."""
CHANGES_THE_LOOP = (
    "deepspeed_config",
    "dynamo_config",
    "fp8_config",
    "fsdp_config",
    "megatron_lm_config",
    "parallelism_config",
)
"""Keys that only a loop written by accelerate's `prepare` would follow."""
KNOWN = frozenset(
    {
        *CHANGES_THE_LOOP,
        *("command_file", "commands", "compute_environment", "debug", "distributed_type", "downcast_bf16"),
        *("enable_cpu_affinity", "gpu_ids", "machine_rank", "main_process_ip", "main_process_port"),
        *("main_training_function", "mixed_precision", "mpirun_config", "num_machines", "num_processes"),
        *("rdzv_backend", "same_network", "tpu_env", "tpu_name", "tpu_use_cluster", "tpu_use_sudo", "tpu_vm"),
        *("tpu_zone", "use_cpu"),
    }
)
"""Every key of accelerate's `ClusterConfig`, which refuses others."""
FILE = "accelerate.yaml"
"""The copy in a job folder's `input/`."""
QUOTES = "YAML reads a bare no as false, so put it in quotes."


@dataclass(frozen=True, slots=True)
class AccelerateConfig:
    """What a config decides of a job."""

    kind: Kind
    """Its `distributed_type`."""
    processes: int
    """On all machines together."""
    machines: int
    on_cpu: bool
    gpus: tuple[str, ...]
    """Of this machine, by what `CUDA_VISIBLE_DEVICES` calls them; empty: whichever are free."""
    port: int | None
    """Where the first process listens; None: any that is free."""
    precision: MixedPrecision
    """`auto` where it says none."""

    @property
    def here(self) -> int:
        """Processes on each machine."""
        return self.processes // self.machines

    @property
    def sentence(self) -> str:
        """`MULTI_CPU, 2 processes on the CPU of this machine, mixed precision 'no'`"""
        device = "CPU" if self.on_cpu else "GPU" if self.here == 1 else say("{n} GPUs", n=self.here)
        where = (
            say("the {device} of each of {machines} machines", device=device, machines=self.machines)
            if self.machines > 1
            else say("the {device} of this machine", device=device)
        )
        number = say_n("{n} process", "{n} processes", self.processes)
        precision = (
            say("no mixed precision said")
            if self.precision == "auto"
            else say("mixed precision '{precision}'", precision=self.precision)
        )
        named = f" (gpu_ids {','.join(self.gpus)})" if self.gpus else ""
        return say(
            "{kind}, {number} on {where}{named}, {precision}",
            kind=self.kind,
            number=number,
            where=where,
            named=named,
            precision=precision,
        )


def read_config(path: str) -> str:
    """The text of a config file. Raises UsageError where there is none."""
    file = expanded(path)
    hint = "Give the path of the YAML file that accelerate config has written."
    if not file.is_file():
        raise UsageError(f"Accelerate config: there is no file {path!r}.", hint)
    if (size := file.stat().st_size) > MAX_BYTES:
        raise UsageError(f"Accelerate config: {path!r} has {size:,} bytes, too many for one.", hint)
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"Accelerate config: {path!r} cannot be read: {why}.", hint) from error


def parse_config(text: str, name: str) -> AccelerateConfig:
    """What a config's text decides. Raises UsageError, which names the file, the value and what to write instead, for
    one that accelerate would not read or that Winnow's loop cannot follow."""
    try:
        return _config(_mapping(text))
    except UsageError as error:
        raise UsageError(f"Accelerate config {name}: {error.message}", error.hint) from error


def config_path(folder: JobFolder) -> Path:
    """Where a run's copy of its config lies, if it follows one."""
    return folder.input / FILE


def config_of(folder: JobFolder) -> AccelerateConfig | None:
    """The config that the run follows, out of its own copy; None for one that follows none."""
    path = config_path(folder)
    return parse_config(path.read_text(encoding="utf-8"), str(path)) if path.is_file() else None


def slots_of(config: AccelerateConfig, slots: Sequence[Slot]) -> list[Slot]:
    """Of this machine's slots, those that a job with the config may have. Raises UsageError where it asks for GPUs that
    are not there."""
    if config.on_cpu:
        return [Slot("cpu")]
    gpus = {slot.environment[VISIBLE]: slot for slot in slots if VISIBLE in slot.environment}
    there = "there is none" if not gpus else "there is one" if len(gpus) == 1 else f"there are {len(gpus)}"
    for name in config.gpus:
        if name not in gpus:
            raise UsageError(
                f"Accelerate config: gpu_ids names GPU {name!r}, and there is {', '.join(gpus) or 'none'}.",
                "Change gpu_ids, or set it to all.",
            )
    if config.gpus:
        return [gpus[name] for name in config.gpus]
    if config.kind == "MULTI_GPU" and config.here > len(gpus):
        raise UsageError(
            f"Accelerate config: {config.here} of its processes want a GPU of this machine each, and {there}.",
            "Lower num_processes, or use distributed_type MULTI_CPU with use_cpu true.",
        )
    return list(slots)


def _mapping(text: str) -> Mapping[str, Any]:
    import yaml

    hint = "Write it anew with: accelerate config --config_file PATH."
    try:
        said = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise UsageError(f"it is not YAML{f' (line {mark.line + 1})' if mark else ''}.", hint) from error
    if not isinstance(said, dict):
        raise UsageError(f"it holds {_shown(said)}, and no keys with values.", hint)
    if unknown := sorted(str(key)[:80] for key in said if key not in KNOWN):
        raise UsageError(f"it has keys that accelerate does not know: {', '.join(unknown)}.", "Remove them.")
    return said


def _config(said: Mapping[str, Any]) -> AccelerateConfig:
    _refuse(said)
    kind = _kind(said)
    use_cpu = _switch(said, "use_cpu")
    if use_cpu and kind == "MULTI_GPU":
        raise UsageError("use_cpu true contradicts distributed_type 'MULTI_GPU'.", "Use MULTI_CPU, or use_cpu false.")
    processes, machines = _processes(said, kind), _whole(said, "num_machines", 1, 1)
    if machines > 1:
        _check_machines(said, processes, machines)
    port = _whole(said, "main_process_port", 0, 0) or None
    on_cpu = use_cpu or kind == "MULTI_CPU"
    gpus = () if on_cpu else _gpus(said, processes // machines)
    return AccelerateConfig(kind, processes, machines, on_cpu, gpus, port, _precision(said))


def _refuse(said: Mapping[str, Any]) -> None:
    """What would change the loop, or start it by something else than accelerate's own launcher."""
    where = said.get("compute_environment", "LOCAL_MACHINE")
    if where != "LOCAL_MACHINE":
        raise UsageError(
            f"compute_environment cannot be {_shown(where)}.", "Winnow trains where it runs: set it to LOCAL_MACHINE."
        )
    kind = said.get("distributed_type")
    if kind in SHARDED:
        raise UsageError(
            f"distributed_type cannot be {_shown(kind)}: Winnow's training loop keeps the whole model in each process.",
            "Use MULTI_GPU, where each GPU computes its share of every step; if memory is short, turn gradient "
            "checkpointing on or lower the batch.",
        )
    for key in CHANGES_THE_LOOP:
        if said.get(key) and said[key] != {"dynamo_backend": "NO"}:
            raise UsageError(f"{key} would be without effect: Winnow's training loop does not use it.", "Remove it.")
    if said.get("mpirun_config"):
        raise UsageError("mpirun_config cannot be followed: Winnow starts the processes by torchrun.", "Remove it.")


def _kind(said: Mapping[str, Any]) -> Kind:
    kind = said.get("distributed_type")
    if kind in get_args(Kind):
        return cast(Kind, kind)
    choices = f"Choose one of: {', '.join(map(repr, get_args(Kind)))}."
    if kind is None:
        raise UsageError("distributed_type is missing.", choices)
    raise UsageError(
        f"distributed_type cannot be {_shown(kind)}: Winnow starts processes on NVIDIA GPUs and on the CPU.",
        f"{choices} {QUOTES}" if kind is False else choices,
    )


def _processes(said: Mapping[str, Any], kind: Kind) -> int:
    if kind == "NO":
        if (number := _whole(said, "num_processes", 1, 1)) > 1:
            raise UsageError(
                f"num_processes {number} contradicts distributed_type 'NO', which is one process.",
                "Use MULTI_GPU or MULTI_CPU, or num_processes 1.",
            )
        return 1
    if said.get("num_processes", -1) == -1:
        raise UsageError(f"num_processes is missing, and distributed_type is {kind!r}.", "Give the number of all.")
    if (number := _whole(said, "num_processes", 1, 1)) == 1:
        raise UsageError(f"num_processes 1 contradicts distributed_type {kind!r}.", "Use 'NO', or more processes.")
    return number


def _check_machines(said: Mapping[str, Any], processes: int, machines: int) -> None:
    if processes % machines:
        raise UsageError(
            f"num_processes {processes} cannot be shared by num_machines {machines}: each has as many.",
            "num_processes counts those of all machines.",
        )
    if rank := _whole(said, "machine_rank", 0, 0):
        raise UsageError(
            f"machine_rank {rank} is another machine's: Winnow starts the first one.",
            "Set it to 0; join.sh in the run's folder starts the others.",
        )
    for key in ("main_process_ip", "main_process_port"):
        if not said.get(key):
            raise UsageError(f"{key} is missing, and num_machines is {machines}.", "Give this machine's.")


def _gpus(said: Mapping[str, Any], here: int) -> tuple[str, ...]:
    ids = said.get("gpu_ids")
    if ids is None or ids == "all":
        return ()
    if not isinstance(ids, str):
        raise UsageError(f"gpu_ids cannot be {_shown(ids)}.", "Write all, or numbers with commas in quotes, as '0,1'.")
    names = tuple(name.strip() for name in ids.split(","))
    if len(names) != here:
        raise UsageError(
            f"gpu_ids {ids!r} are {len(names)}, and there are to be {here} processes on this machine.",
            "Each process has one GPU: name as many.",
        )
    return names


def _precision(said: Mapping[str, Any]) -> MixedPrecision:
    precision = said.get("mixed_precision")
    if precision is None:
        return "auto"
    if precision in ("no", "fp16", "bf16"):
        return cast(MixedPrecision, precision)
    raise UsageError(
        f"mixed_precision cannot be {_shown(precision)}.",
        f"Choose one of: 'no', 'fp16', 'bf16'.{f' {QUOTES}' if precision is False else ''}",
    )


def _whole(said: Mapping[str, Any], key: str, default: int, minimum: int) -> int:
    value = said.get(key)
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or value < minimum:
        raise UsageError(f"{key} cannot be {_shown(value)}.", f"Give a whole number from {minimum} on.")
    return value


def _switch(said: Mapping[str, Any], key: str) -> bool:
    value = said.get(key, False)
    if not isinstance(value, bool):
        raise UsageError(f"{key} cannot be {_shown(value)}.", "Give true or false, without quotes.")
    return value


def _shown(value: Any) -> str:
    """A value as it can stand in a sentence."""
    return repr(value)[:80] if isinstance(value, str | int | float | None) else f"a {type(value).__name__}"
