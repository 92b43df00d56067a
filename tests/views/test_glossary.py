"""The glossary: every word learners meet is in it once, rival names have their users, and hostile words stay words."""

import re
from collections import Counter
from dataclasses import replace

import pytest

import copydesk
from copydesk.base.errors import CopydeskError
from copydesk.base.wording import choice_labels, load_wording
from copydesk.views.glossary import Entry, glossary
from tests.page.test_html import HOSTILE, read

ALL = glossary()
ENTRIES = [*ALL.terms, *ALL.names]
OTHERWISE = {"yes_no", "yes_no_na", "page", "acts"}  # plain words, or under furniture, agency and metonymy
MET = sorted(set(load_wording("choices")) - OTHERWISE)


def test_the_kit_offers_it_late_and_more_than_once() -> None:
    assert copydesk.glossary is glossary and copydesk.glossary("cue").name == "cue"
    assert repr(copydesk.glossary()) == repr(ALL) and copydesk.glossary is glossary


def test_size_and_order() -> None:
    assert 35 <= len(ALL.terms) <= 55
    for entries in (ALL.terms, ALL.names):
        names = [e.name.casefold() for e in entries]
        assert names == sorted(names)
    assert repr(ALL).count(".") == 1 and str(len(ALL.terms)) in repr(ALL)


def test_every_device_class_is_explained_in_its_own_words_and_once() -> None:
    for name, device in load_wording("devices").items():
        assert device["say"] in glossary(device["name"]).say, name
    own = [t["device"] for t in load_wording("glossary")["term"] if "device" in t]
    assert sorted(own) == sorted(load_wording("devices"))
    assert not [t["device"] for t in load_wording("glossary")["term"] if "device" in t and "term" in t]


@pytest.mark.parametrize("choices", MET)
def test_every_value_a_learner_chooses_is_listed_and_found(choices: str) -> None:
    assert {"form", "kind", "verdict", "drift"} <= set(MET)
    for value, label in choice_labels(choices).items():
        assert [e.name for e in ALL.terms if label in e.items], value
        assert glossary(re.split(r" \(|:", label)[0]), value


@pytest.mark.parametrize(
    "term",
    [
        "source", "cue", "content", "direct", "indirect", "mixed", "speech act", "non-response", "furniture",
        "headline", "standfirst", "byline", "dateline", "news agency", "wire", "republication", "attribution",
        "reporter's voice",
        "on the record", "on background", "anonymous source", "metonymy", "framing device", "agentless passive",
        "frame", "Entman’s four functions", "generic frame", "hedge", "report verb", "Krippendorff’s alpha",
        "percent agreement", "codebook", "HHI", "effective number of sources", "checkability ladder", "verdict",
        "hindsight", "deterrent", "annex", "spokesperson", "alliance", "battlegroup",
    ],
)  # fmt: skip
def test_the_words_of_the_course_are_in_it(term: str) -> None:
    assert glossary(term) in ENTRIES


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.anchor)
def test_each_entry_is_short_plain_and_placed(entry: Entry) -> None:
    assert re.fullmatch(r"0[0-8]", entry.lesson)
    assert 1 <= len(re.findall(r"[.?](?= |”? |$)", entry.say)) <= 4 and entry.say[-1] in ".?"
    assert len(re.findall(r"\w+", entry.say)) <= 50
    longest = max(len(re.findall(r"\w+", s)) for s in re.split(r"(?<=[.?;:]) ", entry.say))
    assert longest <= 28
    assert not re.search(r"[\"']| - ", entry.say + entry.source + entry.name), "typographic quotes, no hyphen as a dash"


def test_no_word_leads_to_two_terms() -> None:
    shown = Counter(n.casefold() for e in ENTRIES for n in {e.name, *e.also})
    assert [n for n, times in shown.items() if times > 1] == []
    assert max(Counter(e.anchor for e in ENTRIES).values()) == 1
    hidden = Counter(n.casefold() for e in ALL.terms for n in {*e.finds})
    assert [n for n, times in hidden.items() if times > 1 and n not in shown] == []


def test_rival_names_stand_beside_those_who_use_them() -> None:
    data = load_wording("glossary")
    assert "General Assembly" in data["policy"]["say"]
    for name in data["name"]:
        words, users = zip(*name["used"], strict=True)
        assert len(set(words)) >= 2 and all(users) and name["say"].startswith("The kit"), name["name"]
        assert name["source"], f"{name['name']}: who says that they use it?"
    for one, other in (("enlargement", "expansion"), ("annexation", "reunification"), ("proposals", "demands")):
        assert any(one in str(n["used"]) and other in str(n["used"]) for n in data["name"])


def test_each_side_has_words_of_its_own_in_the_naming_policy() -> None:
    users = [" ".join(u for _, u in n["used"]) for n in load_wording("glossary")["name"]]
    for side in ("Russia’s government", "NATO", "Ukraine", "UN General Assembly", "European Union"):
        assert any(side in text for text in users), side


def test_no_hindsight_in_the_glossary() -> None:
    later = re.compile(r"invasion|invaded|february 2022|special military")
    terms = [term for term in (*ALL.terms, *ALL.names) if later.search(read(term._repr_html_()).seen.casefold())]
    assert [term.name for term in terms] == ["Since 24 February 2022"], "a word of lesson 07 alone"


def test_one_term_by_any_of_its_names() -> None:
    assert glossary("  Reporter's   VOICE ").name == "reporter’s voice"
    assert glossary("NATO").items and glossary("annexation").name == "annex"
    assert glossary("reunification").name == "Crimea since 2014"
    assert glossary("direct quotation").name == "form" and glossary("speech act").name == "speech act"
    assert glossary("no response").name == "non-response" and glossary("supported").name == "verdict"
    assert repr(glossary("byline")) == "byline: The line that says who wrote the story."
    assert repr(glossary("form")).endswith("- no response")


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("enlargment", "the glossary has no 'enlargment'; near it: Enlargement or expansion"),
        ("metonimy", "the glossary has no 'metonimy'; near it: metonymy"),
        ("zebra", "the glossary has no 'zebra'; copydesk.glossary() shows all terms"),
        ("", "the glossary has no ''; copydesk.glossary() shows all terms"),
    ],
)
def test_an_unknown_word_is_one_sentence_with_what_is_near(word: str, told: str) -> None:
    with pytest.raises(CopydeskError) as error:
        glossary(word)
    assert str(error.value) == told


def test_the_page_is_a_list_of_terms_with_links_that_lead_somewhere() -> None:
    html = ALL._repr_html_()
    reader = read(html)
    assert reader.tags.count("dt") == reader.tags.count("dd") == len(ENTRIES) and "details" not in reader.tags
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    links = re.findall(r'href="#([^"]+)"', html)
    assert len(links) == len({e.name[0].upper() for e in ALL.terms}) + 1 and set(links) <= set(ids)
    for entry in ENTRIES:
        assert entry.name in reader.seen and entry.say in reader.seen and all(i in reader.seen for i in entry.items)
        assert entry.source in reader.seen and entry.say in read(entry._repr_html_()).seen


def test_hostile_words_stay_words() -> None:
    entry = Entry(HOSTILE, HOSTILE, HOSTILE, (HOSTILE,), (HOSTILE,), HOSTILE)
    for html in (entry._repr_html_(), replace(ALL, terms=(entry,), names=(entry,))._repr_html_()):
        reader = read(html)
        assert not {"script", "b"} & set(reader.tags) and reader.seen.count(HOSTILE) >= 6
        assert all(set(attrs) <= {"id", "class", "href", "aria-label"} for _, attrs in reader.open)
