"""The text of a knowledge file cut into its entries, so that one can be edited without touching the others. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.knowledge import Entry, Knowledge, parse, without_comments

LARGEST_BYTES = 256 * 1024
"""Of a whole text: some 6,000 wordings, which take half a minute to embed. The shipped one has 27 kB."""
PLACE = "the knowledge"  # what faults in an edited text name instead of a file

_CHAPTER = re.compile(r"#\s")


@dataclass(frozen=True, slots=True)
class Block:
    """One entry as it is written, from its heading on. `line`: of the heading, in the whole text, from 1."""

    name: str
    line: int
    text: str


def checked(text: str) -> tuple[str, Knowledge]:
    """The text with plain line ends, and what it says. Raises `Fault` with the line for what has to be mended."""
    size = len(text.encode("utf-8", "replace"))
    if size > LARGEST_BYTES:
        raise _fault(
            f"the text is too big: {size / 1024:.0f} KiB",
            PLACE,
            f"shorten it to {LARGEST_BYTES // 1024} KiB; an answer is only read out, it needs no essay",
        )
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    text = text.encode("utf-8", "replace").decode("utf-8").rstrip() + "\n"
    return text, parse(text, PLACE)


def blocks(text: str, knowledge: Knowledge) -> list[Block]:
    """All entries, in the order of the text that `knowledge` was parsed from."""
    lines, plain = text.split("\n"), without_comments(text, PLACE).split("\n")
    return [
        Block(entry.name, entry.line, "\n".join(lines[entry.line - 1 : end]).rstrip())
        for entry, end in zip(knowledge.entries, _ends(plain, knowledge.entries), strict=True)
    ]


def with_block(text: str, name: str, block: str) -> str:
    """The whole text with another text for that entry; an empty one takes the entry out.

    Raises `Fault` when there is no such entry, or the text is not one that can be read.
    """
    text, knowledge = checked(text)
    found = next((each for each in blocks(text, knowledge) if each.name == name), None)
    if found is None:
        remedy = "load the page again: somebody may have renamed it"
        raise _fault(f'there is no entry "{name}"', PLACE, remedy)
    lines = text.split("\n")
    end = found.line - 1 + len(found.text.split("\n"))
    new = block.replace("\r\n", "\n").strip("\n").split("\n") if block.strip() else []
    return "\n".join(lines[: found.line - 1] + new + lines[end:])


def with_new(text: str, block: str) -> str:
    """The whole text with one entry more, at its end."""
    return f"{text.rstrip()}\n\n{block.strip()}\n"


def _ends(lines: Sequence[str], entries: Sequence[Entry]) -> list[int]:
    """How many lines stand before whatever follows each entry: another, or the heading of a chapter."""
    starts = [entry.line for entry in entries[1:]]
    ends = [start - 1 for start in starts] + [len(lines)]
    for place, (entry, end) in enumerate(zip(entries, ends, strict=True)):
        chapter = next((n for n in range(entry.line, end) if _CHAPTER.match(lines[n].strip())), end)
        ends[place] = chapter
    return ends


def _fault(what: str, where: str, remedy: str) -> Fault:
    return Fault(what, where=where, remedy=remedy, code=ExitCode.KNOWLEDGE)
