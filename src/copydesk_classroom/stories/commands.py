"""The commands on an instructor's own story: `copydesk new` and `copydesk story`."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from copydesk_classroom.stories.new import new_story, summary
from copydesk_classroom.wording import class_wording

NEW_EXAMPLES = """examples:
  copydesk new ferry.txt                         the text of a page, copied from a browser with its furniture
  copydesk new ferry.html --name ferry           a page saved from a browser
  copydesk new https://example.org/ferry --rights "CC BY 4.0, Coast Wire"
  copydesk new - --name ferry < ferry.txt        what another program writes

what is made:
  stories/NAME with page.txt, story.toml and key.json, a draft in which every entry is unconfirmed. The same command on a
  corrected page, with the same name, keeps what was confirmed, and lists what it cannot find on the page any more.
  An HTML page needs the extra [stories]. An address is fetched once, now, and nothing else is.
"""


def add_new(commands: Any) -> None:
    """Add `new` to the subparsers of the command line."""
    parser = commands.add_parser(
        "new",
        help="make a story of your own from a page",
        description="Make a story folder from any page, with a draft of its answer key to confirm and correct.",
        epilog=NEW_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "page", metavar="PAGE", help="a text file, a saved HTML page, an address, or - for what comes in"
    )
    parser.add_argument(
        "--name", help="the story’s name: small letters, digits and hyphens (default: from its headline)"
    )
    parser.add_argument("--language", metavar="xx", help="the language of the page, such as en (default: as it says)")
    parser.add_argument("--rights", help="licence and credits (default: unknown)")
    parser.set_defaults(run=run_new)


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
