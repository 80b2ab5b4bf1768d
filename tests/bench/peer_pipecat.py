"""A conversation with pipecat's own parts, run by its own environment: peer_pipecat.py URL [local].

Nothing between the devices and the socket is written here: LocalAudioTransport plays and captures, the service speaks
with the server, the aggregators decide about interruptions. `local` lets pipecat's own Silero detector decide about
them instead of the server.
"""

from __future__ import annotations

import asyncio
import sys

from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.services.openai.realtime.events import (
    AudioConfiguration,
    AudioInput,
    SemanticTurnDetection,
    SessionProperties,
)
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService
from pipecat.transports.local.audio import LocalAudioTransport, LocalAudioTransportParams
from pipecat.workers.runner import WorkerRunner

RATE = 24000
DETECTOR_RATE = 16000
"""The only one that Silero knows and the microphone too; the service then resamples."""


async def converse(url: str, local: bool) -> None:
    transport = LocalAudioTransport(LocalAudioTransportParams(audio_in_enabled=True, audio_out_enabled=True))
    turns = False if local else SemanticTurnDetection()
    properties = SessionProperties(audio=AudioConfiguration(input=AudioInput(turn_detection=turns)))
    service = OpenAIRealtimeLLMService(
        api_key="bench", base_url=url, settings=OpenAIRealtimeLLMService.Settings(session_properties=properties)
    )
    user, assistant = LLMContextAggregatorPair(
        LLMContext(),
        user_params=LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer() if local else None),
        realtime_service_mode=True,
    )
    pipeline = Pipeline([transport.input(), user, service, transport.output(), assistant])
    worker = PipelineWorker(
        pipeline,
        params=PipelineParams(audio_in_sample_rate=DETECTOR_RATE if local else RATE, audio_out_sample_rate=RATE),
        idle_timeout_secs=None,
    )
    runner = WorkerRunner()
    await runner.add_workers(worker)
    await runner.run()


if __name__ == "__main__":
    logger.remove()
    logger.add(sys.stderr, level="INFO")
    asyncio.run(converse(sys.argv[1], sys.argv[2:] == ["local"]))
