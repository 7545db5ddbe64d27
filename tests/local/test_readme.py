"""The README's commands, run."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = (
    "README.md",
    "docs/agreements.md",
    "docs/evidence.md",
    "docs/helpdesks.md",
    "docs/operations.md",
    "docs/semantics.md",
    "docs/working-time.md",
    "CONTRIBUTING.md",
)


def sessions(page: str) -> list[tuple[str, list[str]]]:
    """The commands of a page's console blocks, each with the output that the page shows."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", (ROOT / page).read_text(), re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line.removeprefix("$ "), []))
            else:
                found[-1][1].append(line)
    return found


def shown_in(shown: list[str], printed: list[str]) -> bool:
    """Whether the lines that a page shows were printed in a row; `…` stands for any number of lines."""
    rest, gap = iter(printed), False
    for line in shown:
        if line == "…":
            gap = True
            continue
        if not (line in rest if gap else line == next(rest, None)):
            return False
        gap = False
    return True


@pytest.mark.parametrize(("command", "shown"), sessions("README.md"), ids=lambda value: str(value)[:40])
def test_what_the_readme_shows_is_what_its_commands_print(command: str, shown: list[str]) -> None:
    """Every command of a console block succeeds and prints these lines, in this order."""
    path = f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"
    # Under `make test` an inner make would say which folder it enters.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")} | {
        "PATH": path
    }
    ran = subprocess.run(
        shlex.split(command), cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert shown_in(shown, ran.stdout.splitlines()), ran.stdout


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_that_a_page_names_is_there(page: str) -> None:
    """A target that was renamed is renamed in the pages too."""
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"(?:^|`|\$ )make ([a-z0-9-]+)", (ROOT / page).read_text(), re.MULTILINE):
        assert f"\n{target}:" in makefile, target


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_links_to_is_there(page: str) -> None:
    """Links within the project lead somewhere."""
    folder = (ROOT / page).parent
    for link in re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text()):
        assert (folder / link).exists(), link
