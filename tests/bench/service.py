"""The local Voice API: words missed in recorded speech, how soon an answer sounds, how many can talk at once.

packaging/bench service --json FILE [--only words|pauses|latency|many] [--turns 20] [--seconds 40]

words     word error rate (%) of each language, by the service's own recogniser, greedy, on recorded people
pauses    whether a visitor who thinks is cut off, and how long one who has finished waits; see service_pauses.py
latency   a visitor on a real socket, in real time: end of speech -> the turn is over -> final words -> answer chosen
          -> first sound; answers that are in the cache, and fresh ones (each turn at a speed of its own)
many      more and more such visitors at once, each asking and listening in turn: what gives first, and when

End of speech is the last sample within 36 dB of the loudest; nothing is asserted. Machines differ and are noisy: the
load average is reported.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import tempfile
import time
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from kiosk.rehearsal.figures import Figure, summarise
from kiosk.rehearsal.report import machine
from kiosk.wire.canonical import Rate, ResponseDone
from tests.bench import service_corpus as corpus
from tests.bench import service_pauses as pauses
from tests.bench.service_caller import Running, Turn, ask, running, visiting

LANGUAGES = ("en", "fr", "es", "it", "ru")
PAUSING = ("en", "fr", "es", "ru")
REACH = {
    "wer_en": "4.2 (studio)",
    "wer_fr": "14.5 (studio)",
    "wer_it": "12.7 (studio)",
    "wer_ru": "16.2 (studio)",
    "wer_es": "15.7 (studio)",
    "cached_final": "p50 <= 500",
    "fresh_final": "p50 <= 500",
    "cached_sound": "p50 <= 800",
    "fresh_sound": "p50 <= 1300",
}
VISITORS = (1, 2, 3, 4, 6, 8)
IN_TIME_MS = 1300.0  # an answer that was not known before; half of all must sound by then
LATE_MS = 2600.0  # and nearly all by then
GAP_MS = 200.0  # a pause that is heard in an answer's midst


# --- words --------------------------------------------------------------------------------------------------------


def words_missed(count: int) -> tuple[dict[str, Figure], dict[str, int]]:
    """Error rate of each utterance for the spread, and of all words together as `*_all`."""
    from kiosk.service.whisper import Whisper
    from kiosk.settings.schema import Service

    whisper = Whisper(Service(), LANGUAGES)
    found: dict[str, Figure] = {}
    told: dict[str, int] = {}
    for language in LANGUAGES:
        rates, wrong, total = [], 0, 0
        for one in corpus.said(language, count):
            heard = whisper.recognise(_padded(one.samples), final=True, language=language).text
            expected, got = plain(one.words, language), plain(heard, language)
            errors = distance(expected, got)
            rates.append(100 * errors / len(expected))
            wrong, total = wrong + errors, total + len(expected)
        if rates:
            found[f"wer_{language}"] = summarise(rates, "%")
            found[f"wer_{language}_all"] = Figure(total, *([round(100 * wrong / total, 1)] * 3), "%")
            told[language] = total
    return found, told


def plain(text: str, language: str) -> list[str]:
    """Words without case, signs and hyphens; Italian numerals written out, as they are spoken."""
    words = re.findall(r"\w+", unicodedata.normalize("NFC", text).casefold().replace("’", "'"))
    if language == "it":
        digits = {n: word for n, word in corpus.ITALIAN.items() if n.isdecimal()}
        words = [part for word in words for part in (map(digits.get, word) if word.isdecimal() else (word,)) if part]
    return words


def distance(expected: Sequence[str], got: Sequence[str]) -> int:
    """Words to put in, take out or exchange."""
    row = list(range(len(got) + 1))
    for i, word in enumerate(expected, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(got, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (word != other))
    return row[-1]


def _padded(samples: corpus.Samples) -> corpus.Samples:
    noise = np.random.default_rng(1).normal(0, 1e-3, len(samples) + corpus.RATE // 2).astype(np.float32)
    noise[corpus.RATE // 4 : corpus.RATE // 4 + len(samples)] += samples
    return noise


# --- latency ------------------------------------------------------------------------------------------------------

QUESTIONS = (
    *("please-try-again", "one-moment-please", "conf-muted", "vm-sorry", "pbx-invalid", "conf-onlyone"),
    *("call-forwarding", "conf-locked", "agent-loggedoff", "hello-world", "info-about-last-call", "do-not-disturb"),
    *("check-number-dial-again", "conf-kicked", "demo-nomatch", "dir-welcome", "conf-full", "vm-msgsaved"),
    *("feature-not-avail-line", "cannot-complete-as-dialed"),
)
"""What a person says to the agent: prompts of one sentence. It knows no answer to most, and says so."""


def questions() -> list[corpus.Samples]:
    folder = corpus.PROMPTS / "en_US_f_Allison"
    return [corpus.prompt("en_US_f_Allison", name) for name in QUESTIONS if (folder / f"{name}.g722").exists()]


async def latencies(service: Running, turns: int) -> dict[str, Figure]:
    await visits(service, turns, fresh=False)  # each answer is spoken once, and what the service does first is done
    found = {"cached": await visits(service, turns, fresh=False), "fresh": await visits(service, turns, fresh=True)}
    return {name: figure for kind, done in found.items() for name, figure in stages(kind, done).items()}


async def visits(service: Running, turns: int, *, fresh: bool) -> list[Turn]:
    """Visits of five questions each, until so many were understood."""
    sounds = questions()
    done: list[Turn] = []
    asked = 0
    while len(done) < turns and asked < 3 * turns:
        async with visiting(service.endpoint) as visitor:
            await visitor.quiet_until(ResponseDone, 0, 60.0)
            for _ in range(min(5, turns - len(done))):
                sound = sounds[asked % len(sounds)]
                if fresh:  # a speed at which nothing was spoken before
                    await visitor.send(Rate(0.75 + 0.005 * asked))
                asked += 1
                turn = await ask(visitor, sound)
                await visitor.silence(0.5)
                if turn is not None:
                    done.append(turn)
    return done


def stages(kind: str, turns: Sequence[Turn]) -> dict[str, Figure]:
    """Milestones from the end of speech, and what each stage adds."""
    values: dict[str, list[float]] = {
        "final": [t.final for t in turns],
        "sound": [t.sound for t in turns],
        "of_it_pause": [t.ended for t in turns],
        "of_it_recognise": [t.final - t.ended for t in turns],
        "of_it_answer": [t.started - t.final for t in turns],
        "of_it_speak": [t.sound - t.started for t in turns],
    }
    return {f"{kind}_{name}": summarise(numbers, "ms") for name, numbers in values.items() if numbers}


# --- many ---------------------------------------------------------------------------------------------------------


async def crowd(service: Running, count: int, seconds: float, *, fresh: bool) -> dict[str, Any]:
    """`count` visitors who talk for so long: what each waited, and who used the processor. `fresh`: no answer of theirs
    was ever spoken before; else the house is open for a while, and they are in the cache."""
    sounds = questions()
    turns: list[Turn] = []
    missed = 0
    before, began = service.share(), time.monotonic()

    async def one(number: int) -> None:
        nonlocal missed
        async with visiting(service.endpoint) as visitor:
            await visitor.silence(0.4 * number)  # nobody arrives at the same moment
            await visitor.quiet_until(ResponseDone, 0, 60.0)
            asked = 0
            while time.monotonic() - began < seconds:
                if fresh:
                    await visitor.send(Rate(0.75 + 0.005 * ((13 * number + asked) % 100)))
                turn = await ask(visitor, sounds[(number * 5 + asked) % len(sounds)], listen_s=3.0)
                asked += 1
                if turn is None:
                    missed += 1
                else:
                    turns.append(turn)

    async with asyncio.TaskGroup() as group:
        for number in range(count):
            group.create_task(one(number))
    after, took = service.share(), time.monotonic() - began
    used = {name: (row["cpu_s"] - before.get(name, {"cpu_s": 0})["cpu_s"]) / took for name, row in after.items()}
    finals, sounds_at = [t.final for t in turns], [t.sound for t in turns]
    gaps = sum(t.gap > GAP_MS for t in turns)
    figures = {"final": summarise(finals, "ms"), "sound": summarise(sounds_at, "ms")}
    return {
        "visitors": count,
        "answers": "fresh" if fresh else "cached",
        "turns": len(turns),
        "not_understood": missed,
        "final": asdict(figures["final"]),
        "sound": asdict(figures["sound"]),
        "answers_with_a_gap": gaps,
        "cores": {name: round(share, 2) for name, share in used.items()},
        "memory_mb": {name: round(row["memory_mb"]) for name, row in after.items()},
        "held": figures["sound"].p50 <= IN_TIME_MS and figures["sound"].p95 <= LATE_MS and gaps <= len(turns) / 20,
        "load": machine()["load"],
    }


async def many(service: Running, seconds: float, levels: Iterable[int]) -> list[dict[str, Any]]:
    rows = []
    await visits(service, len(QUESTIONS), fresh=False)  # each answer is spoken once
    for fresh in (False, True):
        for count in levels:
            rows.append(await crowd(service, count, seconds, fresh=fresh))
            print(crowd_line(rows[-1]), flush=True)
            if not rows[-1]["held"]:
                break  # more visitors would wait longer
    return rows


def crowd_line(row: dict[str, Any]) -> str:
    final, sound, cores = row["final"], row["sound"], row["cores"]
    return (
        f"{row['visitors']} visitors, answers {row['answers']}, {row['turns']} turns: "
        f"final {final['p50']:.0f}/{final['p95']:.0f} ms, sound {sound['p50']:.0f}/{sound['p95']:.0f} ms, "
        f"{row['answers_with_a_gap']} with a gap; cores: "
        + ", ".join(f"{name} {share:.2f}" for name, share in cores.items())
        + ("" if row["held"] else "  <- not in real time")
    )


# --- all ----------------------------------------------------------------------------------------------------------


def table(found: dict[str, Figure]) -> str:
    lines = [f"{'figure':<26}{'n':>5}{'p50':>10}{'p95':>10}{'max':>10}  unit  reach"]
    for name, figure in found.items():
        numbers = "".join(f"{value:>10.1f}" for value in (figure.p50, figure.p95, figure.max))
        lines.append(f"{name:<26}{figure.n:>5}{numbers}  {figure.unit:<5} {REACH.get(name, '')}".rstrip())
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON")
    parser.add_argument("--only", choices=("words", "pauses", "latency", "many"), action="append", help="these alone")
    parser.add_argument("--turns", type=int, default=20, help="of each kind of answer (default: 20)")
    parser.add_argument("--utterances", type=int, default=30, help="of each language (default: 30)")
    parser.add_argument("--seconds", type=float, default=40.0, help="for which each crowd talks (default: 40)")
    parser.add_argument("--visitors", type=int, nargs="+", default=list(VISITORS), metavar="N", help="sizes of crowds")
    args = parser.parse_args()
    if lacking := corpus.missing():
        print(f"the recordings are missing: apt-get install {' '.join(lacking)}", file=sys.stderr)
        return 2
    parts = args.only or ("words", "pauses", "latency", "many")
    report: dict[str, Any] = {"reach": REACH, "machine": {"before": machine()}}
    found: dict[str, Figure] = {}
    if "words" in parts:
        missed, report["words"] = words_missed(args.utterances)
        found |= missed
    if "pauses" in parts:
        found |= pauses.figures(pauses.stops(PAUSING, args.utterances))
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        room_for_all = {"KIOSK_SERVICE__CONVERSATIONS": "64", "KIOSK_SERVICE__LATE_MS": "10000"}
        if "latency" in parts or "many" in parts:
            with running(Path(scratch), **room_for_all) as service:
                report["engines"], found["ready"] = service.engines, summarise([service.ready_s], "s")
                if "latency" in parts:
                    found |= asyncio.run(latencies(service, args.turns))
                    print(table(found), flush=True)
                if "many" in parts:
                    report["many"] = asyncio.run(many(service, args.seconds, args.visitors))
    report["figures"] = {name: asdict(figure) for name, figure in found.items()}
    report["machine"]["after"] = machine()
    print(table(found))
    if args.json:
        args.json.write_text(json.dumps(report, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
