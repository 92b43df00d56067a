"""Floors: imports go down or sideways only, and the lower floors need nothing that Pyodide has not got."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "copydesk"
DISPLAY = ("ipywidgets", "IPython", "matplotlib", "anywidget", "numpy")
LIGHT = {"filelock", "platformdirs"}
FLOORS: dict[str, int] = {
    "copydesk": 0,
    "copydesk.data": 0,
    "copydesk.edition": 0,
    "copydesk.errors": 0,
    "copydesk.same": 0,
    "copydesk.spans": 0,
    "copydesk.wording": 0,
    "copydesk.article": 1,
    "copydesk.furniture": 1,
    "copydesk.key": 1,
    "copydesk.key_faults": 1,
    "copydesk.sentences": 1,
    "copydesk.stories": 1,
    "copydesk.agreement": 2,
    "copydesk.attribution": 2,
    "copydesk.context": 2,
    "copydesk.counts": 2,
    "copydesk.framing": 2,
    "copydesk.sourcing": 2,
    "copydesk.answers": 3,
    "copydesk.cue_foil": 3,
    "copydesk.edition_words": 3,
    "copydesk.discernment": 3,
    "copydesk.feedback": 3,
    "copydesk.frame_scales": 3,
    "copydesk.foil": 3,
    "copydesk.items": 3,
    "copydesk.lesson_faults": 3,
    "copydesk.lessons": 3,
    "copydesk.proofs": 3,
    "copydesk.retellings": 3,
    "copydesk.scoring": 3,
    "copydesk.swap": 3,
    "copydesk.votes": 3,
    "copydesk.checkup": 4,
    "copydesk.cue_page": 4,
    "copydesk.discernment_page": 4,
    "copydesk.doctor_page": 4,
    "copydesk.figures": 4,
    "copydesk.glossary_page": 4,
    "copydesk.lesson_figures": 4,
    "copydesk.machine_page": 4,
    "copydesk.map_figures": 4,
    "copydesk.map_live": 4,
    "copydesk.map_plot": 4,
    "copydesk.plots": 4,
    "copydesk.progress_page": 4,
    "copydesk.render": 4,
    "copydesk.retelling_page": 4,
    "copydesk.results": 4,
    "copydesk.classroom": 5,
    "copydesk.desk": 5,
    "copydesk.desk_numbers": 4,
    "copydesk.desk_views": 5,
    "copydesk.widgets": 5,
    "copydesk.cli": 6,
    "copydesk.commands": 6,
}
"""The floor of each module; a package stands for all that is in it."""


def name_of(path: Path) -> str:
    """`src/copydesk/context/facts.py` → `copydesk.context.facts`."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def floor(module: str) -> int | None:
    """The floor of a module, or of the nearest package around it, the whole kit left aside."""
    while module not in FLOORS and module.count(".") > 1:
        module = module.rpartition(".")[0]
    return FLOORS.get(module)


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module a file imports, in functions too, except for type checkers only."""
    if isinstance(tree, ast.If) and "TYPE_CHECKING" in ast.unparse(tree.test):
        for other in tree.orelse:
            yield from imports(other)
    elif isinstance(tree, ast.Import):
        yield from (alias.name for alias in tree.names)
    elif isinstance(tree, ast.ImportFrom):
        assert not tree.level, f"line {tree.lineno}: write the whole name of what you import"
        for (
            alias
        ) in tree.names:  # `from copydesk import counts` imports a module, `from copydesk.spans import Span` a name
            whole = f"{tree.module}.{alias.name}"
            yield whole if whole in MODULES else str(tree.module)
    else:
        for node in ast.iter_child_nodes(tree):
            yield from imports(node)


def found(module: str) -> list[str]:
    path = MODULES[module]
    return [*imports(ast.parse(path.read_text("utf-8"), str(path)))]


def run(code: str) -> str:
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_every_module_has_a_floor_and_every_floor_a_module() -> None:
    assert [m for m in MODULES if floor(m) is None] == [], "give them a floor in FLOORS"
    planned = {
        "copydesk.agreement",
        "copydesk.framing",
        "copydesk.sourcing",
        "copydesk.classroom",
        "copydesk.attribution",
    }
    assert set(FLOORS) - set(MODULES) <= planned


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_down_or_sideways(module: str) -> None:
    mine = floor(module)
    assert mine is not None
    up = {i: floor(i) for i in found(module) if i.split(".")[0] == "copydesk" and (floor(i) or 0) > mine}
    assert not up, f"{module} stands on floor {mine}"


@pytest.mark.parametrize("module", [m for m in MODULES if (floor(m) or 0) <= 3])
def test_the_lower_floors_need_the_standard_library_and_two_light_packages(module: str) -> None:
    outside = {i.split(".")[0] for i in found(module)} - set(sys.stdlib_module_names) - {"copydesk"}
    assert outside <= LIGHT


def test_the_walk_sees_what_it_must_see() -> None:
    source = """
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import matplotlib
else:
    import numpy
def f():
    with x:
        from copydesk import counts
    class A:
        import copydesk.cli as c
"""
    assert [*imports(ast.parse(source))] == ["typing", "numpy", "copydesk.counts", "copydesk.cli"]
    assert (floor("copydesk.context.facts"), floor("copydesk.nowhere"), floor("copydesk")) == (2, None, 0)


LOADED = f"print([m for m in {DISPLAY!r} if m in sys.modules])"


def test_importing_copydesk_loads_no_display_library() -> None:
    assert run(f"import sys, copydesk; {LOADED}") == "[]"


def test_a_display_library_would_be_noticed() -> None:
    assert "anywidget" in run(f"import sys, copydesk.widgets; {LOADED}")


BLOCKED = f"""
import sys
class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {DISPLAY!r}:
            raise ImportError(name + " is walled off")
sys.meta_path.insert(0, Wall())
"""


def test_the_lower_floors_work_with_the_display_libraries_walled_off() -> None:
    low = [m for m in MODULES if (floor(m) or 0) <= 3]
    assert len(low) > 20
    code = f"""{BLOCKED}
from importlib import import_module
for module in {low!r}:
    import_module(module)
from copydesk.lessons import load_lesson
from copydesk.proofs import prove
print(all(p.holds for p in prove(load_lesson("00_start_here"))))
"""
    assert run(code) == "True"


def test_the_wall_stands() -> None:
    assert run(f"{BLOCKED}\ntry:\n    import copydesk.widgets\nexcept ImportError as e:\n    print(e)").endswith(
        "walled off"
    )
