"""A process's memory, searched for texts from outside. Linux; as root or as its own user."""

from __future__ import annotations


def faces(text: str) -> list[bytes]:
    """However Python or Qt would write it."""
    return [text.encode(code) for code in ("utf-8", "utf-16-le", "utf-32-le")]


def in_memory(pid: int, texts: list[str]) -> set[str]:
    """Those of these that stand anywhere in a process's memory."""
    found: set[str] = set()
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            span, rights, *more = line.split()
            if "r" not in rights or more[-1].startswith(("[vvar", "[vsyscall")):
                continue
            start, end = (int(side, 16) for side in span.split("-"))
            try:
                memory.seek(start)
                data = memory.read(end - start)
            except OSError:
                continue  # a device's, or gone
            found |= {text for text in texts if any(face in data for face in faces(text))}
    return found
