# ruff: noqa: E501 - messages and templates read better on one line
"""Commands and events through the shipped dialects, and through other shapes of sockets."""

from __future__ import annotations

import base64
import json
import typing
from dataclasses import fields, replace

import pytest

from kiosk.wire import canonical
from kiosk.wire.canonical import (
    AgentAudio,
    AgentAudioEnd,
    Audio,
    Closed,
    Connected,
    End,
    Ended,
    Error,
    Flush,
    Handover,
    Interrupt,
    Mute,
    Playback,
    Pong,
    Ready,
    ResponseDone,
    ResponseStarted,
    Start,
    Text,
    ToolCall,
    Transcript,
    Unknown,
)
from kiosk.wire.codec import Codec, FrameRefused
from kiosk.wire.dialect import Side, load_dialect, parse_dialect
from kiosk.wire.kinds import COMMANDS, EVENTS

EXEI = load_dialect("exei-voice")
BRIDGE = load_dialect("exei-bridge")
OPTIONAL = tuple(e.kind for e in EXEI.commands if e.optional)

# Values that differ from every default, for the fields whose words are limited.
WORDS = {
    "role": "agent", "mode": "replace", "state": "finished", "status": "interrupted", "scope": "response",
    "kind": "card", "input_encoding": "mulaw", "output_encoding": "wav",
}  # fmt: skip


def sample(item, *, full):
    """An item with every field set (`full`), or only those that have no default."""
    hints = typing.get_type_hints(item)
    values = {}
    for f in fields(item):
        if full or f.name in ("session_id", "client_id", "pcm", "response_id", "item_id", *required(item)):
            values[f.name] = value_of(f.name, hints[f.name])
    return item(**values)


def required(item):
    return [f.name for f in fields(item) if repr(f.default).startswith("<dataclasses._MISSING")
            and repr(f.default_factory).startswith("<dataclasses._MISSING")]  # fmt: skip


def value_of(name, hint):
    if name in WORDS:
        return WORDS[name]
    if name == "reason":
        return "idle"
    text = str(hint)
    for mark, value in (("tuple", ("a", "b")), ("Mapping", {"rtt": 1.5}), ("bytes", b"\x01\x02" * 160), ("bool", True),
                        ("int", 24000), ("float", 2.5), ("Any", {"a": [1, "b"]})):  # fmt: skip
        if mark in text:
            return value
    return f"some {name}"


def pair(dialect=EXEI, **ready):
    client = Codec(dialect, Side.CLIENT, {"session_id": "s"})
    server = Codec(dialect, Side.SERVER)
    client.opened(0.0)
    for frame in client.write(Start("s", "c")):
        server.read(frame)
    if dialect is EXEI:
        [frame] = server.write(Ready("s", **ready))
        client.read(frame)
    return client, server


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("kind", sorted(COMMANDS))
def test_every_command_reaches_the_server(kind, full):
    command = sample(COMMANDS[kind], full=full)
    client, server = pair(accepts=OPTIONAL)
    if kind == "start":
        client, server = Codec(EXEI, Side.CLIENT), Codec(EXEI, Side.SERVER)
        command = replace(command, protocol="exei-voice/1")
    [frame] = client.write(command)
    assert server.read(frame) == [command]


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("kind", sorted(EVENTS))
def test_every_event_reaches_the_client(kind, full):
    event = Flush("all") if (kind, full) == ("flush", False) else sample(EVENTS[kind], full=full)
    client, server = pair()
    if kind == "ready":
        client = Codec(EXEI, Side.CLIENT)
    if kind in ("agent_audio_end", "response_done", "agent_audio", "flush"):
        for frame in server.write(ResponseStarted("some response_id")):
            client.read(frame)
    [frame] = server.write(event)
    if kind == "agent_audio":
        assert isinstance(frame, str) == full  # what a binary frame cannot say goes as a message
    assert client.read(frame) == [event]


def test_the_other_words_of_some_events():
    client, server = pair()
    for event in (Flush(), Handover(active=False), Handover("desk", "Ada"), Ended(), Error("x", fatal=True)):
        [frame] = server.write(event)
        assert client.read(frame) == [event]


@pytest.mark.parametrize("alias", ["killAudio", "interrupt", "interruption", "clear", "clearAudio", "stopAudio"])
def test_other_names_of_an_interruption_are_read(alias):
    client, _ = pair()
    assert client.read(json.dumps({"type": alias})) == [Flush("all")]


@pytest.mark.parametrize("frame", ['{"type":"audio","data":{"audioContent":"AQI="}}',
                                   '{"type":"playAudio","data":{"audioContent":"AQI=","audioContentType":"raw"}}',
                                   '{"type":"streamAudio","data":{"audioData":"AQI=","sampleRate":"16000"}}'])  # fmt: skip
def test_other_names_of_audio_are_read(frame):
    client, _ = pair()
    assert client.read(frame) == [ResponseStarted("response-1"), AgentAudio(b"\x01\x02", 16000, "response-1")]


def test_init_carries_what_the_format_says():
    [frame] = Codec(EXEI, Side.CLIENT).write(Start("s1", "c1", "kiosk-7", "kiosk", "0.1", 5, resume_token="r"))
    assert json.loads(frame) == {
        "type": "init", "protocol": "exei-voice/1", "sessionId": "s1", "clientId": "c1", "timestamp": 5,
        "config": {
            "audio": {
                "input": {"encoding": "pcm_s16le", "sampleRate": 16000, "channels": 1, "frameMs": 20,
                          "framing": "binary"},
                "output": {"encoding": "pcm_s16le", "sampleRate": 16000, "channels": 1},
            },
            "events": ["transcript", "transcript.partial", "interrupt", "speech", "show"],
            "device": {"id": "kiosk-7", "app": "kiosk", "version": "0.1"},
            "resume": {"token": "r"},
        },
    }  # fmt: skip


def test_the_opening_message_of_the_bridge_has_json_in_a_string():
    client, server = Codec(BRIDGE, Side.CLIENT), Codec(BRIDGE, Side.SERVER)
    [frame] = client.write(Start("s1", "c1", "d1", now_ms=17))
    message = json.loads(frame)
    assert json.loads(message["ivr_data"]) == {"clientId": "c1"}
    assert message["callid"] == message["client_meta_id"] == "s1"
    assert message["event_timestamp"] == "17"
    assert server.read(frame) == [Start("s1", "c1", "d1", now_ms=17)]


def test_a_conversation_over_the_bridge():
    client = Codec(BRIDGE, Side.CLIENT, {"session_id": "s"})
    assert client.opened(0.0) == [Connected(), Ready("s")]
    assert client.write(Audio(b"\0\0" * 320)) == [b"\0\0" * 320]
    assert client.write(Playback("x", "started", 0)) == []  # the bridge has no word for it
    audio = json.dumps({"type": "playAudio", "data": {"audioContentType": "raw", "sampleRate": 16000,
                        "audioContent": base64.b64encode(b"\1\0" * 8).decode(), "textContent": "Take the"}})  # fmt: skip
    assert client.read('{"type":"transcription","data":{"text":"Where?"}}', 1.0) == [
        Transcript("user", "Where?", "user-1", final=True)
    ]
    assert client.read(audio, 1.1) == [
        ResponseStarted("response-1"),
        AgentAudio(b"\1\0" * 8, 16000, "response-1"),
        Transcript("agent", "Take the", "agent-1"),
    ]
    assert client.tick(2.0) == []
    assert client.tick(2.1) == [
        Transcript("agent", "Take the", "agent-1", final=True),
        AgentAudioEnd("response-1"),
        ResponseDone("response-1"),
    ]
    assert client.read(audio, 5.0)[0] == ResponseStarted("response-2")
    assert client.read('{"type":"killAudio"}', 5.1) == [
        Transcript("agent", "Take the", "agent-2", final=True),
        Flush("all"),
        ResponseDone("response-2", "interrupted"),
    ]
    late = client.read(audio, 5.2)  # still the flushed one: it came without a gap
    assert not any(isinstance(event, AgentAudio) for event in late)
    assert client.counts["late_audio"] == 1
    assert client.read(audio, 5.6)[0] == ResponseStarted("response-3")
    assert client.read('{"type":"transfer","data":{"textContent":"+91"}}', 6.0) == [Handover("+91")]


def test_binary_audio_belongs_to_the_newest_response_and_is_dropped_after_a_flush():
    client, server = pair()
    assert client.read(server.write(ResponseStarted("r1"))[0]) == [ResponseStarted("r1")]
    frame = b"\1\0" * 320
    assert server.write(AgentAudio(frame, 16000, "r1")) == [frame]
    assert client.read(frame) == [AgentAudio(frame, 16000, "r1")]
    assert client.read('{"type":"interrupted"}') == [Flush("all")]
    assert client.read(frame) == []
    client.read(server.write(ResponseStarted("r2"))[0])
    assert client.read(frame) == [AgentAudio(frame, 16000, "r2")]


def test_a_flush_of_an_older_response_leaves_the_newest_alone():
    client, server = pair()
    for name in ("r1", "r2"):
        client.read(server.write(ResponseStarted(name))[0])
    client.read('{"type":"interrupted","responseId":"r1"}')
    assert len(client.read(b"\1\0")) == 1
    assert client.read('{"type":"playAudio","responseId":"r1","data":{"audioContent":"AQI="}}') == []


def test_what_the_visitor_cut_is_not_heard_even_if_the_agent_does_not_know_of_it():
    client, server = pair(accepts=())
    client.read(server.write(ResponseStarted("r1"))[0])
    assert client.write(Interrupt("r1", 400)) == []
    assert client.read(b"\1\0") == []
    assert client.read(server.write(ResponseStarted("r1"))[0]) == []


def test_audio_that_comes_twice_is_heard_once():
    client, server = pair()
    client.read(server.write(ResponseStarted("r1"))[0])
    [frame] = server.write(AgentAudio(b"\1\0", 24000, "r1", seq=0))
    assert len(client.read(frame)) == 1
    assert client.read(frame) == []
    assert client.counts["duplicate_audio"] == 1


def test_nothing_optional_goes_up_that_was_not_accepted():
    client, _ = pair(accepts=("playback",))
    assert client.accepts("playback")
    assert not client.accepts("mute")
    assert client.write(Mute(True)) == []
    assert len(client.write(Playback("r", "started", 0))) == 1
    assert len(client.write(End())) == 1


def test_no_audio_goes_up_before_ready():
    client = Codec(EXEI, Side.CLIENT)
    client.opened(0.0)
    assert client.write(Audio(b"\0\0")) == []
    assert client.counts["early_audio"] == 1


def test_ready_comes_once():
    client, server = pair()
    assert client.read(server.write(Ready("s"))[0]) == []


def test_deltas_become_whole_lines():
    client, server = pair()
    said = [
        event.text
        for text, final in (("Take ", False), ("the ", False), ("lift.", True))
        for frame in server.write(Transcript("agent", text, "a1", final=final, mode="delta"))
        for event in client.read(frame)
    ]
    assert said == ["Take ", "Take the ", "Take the lift."]


def test_a_message_nobody_knows_is_named_and_not_kept():
    client, _ = pair()
    assert client.read('{"type":"telemetry","secret":"words"}') == [Unknown("telemetry")]
    assert client.read('{"type":"tele\\nmetry"}') == [Unknown("tele?metry")]
    assert client.read("[1]") == [Unknown("JSON.list")]
    assert client.counts["unknown"] == 3


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", "bad_message"),
        ('{"type":NaN}', "bad_message"),
        ("[" * 100_000, "bad_message"),
        (b"\1\2\3", "bad_audio"),
        ('{"type":"playAudio","data":{"audioContent":"%%"}}', "bad_audio"),
        (bytes(2 * 16000 * 61), "audio_too_long"),
    ],
)
def test_a_damaged_frame_is_an_error_event_and_no_crash(frame, code):
    client, _ = pair()
    [event] = client.read(frame)
    assert (event.code, event.fatal) == (code, False)


@pytest.mark.parametrize(
    ("first", "frame", "close_code"),
    [
        (None, b"\0\0", 4000),
        (None, '{"type":"end","reason":"user"}', 4000),
        (None, '{"type":"init"}', 4000),
        (None, "hello", 1007),
        ("init", '{"type":"init","protocol":"exei-voice/1","sessionId":"s"}', 4000),
        ("init", b"\0\0\0", 1007),
        ("init", b"\0\0" * 32_001, 1009),
        ("init", b"\xff\xff{", 1007),
    ],
)
def test_a_server_refuses_with_a_close_code(first, frame, close_code):
    server = Codec(EXEI, Side.SERVER)
    if first:
        server.read(Codec(EXEI, Side.CLIENT).write(Start("s"))[0])
    with pytest.raises(FrameRefused) as refused:
        server.read(frame)
    assert refused.value.close_code == close_code


def test_closed_comes_once_and_ends_open_lines():
    client, server = pair()
    client.read(server.write(Transcript("user", "whe", "u1"))[0])
    closed = Closed(1006)
    assert client.closed(closed) == [Transcript("user", "whe", "u1", final=True), closed]
    assert client.closed(closed) == []
    assert client.read('{"type":"speechStarted"}') == []


# --- other shapes -----------------------------------------------------------------------------------------------

BARE_KEYS = parse_dialect(
    """
name = "bare-keys"
[connect]
url = "{endpoint}?agent={client_id}"
[ready]
when = "message"
[up]
audio = "json"
[down]
audio = "json"
[transcripts]
finals = true
[responses]
begin = "audio"
quiet_s = 0.8
[[command]]
is = "start"
message = { type = "initiation", vars = { session = "{session_id}" } }
[[command]]
is = "audio"
message = { user_audio_chunk = "{pcm:b64}" }
[[command]]
is = "text"
message = { type = "user_message", text = "{text}" }
[[event]]
is = "ready"
message = { type = "initiation_metadata", event = { conversation_id = "{conversation_id}", agent_output_audio_format = "pcm_{output_rate}" } }
[[event]]
is = "agent_audio"
message = { type = "audio", audio_event = { audio_base_64 = "{pcm:b64}", event_id = "{response_id:int}" } }
[[event]]
is = "flush"
with = { scope = "up_to", reason = "barge_in" }
message = { type = "interruption", interruption_event = { event_id = "{response_id:int}" } }
[[event]]
is = "transcript"
with = { role = "user", final = true }
message = { type = "user_transcript", user_transcription_event = { user_transcript = "{text}" } }
[[event]]
is = "tool_call"
message = { type = "client_tool_call", client_tool_call = { tool_name = "{name}", tool_call_id = "{call_id}", parameters = "{arguments?}" } }
[[reply]]
to = { type = "ping", ping_event = { event_id = "{e}" } }
send = { type = "pong", event_id = "{e}" }
""",
    "bare-keys.toml",
)

PACKED = parse_dialect(
    """
name = "json-in-binary"
[ready]
when = "message"
[up]
messages = "text"
audio = "json"
[down]
messages = "binary"
audio = "json"
rate = 24000
[transcripts]
finals = false
[responses]
begin = "audio"
quiet_s = 0.8
[[command]]
is = "start"
message = { setup = { model = "live", session = "{session_id}" } }
[[command]]
is = "audio"
message = { realtimeInput = { audio = { mimeType = "audio/pcm;rate=16000", data = "{pcm:b64}" } } }
[[event]]
is = "ready"
message = { setupComplete = {} }
[[event]]
is = "flush"
with = { scope = "all" }
message = { serverContent = { interrupted = true } }
[[event]]
is = "agent_audio"
message = { serverContent = { modelTurn = { parts = { "@any" = { inlineData = { mimeType = "audio/pcm;rate={rate}", data = "{pcm:b64}" } } } } } }
[[event]]
is = "transcript"
with = { role = "user", mode = "delta" }
message = { serverContent = { inputTranscription = { text = "{text}" } } }
[[event]]
is = "transcript"
also = true
with = { role = "agent", mode = "delta" }
message = { serverContent = { outputTranscription = { text = "{text}" } } }
[[event]]
is = "response_done"
message = { serverContent = { turnComplete = true } }
""",
    "json-in-binary.toml",
)


def test_a_bare_key_socket():
    client = Codec(BARE_KEYS, Side.CLIENT, {"session_id": "s"})
    client.opened(0.0)
    frame = '{"type":"initiation_metadata","event":{"conversation_id":"c","agent_output_audio_format":"pcm_24000"}}'
    [ready] = client.read(frame)
    assert (ready.conversation_id, ready.output_rate, ready.session_id) == ("c", 24000, "s")
    assert client.write(Audio(b"\1\2")) == ['{"user_audio_chunk":"AQI="}']
    assert client.write(Text("hi")) == ['{"type":"user_message","text":"hi"}']

    def audio(number):
        return json.dumps({"type": "audio", "audio_event": {"audio_base_64": "AQI=", "event_id": number}})

    assert client.read(audio(3), 1.0) == [ResponseStarted("3"), AgentAudio(b"\1\2", 24000, "3")]
    cut = client.read('{"type":"interruption","interruption_event":{"event_id":4}}', 1.1)
    assert cut == [Flush("up_to", "4", "barge_in"), ResponseDone("3", "interrupted")]
    assert client.read(audio(3), 1.2) == []
    assert client.read(audio(4), 1.2) == []  # never heard of before, and yet too late
    assert client.read(audio(5), 1.3) == [ResponseStarted("5"), AgentAudio(b"\1\2", 24000, "5")]
    assert client.read('{"type":"ping","ping_event":{"event_id":9,"ping_ms":1}}') == []
    assert client.take_replies() == ['{"type":"pong","event_id":9}']
    assert client.take_replies() == []
    call = '{"type":"client_tool_call","client_tool_call":{"tool_name":"map","tool_call_id":"t1","parameters":{}}}'
    assert client.read(call) == [ToolCall("t1", "map", {})]


def test_json_in_binary_frames_and_several_events_in_one_message():
    client = Codec(PACKED, Side.CLIENT, {"session_id": "s"})
    client.opened(0.0)
    assert client.read(b'{"setupComplete":{}}')[0].output_rate == 24000
    part = {"inlineData": {"mimeType": "audio/pcm;rate=24000", "data": "AQI="}}
    message = {"serverContent": {"modelTurn": {"parts": [{"text": "thought"}, part]},
                                 "inputTranscription": {"text": "Wo?"}, "outputTranscription": {"text": "Da."}}}  # fmt: skip
    assert client.read(json.dumps(message).encode(), 1.0) == [
        ResponseStarted("response-1"),
        AgentAudio(b"\1\2", 24000, "response-1"),
        Transcript("user", "Wo?", "user-1"),
        Transcript("user", "Wo?", "user-1", final=True),
        Transcript("agent", "Da.", "agent-1"),
    ]
    assert client.read(b'{"serverContent":{"turnComplete":true}}', 1.2) == [
        Transcript("agent", "Da.", "agent-1", final=True),
        ResponseDone("response-1"),
    ]
    assert client.read(b'{"serverContent":{"interrupted":true}}', 1.3) == [Flush("all")]


def test_mu_law_travels_in_half_the_bytes():
    dialect = parse_dialect(
        """
name = "telephone"
[ready]
when = "open"
[up]
encoding = "mulaw"
rate = 8000
[down]
encoding = "mulaw"
rate = 8000
[responses]
begin = "audio"
quiet_s = 1
[keepalive]
every_s = 5
message = { type = "keepalive", at = "{now_ms}" }
""",
        "telephone.toml",
    )
    client, server = Codec(dialect, Side.CLIENT, epoch_ms=lambda: 7), Codec(dialect, Side.SERVER)
    [_, ready] = client.opened(0.0)
    assert (ready.input_rate, ready.input_encoding) == (8000, "mulaw")
    [frame] = client.write(Audio(b"\0\0" * 160))
    assert frame == b"\xff" * 160
    assert server.read(frame) == [Audio(b"\0\0" * 160)]
    assert client.read(b"\xff" * 160)[-1] == AgentAudio(b"\0\0" * 160, 8000, "response-1")
    assert client.keepalive() == ['{"type":"keepalive","at":7}']


def test_pong_is_not_mistaken_for_a_reply():
    client, server = pair()
    assert client.read(server.write(Pong(3, 4))[0]) == [Pong(3, 4)]
    assert {"connected", "closed", "unknown"}.isdisjoint(EVENTS)
    assert issubclass(canonical.Warning_, canonical.Event)
