"""The figure helper: words and table always, the picture where it can be drawn, nothing unescaped."""

import json
import re
import subprocess
import sys
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbconvert import HTMLExporter

from copydesk.base.errors import CopydeskError
from copydesk.views.figures import Figure, Table, new_axes, show
from tests.lessons.test_nbval import fill

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROOT = Path(__file__).resolve().parents[2]
FRAME = {"figure", "svg", "figcaption", "details", "summary", "table"}
TABLE = Table(["voice", "share"], [["Kaja Kallas", 43]])
HOSTILE = '"><script>alert(1)</script><img src=x onerror="alert(2)">\'&amp; </figcaption></table>'


def dot(data: Any, *, ax: "Axes | None" = None) -> "Axes":
    ax = ax or new_axes(height=1)
    ax.plot([data], [data], "o")
    return ax


def shown(**words: Any) -> Figure:
    return show(dot, 1, **({"alt": "A dot.", "caption": "One dot.", "table": TABLE} | words))


class Tags(HTMLParser):
    """The tags of some HTML with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_figure_is_picture_sentence_and_folded_table() -> None:
    page = Tags(shown()._repr_html_())
    names = [tag for tag, _ in page.tags]
    assert [n for n in names if n in FRAME] == ["figure", "svg", "figcaption", "details", "summary", "table"]
    attributes = dict(page.tags)
    assert ("div", {"role": "img", "aria-label": "A dot."}) in page.tags
    assert "open" not in attributes["details"]
    assert [a.get("scope") for tag, a in page.tags if tag == "th"] == ["col", "col", "row"]


def test_the_picture_follows_the_theme_and_shares_no_name_with_another() -> None:
    svg = shown().svg
    assert svg.startswith("<svg") and 'viewBox="0 0 ' in svg
    assert "fill: var(--cd-panel)" in svg, "its ground is that of the page"
    assert not re.search(r' id="| url\(|<style|http-equiv|<metadata', svg)
    html = shown()._repr_html_()
    assert "--cd-panel: var(--jp-layout-color1, light-dark(" in html, "the page brings the colours along"


def test_plain_text_is_the_sentence() -> None:
    assert repr(shown()) == "Figure: One dot."


@pytest.mark.parametrize("where", ["alt", "caption", "heading", "row name", "cell", "reason"])
def test_every_string_is_escaped(where: str) -> None:
    words: dict[str, Any] = {"alt": "A dot.", "caption": "One dot.", "table": TABLE}
    if where in words:
        words[where] = HOSTILE
    elif where != "reason":
        cells = ["a", "b", "c", "d"]
        cells[{"heading": 0, "row name": 2, "cell": 3}[where]] = HOSTILE
        words["table"] = Table(cells[:2], [cells[2:]])
    figure = Figure(**words, missing=HOSTILE) if where == "reason" else shown(**words)
    html = figure._repr_html_()
    page = Tags(html)
    assert escape(HOSTILE) in html
    assert "script" not in [tag for tag, _ in page.tags]
    assert not any("onerror" in attributes for _, attributes in page.tags)
    assert HOSTILE in (
        page.text if where != "alt" else str(next(a["aria-label"] for _, a in page.tags if "aria-label" in a))
    )


def test_the_alt_text_survives_nbconvert() -> None:
    html = shown(alt="A dot & a <line>.")._repr_html_()
    output = nbformat.v4.new_output("display_data", {"text/html": html, "text/plain": "Figure: One dot."})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("figure", outputs=[output])])
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert 'aria-label="A dot &amp; a &lt;line&gt;."' in page
    assert "One dot." in page


def test_numbers_stand_right_and_words_left() -> None:
    html = Table(["a", "b", "c"], [["x", 1.5, None]]).html()
    assert '<td class="cd-num">1.5</td><td></td>' in html
    numbers = Table(["a", "b"], [["x", 1]])
    assert re.search(r"\.cd-num\{text-align: right", shown(table=numbers)._repr_html_())


def test_a_long_address_may_break() -> None:
    assert "cd-long" in Table(["a"], [["https://example.org/" + "x" * 40]]).html()


@pytest.mark.parametrize("words", [{"alt": ""}, {"caption": " \n"}])
def test_a_figure_without_words_is_refused(words: dict[str, str]) -> None:
    with pytest.raises(CopydeskError, match="say in one sentence what it shows"):
        shown(**words)


def test_a_ragged_table_is_refused() -> None:
    with pytest.raises(CopydeskError, match="row 2 of the table has 1 cells for 2 columns"):
        Table(["a", "b"], [[1, 2], [3]])


def test_a_plot_that_forgets_to_return_is_told() -> None:
    with pytest.raises(CopydeskError, match="end the plot function with `return ax`"):
        show(lambda data: None, 1, alt="a", caption="c", table=TABLE)  # type: ignore[arg-type,return-value]


def test_options_reach_the_plot_and_its_mistakes_are_not_hidden() -> None:
    def coloured(data: Any, *, colour: str) -> "Axes":
        raise KeyError(colour)

    with pytest.raises(KeyError, match="teal"):
        show(coloured, 1, alt="a", caption="c", table=TABLE, colour="teal")


def test_a_pyplot_figure_is_closed_and_a_subfigure_drawn_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "Agg")
    from matplotlib import pyplot

    def learner(data: Any) -> "Axes":
        return pyplot.figure(figsize=(4, 2)).subfigures(1, 2)[0].add_subplot()

    figure = show(learner, 1, alt="a", caption="c", table=TABLE)
    assert 'viewBox="0 0 288 144"' in figure.svg
    assert pyplot.get_fignums() == []


def test_drawing_leaves_no_state_behind() -> None:
    script = (
        "import matplotlib, sys; before = matplotlib.rcParams.copy()\n"
        "from copydesk.views.figures import *\n"
        "def plot(data): return new_axes(height=1)\n"
        "assert show(plot, 1, alt='a', caption='c', table=Table(['a'], [])).svg\n"
        "assert 'matplotlib.pyplot' not in sys.modules and matplotlib.rcParams.copy() == before\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True)


def test_without_matplotlib_the_sentence_and_the_open_table_stand() -> None:
    script = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from copydesk.views.figures import Table, show\n"
        "from copydesk.views.plots import shares_plot, shares_table\n"
        "shares = {'Kaja Kallas': 0.43}\n"
        "figure = show(shares_plot, shares, alt='One bar.', caption='She speaks most.', table=shares_table(shares))\n"
        "print(figure); print(figure._repr_html_())\n"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, encoding="utf-8")
    first, html = done.stdout.splitlines()
    page = Tags(html)
    assert first == "Figure: She speaks most."
    assert "svg" not in [tag for tag, _ in page.tags]
    assert "open" in dict(page.tags)["details"]
    assert "She speaks most. The picture could not be drawn here" in page.text
    assert "Kaja Kallas43\N{NO-BREAK SPACE}%" in page.text


def test_importing_it_loads_no_display_library() -> None:
    script = (
        "import sys, copydesk.views.plots, copydesk.views.figures\n"
        "assert not {'matplotlib', 'numpy', 'IPython', 'PIL'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


WALLED_OFF = """
import ast, json, sys
from pathlib import Path

class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("matplotlib", "numpy", "PIL"):
            raise ImportError(name + " is not installed")

sys.meta_path.insert(0, Wall())
from copydesk.views.figures import Figure

for path in sorted(Path(sys.argv[1]).glob("*.ipynb")):
    names = {}
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            *first, last = ast.parse("".join(cell["source"])).body
            exec(compile(ast.Module(first, []), path.name, "exec"), names)
            if not isinstance(last, ast.Expr):
                exec(compile(ast.Module([last], []), path.name, "exec"), names)
                continue
            value = eval(compile(ast.Expression(last.value), path.name, "eval"), names)
            if isinstance(value, Figure):
                print(json.dumps([path.stem, value.caption, value._repr_html_()]))
"""


def test_every_lesson_runs_without_matplotlib_and_each_figure_is_its_sentence_and_table(own_answers: Path) -> None:
    """The core has no matplotlib, no NumPy and no Pillow: they come with [lab]."""
    fill(own_answers)  # some figures wait for an exercise
    command = [sys.executable, "-c", WALLED_OFF, str(ROOT / "notebooks")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    figures = [json.loads(line) for line in done.stdout.splitlines()]
    assert len({lesson for lesson, *_ in figures}) > 1
    for _, caption, html in figures:
        page = Tags(html)
        names = [tag for tag, _ in page.tags]
        assert not {"img", "svg"} & {*names} and names.count("td") and "open" in dict(page.tags)["details"]
        assert caption in page.text and "could not be drawn here (matplotlib" in page.text
