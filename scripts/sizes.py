"""What is deployed weighs so much: the built layer by package, and each function; status 1 if too much.

Sizes are those of files unzipped, in KiB, byte code apart. The layer may have 12 MiB and nothing that is for
one kind of processor, so that it is the same on arm64 and x86-64.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
LAYER = ROOT / "build" / "layer" / "python"
MOST = 12 * 1024**2
NATIVE = {".so", ".pyd", ".dylib", ".a", ".o"}
# What machine code begins with, whatever its file is called: of Linux, of Windows, archives of it, of macOS
# (in either order of bytes, or for several processors).
MAGIC = (
    b"\x7fELF",
    b"MZ",
    b"!<arch>",
    *map(bytes.fromhex, ("feedface", "feedfacf", "cefaedfe", "cffaedfe", "cafebabe")),
)


def files(folder: Path) -> list[Path]:
    """Every file below a folder that is deployed from it."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def packages(layer: Path) -> dict[str, tuple[int, int]]:
    """Bytes of each package or module, what is read about it included: its own, and those of byte code."""
    own, compiled = Counter[str](), Counter[str]()
    for path in files(layer):
        (compiled if path.suffix == ".pyc" else own)[_package(path.relative_to(layer))] += path.stat().st_size
    return {name: (own[name], compiled[name]) for name in sorted(own | compiled)}


def _package(path: Path) -> str:
    """The package that a file is of: `tzdata-2026.6.dist-info/METADATA` is of `tzdata`."""
    name = path.parts[0] if path.parts[0] != "__pycache__" else path.parts[1]
    return name.split("-")[0].split(".")[0]


def faults(layer: Path) -> Iterator[str]:
    """What may not be: too much, or what runs on one kind of processor only."""
    total = sum(path.stat().st_size for path in files(layer))
    if total > MOST:
        yield f"the layer has {total} bytes, at most {MOST} are asked for"
    yield from (f"{path.relative_to(layer)} is no Python" for path in files(layer) if _is_native(path))


def _is_native(path: Path) -> bool:
    with path.open("rb") as file:
        return path.suffix in NATIVE or file.read(8).startswith(MAGIC)


def report(layer: Path) -> Iterator[str]:
    """Each package, the layer, and each function, a line each."""
    found = packages(layer)
    yield f"{'':32}{'KiB':>10}{'byte code':>12}"
    yield from (_line(name, *sizes) for name, sizes in found.items())
    own, compiled = (sum(column) for column in zip(*found.values(), strict=True))
    yield _line("layer", own, compiled)
    yield f"layer, all: {(own + compiled) / 1024**2:.2f} MiB of {MOST // 1024**2}"
    for path in sorted((ROOT / "functions").iterdir()):
        yield _line(f"functions/{path.name}", sum(each.stat().st_size for each in path.glob("*.py")), 0)


def _line(name: str, own: int, compiled: int) -> str:
    return f"{name:32}{own / 1024:>10.1f}{compiled / 1024:>12.1f}"


def main() -> int:
    """Print what there is, and what is wrong with it."""
    wrong = list(faults(LAYER))
    sys.stdout.writelines(f"{line}\n" for line in (*report(LAYER), *wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
