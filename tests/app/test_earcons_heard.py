"""What the state table orders is really heard, and a touch ends it: the real engine and speaker on WAV sound."""

from __future__ import annotations

from running_kiosk import Agent, running, until

from kiosk.core import events as ev
from kiosk.core.policy import Policy
from kiosk.core.session import Phase
from kiosk.settings.sound import Sound

HEARD_DBFS = -60.0


async def test_the_breath_of_the_start_is_heard_and_a_touch_ends_it() -> None:
    async with running(Policy(), make_link=Agent().make) as kiosk:
        await until(lambda: kiosk.speaker.figures.level_dbfs > HEARD_DBFS)
        kiosk.touch()
        assert kiosk.session.phase is Phase.CONNECTING
        await until(lambda: kiosk.speaker.figures.level_dbfs < HEARD_DBFS, limit_s=0.7)


async def test_a_microphone_that_opens_by_itself_is_heard_and_no_agent_is_told() -> None:
    sound = Sound(warm_up=False)
    async with running(Policy(), sound=sound, make_link=Agent().make) as kiosk:
        kiosk.touch()
        assert kiosk.speaker.figures.level_dbfs < HEARD_DBFS
        kiosk.dispatch(ev.AgentReady())
        assert kiosk.session.phase is Phase.LISTENING
        await until(lambda: kiosk.speaker.figures.level_dbfs > HEARD_DBFS)
        assert kiosk.speaker.position().response_id == ""
        assert kiosk.session.responses == ()
