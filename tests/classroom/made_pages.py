"""Six pages of different shapes, made for tests of `copydesk new`: places and people are invented."""
# ruff: noqa: E501 (pages have the lines they have)

from __future__ import annotations

from textwrap import fill

MENUS = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Ferry engine fails again | Coast Wire</title>
<meta property="og:site_name" content="Coast Wire"><meta property="article:published_time" content="2026-03-06T08:00:00Z">
<script>var menu = "The mayor said nothing here.";</script><style>p { color: red }</style></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<div hidden>This text is hidden, the harbour office said.</div><noscript>Please switch on scripts.</noscript>
<main><article><h1>Ferry engine fails again, mayor says</h1>
<p>By Ilse Brand</p><time>6 March 2026</time><ul class="share"><li><a href="#">Share</a></li><li><a href="#">Print</a></li></ul>
<p>The engine of the ferry to Holm has failed for the third time this winter, mayor Ada Lund said on Tuesday.</p>
<p>“We have paid for it twice,” Lund told the town council. “I will not ask anybody to pay for it again.”</p>
<p>The ferry company said that a new part would arrive in May. It did not answer questions about the price.</p>
<p>Bo Ek, who has run the shop on Holm since 1998, says he has lost a third of his customers. “They wait for two hours and
then they drive to town,” he said.</p>
<p>A report by the harbour office puts the number of late boats at 41. According to the report, most of them left less
than ten minutes late.</p>
<p>The council will vote on Friday. Until then a small boat takes people across, but no cars.</p>
</article></main>
<aside><h2>Read more</h2><ul><li><a href="/bridge">Bridge to stay closed until June</a></li>
<li><a href="/school">School gets a new roof</a></li></ul></aside>
<footer><p>© Coast Wire 2026. All rights reserved.</p><button>Subscribe</button></footer>
<script>document.title = "x";</script></body></html>
"""

_PARAGRAPHS = (
    "RIVERTON, March 6 (Mere Wire) - The dam above Riverton will stay closed through the spring, the water authority "
    "said on Friday, after divers found a crack in its northern gate.",
    "“The crack is old and it is not growing,” engineer Tom Ulm told reporters. “We close the gate because we can, not "
    "because we must.”",
    "Farmers below the dam said they had not been told. “I read it in the paper,” Ines Vark said.",
    "Vark, who grows beans on forty acres, says her fields need water by April. She has asked the court to open the gate.",
    "The authority declined to say how much water the lake holds. A spokesman said the figures would be published next week.",
    "According to a study of 2019, the lake loses a tenth of its water every summer.",
)
WRAPPED = (
    "Riverton dam to stay closed, water authority says\n\nBy Petra Moss\n\nMarch 6, 2026\n\n"
    + "\n\n".join(fill(paragraph, 72) for paragraph in _PARAGRAPHS)
    + "\n\n(Reporting by Petra Moss; Editing by Jan Roe)\n"
)

LIST_AND_TABLE = """<html lang="en"><head><title>Three ways to save the library</title></head><body>
<header><p>Hill Post</p></header>
<article><h1>Three ways to save the library, and what they cost</h1><p>By Mara Quill</p><p>12 May 2026</p>
<p>The library on Mill Street can be saved, a group of readers said on Monday, and it need not cost more than a playground.</p>
<p>“We have counted the books and the leaks,” said Ada Stone, who leads the group. Her plan lists three ways:</p>
<ul><li>A new roof, which the builder Karl Odd says would last for forty years</li>
<li>A smaller library in the old school, with half of the books</li><li>A bus with books that stops in each village</li></ul>
<table><tr><th>Way</th><th>Cost</th></tr><tr><td>Roof</td><td>90,000</td></tr><tr><td>School</td><td>40,000</td></tr>
<tr><td>Bus</td><td>25,000</td></tr></table>
<p>Mayor Lena Holt said that she preferred the roof. “A bus has no tables,” she told the Post.</p>
<p>The council’s treasurer, Otto Finn, warned that no money had been set aside. He called the plan “a fine list of wishes”.</p>
<p>Readers disagreed. “I would take the bus,” said a man at the door, who did not want to be named.</p>
</article><footer>Contact | Imprint</footer></body></html>
"""

SPANISH = """El puente seguirá cerrado hasta junio

Por Marta Ruiz

6 de marzo de 2026

El puente viejo seguirá cerrado hasta junio, dijo el lunes la alcaldesa Ana Sol. Los vecinos tienen que cruzar el río en barca.

«No vamos a abrir un puente que no es seguro», dijo Sol ante el pleno.

Según el ingeniero Luis Paz, dos pilares están dañados. El informe no dice quién va a pagar la obra.

«Llevamos un año esperando», dijo Paco Gil, que tiene una panadería en la otra orilla.

La empresa de autobuses no respondió a las preguntas de este diario.
"""

FIRST = """Night trains return to Velda in May

By Ilse Brand

6 March 2026

Night trains will run between Velda and the coast again in May, the railway said on Friday.

“People have asked for them every week for four years,” spokeswoman Nora Beck told reporters. She did not say what a bed will cost.

The town’s hotels are less happy. “They will sleep on wheels and not with us,” said Karl Odd, who owns two of them.

Beck said that the railway had bought twelve old carriages. According to a report by the ministry, each needs a new heater.
"""
SECOND = """Swimming pool closes for a year

By Tom Ulm

6 March 2026

The pool on Lake Road will close for a year, the town said on Thursday.

“The roof lets in more water than the pool holds,” said the architect Ines Vark.

Parents said they had hoped for another summer. “Where do they go now?” asked Petra Moss, a mother of three.
"""
TWO_STORIES = f"{FIRST}\n{SECOND}"

_NAMES = ("Ada Lund", "Bo Ek", "Ines Vark", "Tom Ulm", "Nora Beck", "Karl Odd", "Lena Holt", "Otto Finn")
_PLACES = ("Holm", "Velda", "Riverton", "Saltness", "Lakeport", "Norwick", "Tarnholt")
_THINGS = ("bridge", "school", "harbour wall", "market hall", "mill", "bus station", "water tower", "ferry landing")


def _stretch(n: int) -> str:
    """One of many paragraphs, none like another."""
    name, place, thing = _NAMES[n % 8], _PLACES[n % 7], _THINGS[(n * 3) % 8]
    ways = (
        f"The {thing} of {place} was measured {n + 2} times in the year, and each time the water had come a little closer "
        f"to the road that runs behind it, past the house with number {n + 11}.",
        f"{name} said that the {thing} in {place} would need {n + 30} new stones before the winter, and that nobody had "
        f"ordered them.",
        f"“I have walked past the {thing} for {n % 40 + 5} years,” {name} said. The path behind it was closed after storm "
        f"number {n + 1}, and grass has grown over it since.",
        f"In {place} the council met {n % 9 + 2} times to talk about stone {n + 100}, which had fallen from the {thing}; "
        f"nobody was hurt, and the street was open again before the evening.",
    )
    return ways[n % 4]


def long_page(characters: int = 100_000) -> str:
    """A page of nearly so many characters."""
    head = "What the water takes: a year on the coast\n\nBy Mara Quill\n\n6 March 2026\n\n"
    pieces, size, n = [head], len(head), 0
    while size + 400 < characters:
        pieces.append(f"{_stretch(n)}\n\n")
        size, n = size + len(pieces[-1]), n + 1
    return "".join(pieces)
