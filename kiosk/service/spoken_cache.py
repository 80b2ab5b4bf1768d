"""Clauses that were spoken before, on disk: fixed answers need no synthesis. No words are in a file or its name.

A file is the SHA-256 of its sound (32 bytes) and the sound (16-bit little-endian mono). A damaged file is made again.
Files that were not used for longest go first when the folder grows over its limit.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from pathlib import Path

log = logging.getLogger(__name__)

LIMIT_BYTES = 256 * 2**20  # more than two hours of 16 kHz speech
_DIGEST = 32
_SUFFIX = ".spoken"


class SpokenCache:
    """One folder. Used by one thread at a time; several processes may share it, because files appear whole.

    A folder that cannot be read or written is only logged, once: speech is then synthesised each time.
    """

    def __init__(self, folder: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        self._folder = folder
        self._limit = limit_bytes
        self._bytes: int | None = None  # unknown until the first store
        self._failed = False

    @staticmethod
    def key(*parts: str | float | int) -> str:
        """Whatever the sound depends on -> the name it is kept under."""
        return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()

    def __contains__(self, key: str) -> bool:
        return self._path(key).is_file()

    def read(self, key: str) -> bytes | None:
        """The sound, or None when it is not there or damaged."""
        path = self._path(key)
        try:
            data = path.read_bytes()
            os.utime(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            self._tell(error)
            return None
        sound = data[_DIGEST:]
        if not sound or len(sound) % 2 or hashlib.sha256(sound).digest() != data[:_DIGEST]:
            log.warning("a cached clause is damaged and will be spoken again")
            return None
        return sound

    def store(self, key: str, sound: bytes) -> None:
        """Keeps a sound of at least one sample."""
        path = self._path(key)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(hashlib.sha256(sound).digest() + sound)
                Path(name).replace(path)
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise
            self._make_room(len(sound) + _DIGEST)
        except OSError as error:
            self._tell(error)

    def _make_room(self, added: int) -> None:
        if self._bytes is not None and self._bytes + added <= self._limit:
            self._bytes += added
            return
        files = sorted(((s.st_mtime_ns, s.st_size, path) for path, s in self._files()), reverse=True)
        kept = 0
        for _, size, path in files:
            kept += size
            if kept > self._limit:
                path.unlink(missing_ok=True)
                kept -= size
        self._bytes = kept

    def _files(self) -> list[tuple[Path, os.stat_result]]:
        found = []
        for path in self._folder.glob(f"*{_SUFFIX}"):
            try:
                found.append((path, path.stat()))
            except FileNotFoundError:
                continue  # another process made room
        return found

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}{_SUFFIX}"

    def _tell(self, error: OSError) -> None:
        if not self._failed:
            log.warning("the cache of spoken clauses cannot be used: %s", error.strerror or type(error).__name__)
            self._failed = True
