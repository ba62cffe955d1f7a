"""A project as one file: a zip of Parquet tables with a manifest and checksums; pure, any thread."""

import hashlib
import io
import json
import time
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from app.domain.rows import Kind, Sheet
from app.errors import BadFile
from app.version import version

FORMAT = "kestrel-project"
VERSION = 1
MANIFEST = "manifest.json"
LARGEST_MANIFEST_BYTES = 1_000_000
LARGEST_TABLE_BYTES = 8_000_000_000  # packed, as told by the zip: ten times a flight of a day
MOST_ROWS = 200_000_000
ARROW = {
    Kind.NUMBER: pa.float64(),
    Kind.INTEGER: pa.int64(),
    Kind.FLAG: pa.bool_(),
    Kind.TEXT: pa.string(),
    Kind.BYTES: pa.binary(),
}
_DAMAGED = (zipfile.BadZipFile, pa.ArrowException, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True)
class Part:
    """A table in the bundle."""

    name: str
    columns: dict[str, Kind]
    rows: int
    sha256: str


def write_bundle(path: Path, sheets: Iterable[Sheet]) -> list[Part]:
    """Write the file, which must not be there yet; what was begun of it is removed when it fails.

    Raises ``BadFile`` when it cannot be written.
    """
    try:
        with zipfile.ZipFile(path, "x", zipfile.ZIP_STORED) as archive:  # Parquet is packed already
            parts = [_write(archive, sheet) for sheet in sheets]
            tables = [{"name": p.name, "columns": p.columns, "rows": p.rows, "sha256": p.sha256} for p in parts]
            made = {"format": FORMAT, "version": VERSION, "made_by": version(), "made_s": time.time()}
            archive.writestr(MANIFEST, json.dumps(made | {"tables": tables}, indent=1))
    except FileExistsError:
        raise BadFile(f"{path} is there already: nothing is overwritten. Name another file.") from None
    except OSError as error:
        path.unlink(missing_ok=True)
        raise BadFile(f"{path} cannot be written: {error.strerror}. Make room, or name another place.") from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return parts


def _write(archive: zipfile.ZipFile, sheet: Sheet) -> Part:
    schema = pa.schema([(name, ARROW[kind]) for name, kind in sheet.columns.items()])
    packed, count = io.BytesIO(), 0
    with pq.ParquetWriter(packed, schema, compression="zstd") as writer:
        for piece in sheet.pieces:
            writer.write_table(table_of(piece, schema))
            count += len(piece)
    content = packed.getvalue()
    archive.writestr(f"{sheet.name}.parquet", content)
    return Part(sheet.name, sheet.columns, count, hashlib.sha256(content).hexdigest())


def table_of(rows: list[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    """Rows as an Arrow table of that schema."""
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def read_bundle(path: Path) -> Iterator[Sheet]:
    """The tables in their order, each checked against its checksum before its rows are given.

    Only names that the manifest lists are read, nothing is unpacked to disk, sizes are held to what a store can have.
    Raises ``BadFile`` when it is no bundle, of a newer Kestrel, cut short or changed.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for part in _manifest(archive, path):
                yield Sheet(part.name, part.columns, _pieces(archive, part, path))
    except _DAMAGED as error:
        raise BadFile(f"{path.name} is no sound bundle of a project ({error}). Export it again.") from error


def _manifest(archive: zipfile.ZipFile, path: Path) -> list[Part]:
    names = archive.namelist()
    if MANIFEST not in names or len(names) != len(set(names)):
        raise BadFile(f"{path.name} is a zip, but no bundle of a Kestrel project.")
    if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST_BYTES:
        raise BadFile(f"{path.name} has a manifest too long to be one.")
    found = json.loads(archive.read(MANIFEST))
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise BadFile(f"{path.name} is a zip, but no bundle of a Kestrel project.")
    if found.get("version") != VERSION:
        raise BadFile(f"{path.name} is a bundle of version {found.get('version')!r}: update this Kestrel to read it.")
    try:
        parts = [_part(one) for one in found["tables"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise BadFile(f"{path.name} has a manifest that names no tables. Export it again.") from error
    if {f"{part.name}.parquet" for part in parts} | {MANIFEST} != set(names):
        raise BadFile(f"{path.name} does not hold what its manifest lists. Export it again.")
    return parts


def _part(one: dict[str, Any]) -> Part:
    columns = {str(name): Kind(kind) for name, kind in one["columns"].items()}
    return Part(str(one["name"]), columns, int(one["rows"]), str(one["sha256"]))


def _pieces(archive: zipfile.ZipFile, part: Part, path: Path) -> Iterator[list[tuple[Any, ...]]]:
    name = f"{part.name}.parquet"
    entry = archive.getinfo(name)
    if entry.file_size > LARGEST_TABLE_BYTES or entry.compress_type != zipfile.ZIP_STORED or part.rows > MOST_ROWS:
        raise BadFile(f"{path.name}: {name} is larger than any store's. It is not read.")
    content = archive.read(name)
    if hashlib.sha256(content).hexdigest() != part.sha256:
        raise BadFile(f"{path.name}: {name} was changed or cut short. Export it again.")
    file = pq.ParquetFile(io.BytesIO(content))
    wanted = {column: ARROW[kind] for column, kind in part.columns.items()}
    told = dict(zip(file.schema_arrow.names, file.schema_arrow.types, strict=True))
    if file.metadata.num_rows != part.rows or told != wanted:
        raise BadFile(f"{path.name}: {name} is not as its manifest says. Export it again.")
    for batch in file.iter_batches(batch_size=10_000, columns=list(part.columns)):
        yield list(zip(*(column.to_pylist() for column in batch.columns), strict=True))
