"""Lines of a text file: numbered, bounded, and decoded one by one, so that a damaged one costs nobody but itself."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, cast

from complaints.errors import Fault, InvalidCommandError

LONGEST_LINE = 1024 * 1024
"""Bytes of one line that are read at all; our choice, far beyond any complaint. A longer one is passed over."""

ENCODINGS: Mapping[str, str] = {
    "utf-8": "utf-8",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "big5": "big5",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "cp1252": "cp1252",
    "latin-1": "latin-1",
}
"""What a map may declare, and the codec that reads it: GB 18030 reads all that GBK and GB 2312 can say."""

DAMAGED = "\udcff"
"""What stands in a decoded line for bytes that are none of its encoding."""

_OLDER = frozenset({"gb18030", "big5", "cp1252", "latin-1"})
_FIRST_OF_THREE_BYTES = "\u0800"
_CHUNK = 64 * 1024
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BOM = "\ufeff"


def encoding_of(path: Path, declared: str | None) -> str:
    """
    The codec that reads the file: by its byte-order mark, else as *declared*, else UTF-8.

    Where it could be wrong, the whole file is looked through first: half of it is never brought in by a wrong guess.

    Raises:
        InvalidCommandError: If it is not UTF-8 and nothing else is declared; names the line and what to declare. If
            it is UTF-8 from end to end and something older is declared, in which much of it would be other words.
    """
    with path.open("rb") as opened:
        start = opened.read(4)
        marked = next((name for mark, name in _MARKS if start.startswith(mark)), None)
        if marked is not None:
            return marked
        opened.seek(0)
        if declared is not None:
            if ENCODINGS[declared] in _OLDER and _is_utf8(opened):
                raise InvalidCommandError(str(path), [Fault("file.encoding", "is_utf8", declared=declared)])
            return ENCODINGS[declared]
        line = _first_damaged(opened)
    if line is not None:
        raise InvalidCommandError(str(path), [Fault("file.encoding", "not_utf8", line=line)])
    return "utf-8"


def _first_damaged(opened: BinaryIO) -> int | None:
    """Number of the first line that is not UTF-8; the end may be cut off within a sign."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    while chunk := opened.read(_CHUNK):
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            return line + error.object[: error.start].count(b"\n")
        line += chunk.count(b"\n")
    return None


def _is_utf8(opened: BinaryIO) -> bool:
    """Whether all of it is, with signs that take three bytes there: no older text is that by chance."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    has_signs = False
    while chunk := opened.read(_CHUNK):
        try:
            text = decoder.decode(chunk)
        except UnicodeDecodeError:
            return False
        has_signs = has_signs or max(text, default="") >= _FIRST_OF_THREE_BYTES
    return has_signs


def lines_in(opened: BinaryIO, encoding: str) -> Iterator[str | None]:
    """
    The lines, with their ends; ``None`` for one that is longer than :data:`LONGEST_LINE`.

    No more than one line is held at a time. Where bytes are none of the encoding, :data:`DAMAGED` stands in
    their place.
    """
    if encoding.startswith("utf-16"):
        opened, encoding = cast("BinaryIO", io.BufferedReader(_AsUtf8(opened, encoding))), "utf-8"
    is_first = True
    while line := opened.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            _pass_over(opened, line)
            yield None
        else:
            text = _decoded(line, encoding)
            yield text.removeprefix(_BOM) if is_first else text
        is_first = False


def _pass_over(opened: BinaryIO, part: bytes) -> None:
    while part and not part.endswith(b"\n"):
        part = opened.readline(_CHUNK)


def _decoded(line: bytes, encoding: str) -> str:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        # what stands for the damage is no sign that text can hold, so nobody takes it for one
        return line.decode(encoding, "replace").replace("\ufffd", DAMAGED)


class _AsUtf8(io.RawIOBase):
    """UTF-16 as UTF-8: there lines can be told by their bytes, and damage stays within its line."""

    def __init__(self, opened: BinaryIO, encoding: str) -> None:
        super().__init__()
        self._opened = opened
        self._decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
        self._ready = b""
        self._is_over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # any buffer will do
        while not self._ready and not self._is_over:
            self._ready = self._more()
        given, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(given)] = given
        return len(given)

    def _more(self) -> bytes:
        chunk = self._opened.read(_CHUNK)
        self._is_over = not chunk
        try:
            text = self._decoder.decode(chunk, self._is_over)
        except UnicodeDecodeError:
            return b"\xff"  # cut off within a sign: no UTF-8 either, so the last line shows it
        return text.encode("utf-8", "surrogatepass")


__all__ = ["DAMAGED", "ENCODINGS", "LONGEST_LINE", "encoding_of", "lines_in"]
