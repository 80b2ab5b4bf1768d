"""ONNX sessions for the voices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as states

from kiosk.core.fault import ExitCode, Fault


def open_session(model: bytes | Path, threads: int, inputs: set[str]) -> Any:
    """A session on the processor whose model takes exactly `inputs`. Raises `Fault` (`MODEL`) for any other file."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin while they wait cost a quarter more processor time and gain nothing where sound also wants it
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    source = str(model) if isinstance(model, Path) else model
    try:
        session = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    except (states.InvalidProtobuf, states.InvalidGraph, states.Fail, states.InvalidArgument) as error:
        raise _wrong(model, "is no ONNX model that can be run") from error
    if {each.name for each in session.get_inputs()} != inputs:
        raise _wrong(model, f"does not take {', '.join(sorted(inputs))}")
    return session


def _wrong(model: bytes | Path, why: str) -> Fault:
    where = str(model) if isinstance(model, Path) else "packaged model"
    return Fault(
        f"the voice's model file {why}",
        where=where,
        remedy="give service.tts_model a model of the engine that service.tts names, or leave it empty",
        code=ExitCode.MODEL,
    )
