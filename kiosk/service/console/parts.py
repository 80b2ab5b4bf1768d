"""What pages and routes work with. Made once, when the service starts; they ask for it as `parts: Parts`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from kiosk.database.database import Database
from kiosk.service.agent import Agent
from kiosk.service.console.pace import Pace
from kiosk.service.live import Live
from kiosk.service.retrain.retraining import Retraining
from kiosk.service.voice_settings import VoiceSettings
from kiosk.settings.schema import Settings


@dataclass(frozen=True)
class Parts:
    """
    settings       of the site
    house          accounts, audit and whatever the house decides
    conversations  what was said; empty of rows where the site keeps none
    agent          the engines, for what is tried or spoken from the console
    retraining     what the agent is taught
    live           the conversations that are held now
    voice          how the agent sounds
    setup_key      lets the first admin in, once, while there is no user; a secret
    pace           of requests
    """

    settings: Settings
    house: Database
    conversations: Database
    agent: Agent
    retraining: Retraining
    live: Live
    voice: VoiceSettings
    setup_key: str = field(repr=False)
    pace: Pace = field(default_factory=Pace)

    @property
    def kept(self) -> bool:
        """Whether conversations are kept at all."""
        return self.settings.service.keep_days > 0


def _parts(request: Request) -> Parts:
    parts = request.app.state.parts
    assert isinstance(parts, Parts)
    return parts


Given = Annotated[Parts, Depends(_parts)]
"""`parts: Given` in the signature of a page or a route."""
