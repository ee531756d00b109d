"""Read the files of a packed chart (``.tgz``), as Helm's ``pkg/chart/loader/archive`` does.

Nothing is unpacked to disk. Names that leave the chart's folder are refused, links and devices are read as the empty
files they are in a tar, and the decompressed size is bounded while decompressing, not after.
"""

from __future__ import annotations

import io
import posixpath
import re
import tarfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from pyhelm.chart.folder import BOM, MAX_CHART_SIZE
from pyhelm.chart.model import File
from pyhelm.errors import ArchiveError, ChartLoadError, YamlError
from pyhelm.yaml.golang import quote

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

# Headers and padding come on top of the files; a tar of empty files must end somewhere, too.
_MAX_STREAM = MAX_CHART_SIZE + (32 << 20)
_MAX_ENTRIES = 50_000
_MAGIC = b"\x1f\x8b\x08"
_STEP = 1 << 20
_FEED = 4096  # what is left of it is copied at the end of every gzip member, and there may be many
_BLOCK = 512
_TRAILER = 8
_DRIVE = re.compile(r"[a-zA-Z]:/")


def read_archive(data: bytes, *, limit: int = MAX_CHART_SIZE) -> list[File]:
    """Return the files of a packed chart in the archive's order, each name without the chart's own folder.

    Args:
        data: The whole archive.
        limit: How many bytes its files may have together.

    Raises:
        ArchiveError: Damaged, too large, empty, or with names that are not allowed.
    """
    stream, length, flaw = _inflate(data)
    files: list[File] = []
    remaining = limit
    try:
        with tarfile.open(fileobj=stream, mode="r:") as archive:
            entries = 0
            while (member := archive.next()) is not None:
                archive.members.clear()  # type: ignore[attr-defined]  # tarfile would keep them all; its stubs do not know
                entries += 1
                if entries > _MAX_ENTRIES:
                    raise ArchiveError(f"chart archive has more than {_MAX_ENTRIES} entries")
                if not member.isdir():
                    file = _read(archive, member, length, remaining, flaw)
                    files.append(file)
                    remaining -= member.size
                    if remaining <= 0:
                        raise _too_large()
            _require_end(stream, archive.offset, length, flaw)
    except (tarfile.TarError, ValueError, OverflowError, RecursionError) as error:
        flaw = flaw or ("unexpected EOF" if 0 < length < _BLOCK else "archive/tar: invalid tar header")
        raise ArchiveError(flaw) from error
    if not files:
        raise ArchiveError("no files in chart archive")
    return files


def expand(data: bytes, directory: str | os.PathLike[str]) -> Path:
    """Write the files of a packed chart into a folder of the chart's name in ``directory``; return that folder.

    Files are written as they are packed, comments and all. Links that are there already are not followed out of the
    folder.

    Raises:
        ArchiveError: As ``read_archive``; or the chart's name would lead out of ``directory``.
        ChartLoadError: Chart.yaml cannot be read.
    """
    from pyhelm.chart.metadata import base_name, read_metadata

    files = read_archive(data)
    name = ""
    for file in files:
        if file.name == "Chart.yaml":
            try:
                name = read_metadata(file.data).name
            except YamlError as error:
                raise ChartLoadError(f"cannot load Chart.yaml: {error}", line=error.line) from error
    if not name:
        raise ArchiveError("chart name not specified")
    if name in {".", ".."}:
        raise ArchiveError(f"chart name {quote(name)} is not allowed")
    if name != base_name(name):
        raise ArchiveError(f"chart name {quote(name)} must not contain path separators")
    folder = Path(directory).resolve() / name
    for file in files:
        path = folder / file.name
        try:
            if not path.parent.resolve().is_relative_to(folder) or path.is_symlink():
                raise ArchiveError("a link leads out of the chart's folder", file.name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.data)
        except (OSError, ValueError) as error:
            raise ArchiveError(f"cannot be written to {path}: {error}", file.name) from error
    return folder


def require_gzip(name: str, data: bytes) -> None:
    """Raise unless ``data``, the content of the file ``name``, looks like a packed chart."""
    if data.startswith(_MAGIC):
        return
    if name.endswith((".yml", ".yaml")):
        raise ArchiveError(f"file '{name}' seems to be a YAML file, but expected a gzipped archive")
    raise ArchiveError(f"file '{name}' does not appear to be a gzipped archive; got '{content_type(data)}'")


def content_type(data: bytes) -> str:
    """Return the media type of ``data``; Go's ``http.DetectContentType`` over a buffer of 512 bytes."""
    head = data[:_BLOCK].ljust(_BLOCK, b"\0")
    text = head.lstrip(b"\t\n\x0c\r ")
    for tag in _HTML:
        if text[: len(tag)].upper() == tag and text[len(tag) : len(tag) + 1] in (b" ", b">"):
            return "text/html; charset=utf-8"
    if text.startswith(b"<?xml"):
        return "text/xml; charset=utf-8"
    for magic, kind in _MAGICS:
        if head.startswith(magic):
            return kind
    if head.startswith(b"RIFF"):
        for tag, kind in ((b"WEBPVP", "image/webp"), (b"AVI ", "video/avi"), (b"WAVE", "audio/wave")):
            if head[8:].startswith(tag):
                return kind
    if any(byte <= 0x08 or byte == 0x0B or 0x0E <= byte <= 0x1A or 0x1C <= byte <= 0x1F for byte in text):
        return "application/octet-stream"
    return "text/plain; charset=utf-8"


def _inflate(data: bytes) -> tuple[io.BytesIO, int, str]:
    """Return the decompressed content filled up to whole blocks, its length before, and what was wrong at its end.

    Go reads no further than the tar's end mark, so a flaw behind that is none.
    """
    stream = io.BytesIO()
    flaw = _decompress(data, stream)
    length = stream.tell()
    stream.write(b"\0" * (-length % _BLOCK or _BLOCK))
    stream.seek(0)
    return stream, length, flaw


def _decompress(data: bytes, stream: io.BytesIO) -> str:
    """Write the decompressed content to ``stream``; return what, if anything, was wrong at its end."""
    if len(data) < 10:  # the gzip header
        return "unexpected EOF" if data else "EOF"
    if not data.startswith(_MAGIC):
        raise ArchiveError("gzip: invalid header")
    engine = zlib.decompressobj(wbits=31)
    try:
        for start, end in _pieces(len(data)):
            rest = data[start:end]
            full = False
            while rest or full:
                if engine.eof:  # another member follows, or rubbish
                    if not rest:
                        break
                    if not (rest + data[end : end + len(_MAGIC)]).startswith(_MAGIC):
                        return "gzip: invalid header"
                    engine = zlib.decompressobj(wbits=31)
                found = engine.decompress(rest, _STEP)
                full = len(found) == _STEP
                stream.write(found)
                rest = engine.unused_data if engine.eof else engine.unconsumed_tail
                if stream.tell() > _MAX_STREAM:
                    raise _too_large()
    except zlib.error as error:
        return "gzip: invalid checksum" if "incorrect" in str(error) else "flate: corrupt input"
    return "" if engine.eof else "unexpected EOF"


def _pieces(length: int) -> Iterator[tuple[int, int]]:
    """Yield where the pieces of the input begin and end.

    The checksum comes by itself: a wrong one must not take the last of the content with it.
    """
    last = max(0, length - _TRAILER)
    for start in range(0, last, _FEED):
        yield start, min(start + _FEED, last)
    yield last, length


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo, length: int, remaining: int, flaw: str) -> File:
    if "\0" in member.name:
        raise ArchiveError("archive/tar: invalid tar header")
    name = _chart_name(member.name)
    data = b""
    if member.isreg() and member.size:
        if member.size > remaining:
            raise _too_large()
        source = archive.extractfile(member)
        data = source.read() if source is not None else b""
        if len(data) < member.size or (not member.sparse and member.offset_data + member.size > length):
            raise ArchiveError(flaw or "unexpected EOF")
    return File(name, data.removeprefix(BOM), int(member.mtime * 1_000_000_000))


def _chart_name(full: str) -> str:
    """Return a member's name within the chart; Helm's checks, in Helm's order."""
    delimiter = "\\" if "\\" in full else "/"
    first, *others = full.split(delimiter)
    name = delimiter.join(others).replace(delimiter, "/")
    if name.startswith("/"):
        raise ArchiveError("chart illegally contains absolute paths")
    name = posixpath.normpath(name) if name else "."
    if name == ".":
        raise ArchiveError(f"chart illegally contains content outside the base directory: {quote(full)}")
    if name.startswith(".."):
        raise ArchiveError("chart illegally references parent directory")
    if _DRIVE.match(name):
        raise ArchiveError("chart contains illegally named files")
    if first == "Chart.yaml":
        raise ArchiveError("chart yaml not in base directory")
    return name


def _require_end(stream: io.BytesIO, offset: int, length: int, flaw: str) -> None:
    """Raise where the tar stops without an end mark: ``tarfile`` takes any nonsense for the end."""
    stream.seek(offset)
    block = stream.read(max(0, min(_BLOCK, length - offset)))
    if len(block) == _BLOCK:
        if block.strip(b"\0"):
            raise ArchiveError("archive/tar: invalid tar header")
    elif block or flaw:
        raise ArchiveError(flaw or "unexpected EOF")


def _too_large() -> ArchiveError:
    return ArchiveError(f"decompressed chart is larger than the maximum size {MAX_CHART_SIZE}")


_HTML = (
    b"<!DOCTYPE HTML", b"<HTML", b"<HEAD", b"<SCRIPT", b"<IFRAME", b"<H1", b"<DIV", b"<FONT", b"<TABLE", b"<A",
    b"<STYLE", b"<TITLE", b"<B", b"<BODY", b"<BR", b"<P", b"<!--",
)  # fmt: skip
_MAGICS = (
    (b"%PDF-", "application/pdf"),
    (b"%!PS-Adobe-", "application/postscript"),
    (b"\xfe\xff", "text/plain; charset=utf-16be"),
    (b"\xff\xfe", "text/plain; charset=utf-16le"),
    (BOM, "text/plain; charset=utf-8"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
    (b"BM", "image/bmp"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"ID3", "audio/mpeg"),
    (b"OggS\x00", "application/ogg"),
    (b"PK\x03\x04", "application/zip"),
    (b"Rar!\x1a\x07", "application/x-rar-compressed"),
    (b"\x00asm", "application/wasm"),
)
