"""The knowledge file: what the guide can say, written by the people of the house in one Markdown file.

    # Tickets                      a heading of one # groups entries for the reader; it and prose before the first
                                   entry mean nothing to the program, nor does <!-- a comment -->
    ## price-child                 an entry and its name; each name once
    - What do children pay?        how people ask it, one wording a line; more wordings, better understanding
    - Do kids get in free?
    action: person                 optional keys, between the questions and the answer
    offers: person
    Children from six to fifteen   the answer, as it is to be spoken: plain words up to 600 characters, also over
    pay sixty crowns.              several lines. A short first sentence lets the guide start to speak sooner

Keys:
    action   what happens with the answer, see `Action`; without it the answer is only said
    offers   name of the entry that follows when the visitor now says yes ("Shall I call someone?")
    opener   yes: the questions are what people say before their real question ("hello", "um"); they are taken off
             the front of a longer one
    title    what the entry is called when the guide asks back: "the opening hours". It is a wording of it, too
    about    what "it", "that" and "there" stand for in a question behind this answer: "the ferry"
    choices  what the visitor may touch to go on: "Ticket prices | Where is the lift?". Each is a title or a question
             of this file, so that it is sure to be understood
    card     what is shown beside the words: "Tickets | Adults 120 kr | Children 60 kr", a title and up to five lines
    code     an address that a visitor's phone can read from the screen: "https://museum.example/tickets"

One entry has `action: unknown`: its answer is said when nothing matches. Its questions, which it may do without, are
things near the house's subjects that the guide should not try to answer.

One entry may have `action: ask`: its answer asks back where two entries that have titles are equally near, and holds
two … in their places: "Did you mean …, or …?". Without it the guide never asks back.

`read` raises `Fault` (`ExitCode.KNOWLEDGE`) with the file and the line for whatever a person has to mend.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.engines import Card
from kiosk.settings.places import assets
from kiosk.settings.schema import Service

LONGEST_ANSWER = 600  # characters: about 40 s of speech, the most that anybody listens to standing
LONGEST_TITLE = 40  # characters of a title, a choice and a card's line: what a button can show
LONGEST_CODE = 300  # characters of an address: a longer one makes too fine a code
MOST_CHOICES = 3  # the screen has room for so many
MOST_LINES = 5
GAP = "…"  # in the words that ask back: here stands a title
LONGEST_QUESTION = 200  # characters: the embedding model reads 128 tokens, and nobody asks so long a question

KEYS = ("action", "offers", "opener", "title", "about", "choices", "card", "code")
SHIPPED = assets() / "knowledge" / "harbour-museum.md"

_Choice = TypeVar("_Choice", bound=StrEnum)

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_KEY = re.compile(r"([A-Za-z][\w-]*):(?:\s+(.*))?$")
_DASH = re.compile(r"[-–•]\s*|\*(\s+|$)")  # word processors turn - into the other two
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:[\x21-\x7e]+")
_UNSPEAKABLE = re.compile(r"[*_#<>\[\]{}|`\\]")


class Action(StrEnum):
    """What happens when an entry is the answer."""

    NONE = "none"  # it is said
    END = "end"  # it is said and the visit ends
    PERSON = "person"  # it is said and staff are called
    UNKNOWN = "unknown"  # nothing better was found
    REPEAT = "repeat"  # the agent's last words are said again; the answer is for when there are none
    ACCEPT = "accept"  # yes: what was offered follows; the answer is for when nothing was
    ASK = "ask"  # two things are equally near: which of them?


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing the guide can say. `questions` and `answer` have single spaces and no line breaks."""

    name: str
    questions: tuple[str, ...]
    answer: str
    action: Action
    offers: str | None
    opener: bool
    line: int
    title: str = ""
    about: str = ""
    choices: tuple[str, ...] = ()
    card: Card | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All entries in the order of the file; exactly one of them is `unknown`."""

    entries: tuple[Entry, ...]
    unknown: Entry

    def named(self, name: str) -> Entry:
        """The entry of that name. Raises KeyError."""
        for entry in self.entries:
            if entry.name == name:
                return entry
        raise KeyError(name)


def knowledge_file(settings: Service, language: str) -> Path:
    """Where a language's knowledge stands: a site's own file is in the house's language, and the shipped one in
    English; the same in another language is beside it, `hotel.es.md`."""
    base = settings.knowledge or SHIPPED
    if language == (settings.language if settings.knowledge else "en"):
        return base
    return base.with_name(f"{base.stem}.{language}.md")


def read(path: Path) -> Knowledge:
    """Loads and checks a knowledge file. Raises `Fault` with file, line and remedy."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # Windows editors put a byte order mark in front
    except FileNotFoundError:
        raise _fault("there is no knowledge file", str(path), "check service.knowledge in the settings") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise _fault("the file is not UTF-8 text", f"{path}, line {line}", "save it again as UTF-8") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise _fault(f"the knowledge file cannot be read: {reason}", str(path), "check its place and rights") from error
    return parse(text, str(path))


def parse(text: str, where: str) -> Knowledge:
    """The same for text already read; `where` names it in faults."""
    drafts: list[_Draft] = []
    for number, line in enumerate(without_comments(text, where).split("\n"), start=1):
        _take(line.strip(), f"{where}, line {number}", number, drafts)
    if not drafts:
        raise _fault("the file has no entries", where, 'write one: a line "## name", a line "- question", an answer')
    return _linked([draft.entry(f"{where}, line {draft.line}") for draft in drafts], where)


@dataclass(slots=True)
class _Draft:
    """An entry whose lines are still being read."""

    name: str
    line: int
    questions: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)  # the same without case
    keys: dict[str, str] = field(default_factory=dict)
    answer: list[str] = field(default_factory=list)

    def entry(self, at: str) -> Entry:
        """The finished entry. Raises `Fault` for what is missing or wrong in it."""
        action = _choice(Action, self.keys.get("action", Action.NONE), "action", at)
        if not self.questions and action not in (Action.UNKNOWN, Action.ASK):
            raise _fault(f'the entry "{self.name}" has no question', at, 'add lines such as "- Where is the lift?"')
        answer = " ".join(self.answer)
        if not answer:
            raise _fault(f'the entry "{self.name}" has no answer', at, "write it under the questions")
        if len(answer) > LONGEST_ANSWER:
            raise _fault(
                f'the answer of "{self.name}" is too long to be listened to: {len(answer)} characters',
                at,
                f"shorten it to {LONGEST_ANSWER}, or make two entries of it",
            )
        if action is Action.ASK and (answer.count(GAP) != 2 or self.questions):
            raise _fault(
                f'"{self.name}" asks back without two {GAP}, or has questions',
                at,
                f'write an answer such as "Did you mean {GAP}, or {GAP}?" and no questions',
            )
        title = self.keys.get("title", "")
        questions = tuple(self.questions)
        if title and title.casefold() not in {question.casefold() for question in questions}:
            questions = (*questions, title)
        return Entry(
            self.name,
            questions,
            answer,
            action,
            self.keys.get("offers"),
            _choice(_YesNo, self.keys.get("opener", _YesNo.NO), "opener", at) is _YesNo.YES,
            self.line,
            _short([title], "title", at)[0],
            self.keys.get("about", ""),
            _short(self._parts("choices", MOST_CHOICES, at), "choice", at),
            self._card(at),
            self._code(at),
        )

    def _parts(self, key: str, most: int, at: str) -> list[str]:
        """What stands between the bars of a key's value."""
        parts = [part.strip() for part in self.keys.get(key, "").split("|")] if key in self.keys else []
        if not all(parts) or len(parts) > most:
            raise _fault(f'"{key}" has an empty part, or more than {most}', at, "write them with | between")
        return parts

    def _card(self, at: str) -> Card | None:
        parts = _short(self._parts("card", 1 + MOST_LINES, at), "card's line", at)
        return Card(parts[0], parts[1:]) if parts else None

    def _code(self, at: str) -> str:
        code = self.keys.get("code", "")
        if code and (len(code) > LONGEST_CODE or not _ADDRESS.fullmatch(code)):
            raise _fault(
                f'the code "{code[:40]}" is no address that a phone can read',
                at,
                f'write one such as "https://museum.example/tickets", up to {LONGEST_CODE} characters',
            )
        return code


def _short(parts: list[str], what: str, at: str) -> tuple[str, ...]:
    for part in parts:
        if len(part) > LONGEST_TITLE:
            raise _fault(
                f'the {what} "{part}" is too long for a button', at, f"shorten it to {LONGEST_TITLE} characters"
            )
    return tuple(parts)


class _YesNo(StrEnum):
    YES = "yes"
    NO = "no"


def _take(line: str, at: str, number: int, drafts: list[_Draft]) -> None:
    """Adds one stripped line of the file to the entry it belongs to."""
    heading = re.match(r"(#+)(\s*)(.*)", line)
    if heading:
        hashes, space, name = heading.groups()
        if len(hashes) == 1 and space:
            return
        if len(hashes) != 2 or not space or not name:
            raise _fault(
                f'"{line}" is not an entry\'s heading', at, 'write two #, a space and a name: "## opening hours"'
            )
        if any(draft.name.casefold() == name.casefold() for draft in drafts):
            raise _fault(f'there is an entry "{name}" already', at, "give each entry a name of its own")
        drafts.append(_Draft(" ".join(name.split()), number))
    elif dash := _DASH.match(line):
        _take_question(" ".join(line[dash.end() :].split()), at, drafts)
    elif line and drafts:
        _take_words(line, at, drafts[-1])


def _take_question(question: str, at: str, drafts: list[_Draft]) -> None:
    if not drafts:
        raise _fault("a question stands before the first entry", at, 'put a heading such as "## opening hours" above')
    if drafts[-1].answer:
        raise _fault("a question stands after the answer", at, "move it above the answer; answers have no lists")
    if not question:
        raise _fault("a question is empty", at, "write its words after the dash, or take the line out")
    if len(question) > LONGEST_QUESTION:
        raise _fault(f"a question has {len(question)} characters", at, f"shorten it to {LONGEST_QUESTION}")
    for draft in drafts:
        if question.casefold() in draft.asked:
            raise _fault(f'the entry "{draft.name}" has this question already', at, "leave it in one place")
    drafts[-1].questions.append(question)
    drafts[-1].asked.add(question.casefold())


def _take_words(line: str, at: str, draft: _Draft) -> None:
    """A key, or a line of the answer."""
    match = _KEY.match(line)
    key = match[1] if match else ""
    if match and key.casefold() in KEYS:
        if draft.answer:
            raise _fault(f'"{key}" stands after the answer', at, "move it above the answer")
        if key.casefold() in draft.keys:
            raise _fault(f'"{key}" stands twice in "{draft.name}"', at, "take one of them out")
        draft.keys[key.casefold()] = (match[2] or "").strip()
        return
    # "Yes: on the first floor" is an answer; "acton: end" and "note: ..." are keys that do not exist
    if match and not draft.answer and (key.islower() or difflib.get_close_matches(key.casefold(), KEYS, cutoff=0.75)):
        remedy = f"write {_nearest(key.casefold(), KEYS)}, or begin the answer with a capital letter"
        raise _fault(f'there is no key "{key}"', at, remedy)
    check_speakable(line, at)
    draft.answer.append(" ".join(line.split()))


def check_speakable(words: str, at: str) -> None:
    """Raises `Fault` for a sign in an answer that is no word and no pause."""
    bad = _UNSPEAKABLE.search(words)
    if bad:
        raise _fault(f'the answer has a "{bad[0]}", which cannot be spoken', at, "write it in plain words")


def _linked(entries: list[Entry], where: str) -> Knowledge:
    """Checks what entries say of each other."""
    names = [entry.name for entry in entries]
    for entry in entries:
        if entry.offers is not None and entry.offers not in names:
            raise _fault(
                f'"{entry.name}" offers "{entry.offers}", and there is no such entry',
                f"{where}, line {entry.line}",
                f"write {_nearest(entry.offers, names)}",
            )
    known = {question.casefold() for entry in entries for question in entry.questions}
    for entry in entries:
        for choice in entry.choices:
            if choice.casefold() not in known:
                raise _fault(
                    f'nothing answers the choice "{choice}" of "{entry.name}"',
                    f"{where}, line {entry.line}",
                    "write it as a title or as a question of some entry",
                )
    titles = [entry.title.casefold() for entry in entries if entry.title]
    if len(titles) > len(set(titles)):
        twice = next(entry for entry in entries if entry.title and titles.count(entry.title.casefold()) > 1)
        at = f"{where}, line {twice.line}"
        raise _fault(f'two entries have the title "{twice.title}"', at, "give each a title of its own")
    unknown = [entry for entry in entries if entry.action is Action.UNKNOWN]
    if not unknown:
        remedy = 'add an entry with "action: unknown" and an answer such as "I am sorry, I do not know that."'
        raise _fault("there is nothing to say when nothing matches", where, remedy)
    if len(unknown) > 1:
        at = f"{where}, line {unknown[1].line}"
        raise _fault(f'"{unknown[0].name}" has "action: unknown" already', at, "make one entry of the two")
    return Knowledge(tuple(entries), unknown[0])


def without_comments(text: str, where: str) -> str:
    """Comments become empty lines, so that line numbers stay true. Raises `Fault` for one that is never closed."""
    plain = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    for number, line in enumerate(plain.split("\n"), start=1):
        if "<!--" in line:
            raise _fault("a comment is never closed", f"{where}, line {number}", "put --> at its end")
    return plain


def _choice(kind: type[_Choice], value: str, key: str, at: str) -> _Choice:
    try:
        return kind(value.casefold())
    except ValueError:
        remedy = f"write {_nearest(value.casefold(), [choice.value for choice in kind])}"
        raise _fault(f'"{value}" is no value for "{key}"', at, remedy) from None


def _nearest(word: str, known: Iterable[str]) -> str:
    """What was probably meant, or all there is when it is few or nothing is near."""
    known = list(known)
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f'"{near[0]}"' if near else "one of " + ", ".join(f'"{name}"' for name in known[:8])


def _fault(what: str, where: str, remedy: str) -> Fault:
    return Fault(what, where=where, remedy=remedy, code=ExitCode.KNOWLEDGE)
