"""The commands on an instructor's own story: `copydesk new` and `copydesk story`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from copydesk.base.documents import read_json
from copydesk.base.errors import CopydeskError
from copydesk.base.files import locked, read_bytes, write
from copydesk.cli import add_command
from copydesk.lessons.lesson import load_lesson
from copydesk.story.key import read_key
from copydesk.story.story import Story, forget_stories, is_bundled, load_story
from copydesk_classroom.stories.annotations import (
    ANSWERS,
    encode_annotations,
    export_answers,
    export_key,
    import_annotations,
    read_annotations,
)
from copydesk_classroom.stories.compare import compare_lines, compare_page, merged_draft, read_two_keys
from copydesk_classroom.stories.confirm import encode_key, read_raw_key, unconfirmed
from copydesk_classroom.stories.lessons import MADE, write_lessons
from copydesk_classroom.stories.new import new_story, summary
from copydesk_classroom.stories.pack import add_pack, added_lines, pack_story, packed_lines
from copydesk_classroom.wording import class_wording

NEW_EXAMPLES = """examples:
  copydesk new ferry.txt                         the text of a page, copied from a browser with its furniture
  copydesk new ferry.html --name ferry           a page saved from a browser
  copydesk new https://example.org/ferry --rights "CC BY 4.0, Coast Wire"
  copydesk new - --name ferry < ferry.txt        what another program writes

what is made:
  stories/NAME with page.txt, story.toml and key.json, a draft in which every entry is unconfirmed. The same command on
  a corrected page, with the same name, keeps what was confirmed, and lists what it cannot find on the page any more.
  An HTML page needs the extra [stories]. An address is fetched once, now, and nothing else is.
"""


def add_new(commands: Any) -> None:
    """Add `new` to the subparsers of the command line."""
    parser = add_command(
        commands,
        "new",
        run_new,
        help="make a story of your own from a page",
        description="Make a story folder from any page, with a draft of its answer key to confirm and correct.",
        epilog=NEW_EXAMPLES,
    )
    parser.add_argument(
        "page", metavar="PAGE", help="a text file, a saved HTML page, an address, or - for what comes in"
    )
    parser.add_argument(
        "--name", help="the story’s name: small letters, digits and hyphens (default: from its headline)"
    )
    parser.add_argument("--language", metavar="xx", help="the language of the page, such as en (default: as it says)")
    parser.add_argument("--rights", help="licence and credits (default: unknown)")


def run_new(options: argparse.Namespace) -> int:
    """Make the story and print what was made; returns 0."""
    terminal = options.page != "-" and sys.stdin.isatty() and sys.stdout.isatty()
    ask = ask_at_terminal if terminal else None
    made = new_story(options.page, name=options.name, language=options.language, rights=options.rights, ask=ask)
    print("\n".join(summary(made)))
    return 0


def ask_at_terminal(question: str, usual: str) -> str:
    """Ask one question of `[ask]`; Enter, or the end of what is typed, takes the usual answer."""
    try:
        return input(f"{class_wording('stories')['ask'][question]} [{usual}]: ").strip() or usual
    except EOFError:
        return usual


STORY_EXAMPLES = """examples:
  copydesk story lessons ferry                               lessons 01 to 03 from its key, confirmed
  copydesk story pack ferry                                  ferry.zip, with licence and credits
  copydesk story add ferry.zip                               a colleague’s story, into stories/ferry
  copydesk story compare ferry ada.json --html differences.html --merge merged.json
  copydesk story annotations ferry --out ferry.jsonld        the key as W3C Web Annotations
  copydesk story annotations ferry --read from_another_program.jsonld
"""


def add_story(commands: Any) -> None:
    """Add `story` with its own commands to the subparsers of the command line."""
    parser = commands.add_parser(
        "story",
        help="pack, add and compare stories of your own",
        description="Pack a story, add a pack, compare two keys, and exchange annotations with other programs.",
        epilog=STORY_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(title="actions", required=True, metavar="ACTION")
    made = actions.add_parser(
        "lessons",
        help="make lessons 01 to 03 from a key",
        description="Make lessons 01 to 03 from a confirmed key. What you wrote in lessons.toml yourself stays.",
    )
    made.add_argument("story", metavar="STORY", help="name or folder of the story")
    made.set_defaults(run=run_lessons)
    pack = actions.add_parser("pack", help="make one zip of a story", description="Make one zip of a story.")
    pack.add_argument("story", metavar="STORY", help="name or folder of the story")
    pack.add_argument("--out", type=Path, help="the zip (default: STORY.zip)")
    pack.set_defaults(run=run_pack)
    add = actions.add_parser("add", help="take a story pack", description="Put the story of a pack beside your own.")
    add.add_argument("file", type=Path, metavar="FILE", help="the zip that `copydesk story pack` made")
    add.set_defaults(run=run_add)
    compare = actions.add_parser(
        "compare",
        help="see where two keys differ",
        description="Say how far two keys of one story agree, layer by layer, and where they differ.",
    )
    compare.add_argument("keys", nargs=2, metavar="KEY", help="a key.json, or the name or folder of its story")
    compare.add_argument("--html", type=Path, help="also write a page with the differences side by side")
    compare.add_argument("--merge", type=Path, help="also write a draft in which what differs is contestable")
    compare.set_defaults(run=run_compare)
    notes = actions.add_parser(
        "annotations",
        help="exchange annotations with other programs",
        description="Write the key of a story, or answers, as W3C Web Annotations (JSON-LD), or read such a file. "
        "Offsets count Unicode code points.",
    )
    notes.add_argument("story", metavar="STORY", help="name or folder of the story")
    way = notes.add_mutually_exclusive_group()
    way.add_argument("--answers", type=Path, help="write the answers in this file instead of the key")
    way.add_argument("--read", type=Path, metavar="FILE", help="read this file of annotations")
    notes.add_argument("--out", type=Path, help="the file to write (default: STORY.jsonld)")
    notes.set_defaults(run=run_annotations)


def run_lessons(options: argparse.Namespace) -> int:
    """Make the lessons of a story and print, lesson by lesson, what is in them; returns 0."""
    story, say = load_story(options.story), class_wording("questions")["printed"]
    if is_bundled(story):
        raise CopydeskError(f"'{story.id}' comes with the kit", "copy its folder, and name the copy")
    with locked(story.folder / "key.json"):  # the key editor may be open
        write_lessons(story.folder)
    for lesson in (load_lesson(name, load_story(story.folder)) for name in MADE):
        print(say["made"].format(lesson=lesson.id, n=len(lesson.exercises)))
        print("".join(f"  {told}\n" for told in lesson.left_out.values()), end="")
    return 0


def run_pack(options: argparse.Namespace) -> int:
    """Make a pack and print what is in it; returns 0."""
    print("\n".join(packed_lines(pack_story(load_story(options.story), options.out))))
    return 0


def run_add(options: argparse.Namespace) -> int:
    """Add a pack and print where its story is; returns 0."""
    print("\n".join(added_lines(add_pack(options.file))))
    return 0


def run_compare(options: argparse.Namespace) -> int:
    """Print how two keys agree and where they differ; returns 0."""
    found = read_two_keys(*options.keys)
    print("\n".join(compare_lines(found)))
    if options.html:
        write(options.html, compare_page(found).encode("utf-8"), durable=False)
        print(options.html)
    if options.merge:
        _check_new(options.merge)
        draft, left_out = merged_draft(found)
        write(options.merge, encode_key(draft))
        say = class_wording("stories")["compare"]
        waiting = sum(map(len, unconfirmed(draft).values()))
        print(say["merged"].format(path=options.merge, n=waiting))
        print("".join(f"  {name}: {say['overlaps']}\n" for name in left_out), end="")
    return 0


def run_annotations(options: argparse.Namespace) -> int:
    """Write or read annotations and print what was done; returns 0."""
    story, say = load_story(options.story), class_wording("stories")["annotations"]
    if options.read:
        with locked(story.folder / "key.json"):  # the key editor may be open
            return _read_annotations(options, story)
    if options.answers:
        page = export_answers(read_json(options.answers), story)
    else:
        read_key(story.folder / "key.json")
        page = export_key(read_raw_key(story.folder), story.article, story)
    out = options.out or Path(f"{story.id}.jsonld")
    write(out, encode_annotations(page), durable=False)
    print(say["exported"].format(path=out, n=len(page["items"]), story=story.id))
    return 0


def _read_annotations(options: argparse.Namespace, story: Story) -> int:
    """Annotations of other programs go into the key as places to look at; a whole key, and answers, into a new file."""
    say, path = class_wording("stories")["annotations"], story.folder / "key.json"
    base = read_raw_key(story.folder) if path.is_file() else None
    found = import_annotations(read_annotations(options.read), story, base)
    data = encode_annotations(found.data) if found.what == ANSWERS else encode_key(found.data)
    if options.out or found.what == ANSWERS or found.whole:
        out = options.out or Path(f"{story.id}-{found.what}.json")
        _check_new(out)
        write(out, data)
    else:
        out = path
        write(out, data, keep=True)
        forget_stories()
    print(say["imported"].format(path=out, n=found.count))
    print("".join(f"  {say['lost'].format(id=x.id, words=x.words)}\n" for x in found.lost), end="")
    return 0


def _check_new(path: Path) -> None:
    """Write over nothing: what is in a file may be somebody’s work."""
    if read_bytes(path, most=1) is not None or path.exists():
        raise CopydeskError(f"{path} is there already", "name a new file")
