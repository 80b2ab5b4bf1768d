"""What every table of the settings file is made of."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class TakesEffect(StrEnum):
    LIVE = "live"
    NEXT_VISITOR = "next visitor"
    RESTART = "restart"


def setting(default: Any, sentence: str, effect: TakesEffect = TakesEffect.NEXT_VISITOR, **bounds: Any) -> Any:
    """A field with its sentence, bounds and moment of effect. `default` ...: it must be given."""
    return Field(default, description=sentence, json_schema_extra={"takes_effect": effect.value}, **bounds)


class Section(BaseModel):
    """A table of the settings file. Unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
