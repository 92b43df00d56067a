"""Rooms: imports go down only, also those in functions, and the lower rooms run where there is no display library."""

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[1] / "src"
DISPLAY = ("ipywidgets", "IPython", "matplotlib", "anywidget", "numpy")
LIGHT = {"filelock", "platformdirs"}
"""The packages besides the standard library that the rooms below `views` may need; both are pure Python."""
KIT = {
    "base": 0,
    "page": 1,
    "story": 2,
    "attribution": 3,
    "framing": 4,
    "exercises": 5,
    "answers": 1,
    "lessons": 6,
    "views": 7,
    "map": 8,
    "checkup": 8,
    "widgets": 9,
    "desk": 10,
    "start": 10,
    "cli": 11,
    "__main__": 12,
}
"""The floor of each room of `copydesk`. Two rooms on one floor know nothing of each other."""
CLASSROOM = {
    "wording": 0,
    "safe_text": 0,
    "csv_files": 1,
    "course": 2,
    "pages": 2,
    "collecting": 3,
    "marking": 4,
    "feedback": 5,
    "reporting": 5,
    "grading": 6,
    "prose": 6,
    "discussing": 6,
    "checking": 7,
    "releasing": 8,
    "graders": 9,
    "stories": 9,
    "commands": 10,
    "__main__": 11,
}
"""The floor of each room of `copydesk_classroom`, all of which stand above the kit."""
LAST_LIGHT = KIT["lessons"]
"""Up to this floor the kit runs without a display library."""


def name_of(path: Path) -> str:
    """`src/copydesk/story/facts.py` → `copydesk.story.facts`."""
    parts = path.relative_to(SRC).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(SRC.rglob("*.py"))}


def room_of(module: str) -> str:
    """`copydesk.story.facts` → `copydesk.story`."""
    return ".".join(module.split(".")[:2])


def floor(module: str) -> int:
    """How high the room of a module stands; the kit's own front door stands on the ground, the classroom's on top."""
    package, _, rest = module.partition(".")
    room = rest.partition(".")[0]
    if package == "copydesk":
        return KIT[room] if room else 0
    return 100 + (CLASSROOM[room] if room else max(CLASSROOM.values()))


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module a file imports, in functions too, except for type checkers only."""
    if isinstance(tree, ast.If) and "TYPE_CHECKING" in ast.unparse(tree.test):
        for other in tree.orelse:
            yield from imports(other)
    elif isinstance(tree, ast.Import):
        yield from (alias.name for alias in tree.names)
    elif isinstance(tree, ast.ImportFrom):
        assert not tree.level, f"line {tree.lineno}: write the whole name of what you import"
        for alias in tree.names:  # `from copydesk.story import facts` imports a module, not only a name
            whole = f"{tree.module}.{alias.name}"
            yield whole if whole in MODULES else str(tree.module)
    else:
        for node in ast.iter_child_nodes(tree):
            yield from imports(node)


IMPORTS = {m: [*imports(ast.parse(path.read_text("utf-8"), str(path)))] for m, path in MODULES.items()}
OURS = {m: {i for i in found if i in MODULES and i != m} for m, found in IMPORTS.items()}


def circles(arrows: Mapping[str, set[str]]) -> list[set[str]]:
    """The groups of names that can be reached from each other.

    >>> circles({"a": {"b"}, "b": {"a", "c"}, "c": set()}) == [{"a", "b"}]
    True
    """
    reached: dict[str, set[str]] = {}
    for start in arrows:
        seen, waiting = set[str](), [*arrows[start]]
        while waiting:
            if (name := waiting.pop()) not in seen:
                seen.add(name)
                waiting += arrows.get(name, ())
        reached[start] = seen
    found = {frozenset(b for b in reached[a] if a in reached.get(b, ())) for a in arrows if a in reached[a]}
    return [set(group) for group in found]


def run(code: str) -> str:
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_every_room_has_a_floor_and_every_floor_a_room() -> None:
    rooms = {room_of(m) for m in MODULES} - {"copydesk", "copydesk_classroom"}
    assert rooms == {f"copydesk.{r}" for r in KIT} | {f"copydesk_classroom.{r}" for r in CLASSROOM}


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_down(module: str) -> None:
    others = {i for i in OURS[module] if room_of(i) != room_of(module)}
    up = {i: floor(i) for i in others if floor(i) >= floor(module)}
    up = {i: n for i, n in up.items() if module not in ("copydesk", "copydesk_classroom")}  # the front doors
    assert not up, f"{module} stands on floor {floor(module)}"


def test_no_circle_between_modules_or_rooms() -> None:
    assert circles(OURS) == []
    rooms: dict[str, set[str]] = {room_of(m): set() for m in MODULES}
    for module, found in OURS.items():
        rooms[room_of(module)] |= {room_of(i) for i in found} - {room_of(module)}
    assert circles(rooms) == []


def test_the_kit_never_imports_the_classroom() -> None:
    assert not [
        m for m, found in IMPORTS.items() if m.split(".")[0] == "copydesk" and "copydesk_classroom" in str(found)
    ]


LIGHT_MODULES = [m for m in MODULES if floor(m) <= LAST_LIGHT]


@pytest.mark.parametrize("module", LIGHT_MODULES)
def test_the_lower_rooms_need_the_standard_library_and_two_light_packages(module: str) -> None:
    outside = {i.split(".")[0] for i in IMPORTS[module]} - set(sys.stdlib_module_names) - {"copydesk"}
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
        from copydesk.story import facts
    class A:
        import copydesk.cli as c
"""
    assert [*imports(ast.parse(source))] == ["typing", "numpy", "copydesk.story.facts", "copydesk.cli"]
    assert floor("copydesk.story.facts") < floor("copydesk.cli") < floor("copydesk_classroom.wording")


LOADED = f"print([m for m in {DISPLAY!r} if m in sys.modules])"


def test_importing_copydesk_loads_no_display_library() -> None:
    assert run(f"import sys, copydesk; {LOADED}") == "[]"


def test_a_display_library_would_be_noticed() -> None:
    assert "anywidget" in run(f"import sys, copydesk.widgets.widget; {LOADED}")


BLOCKED = f"""
import sys
class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {DISPLAY!r}:
            raise ImportError(name + " is walled off")
sys.meta_path.insert(0, Wall())
"""


def test_the_lower_rooms_work_with_the_display_libraries_walled_off() -> None:
    assert len(LIGHT_MODULES) > 20
    code = f"""{BLOCKED}
from importlib import import_module
for module in {LIGHT_MODULES!r}:
    import_module(module)
from copydesk.lessons.lesson import load_lesson
lesson = load_lesson("00_start_here")
text = lesson.story.article.text
print(all(e.outcome(e.model_answers(lesson.key, text)["key"], lesson.key, text).score == 1
          for e in lesson.exercises if e.type == "mark"))
"""
    assert run(code) == "True"


def test_the_wall_stands() -> None:
    code = f"{BLOCKED}\ntry:\n    import copydesk.widgets.widget\nexcept ImportError as e:\n    print(e)"
    assert run(code).endswith("walled off")


def test_each_name_of_the_front_door_is_typed_as_where_it_lives() -> None:
    import copydesk

    tree = ast.parse((SRC / "copydesk" / "__init__.py").read_text("utf-8"))
    typed = {
        alias.name: node.module
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert typed == {name: f"copydesk.{home}" for name, home in copydesk._HOME.items()}
