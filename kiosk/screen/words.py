"""Everything the window says by itself, in English; the site's own words come from its settings.

Each text is marked for Qt Linguist, which keeps the other languages (`packaging/words`, `assets/i18n`). No Qt here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

from kiosk.settings.schema import Settings


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802
    """Marks a text: lupdate finds it by this name, with its context. The text itself is not changed."""
    return text


NAMES = {
    "ar": QT_TRANSLATE_NOOP("Languages", "Arabic"),
    "da": QT_TRANSLATE_NOOP("Languages", "Danish"),
    "de": QT_TRANSLATE_NOOP("Languages", "German"),
    "en": QT_TRANSLATE_NOOP("Languages", "English"),
    "es": QT_TRANSLATE_NOOP("Languages", "Spanish"),
    "fi": QT_TRANSLATE_NOOP("Languages", "Finnish"),
    "fr": QT_TRANSLATE_NOOP("Languages", "French"),
    "hi": QT_TRANSLATE_NOOP("Languages", "Hindi"),
    "it": QT_TRANSLATE_NOOP("Languages", "Italian"),
    "ja": QT_TRANSLATE_NOOP("Languages", "Japanese"),
    "ko": QT_TRANSLATE_NOOP("Languages", "Korean"),
    "nb": QT_TRANSLATE_NOOP("Languages", "Norwegian"),
    "nl": QT_TRANSLATE_NOOP("Languages", "Dutch"),
    "no": QT_TRANSLATE_NOOP("Languages", "Norwegian"),
    "pl": QT_TRANSLATE_NOOP("Languages", "Polish"),
    "pt": QT_TRANSLATE_NOOP("Languages", "Portuguese"),
    "sv": QT_TRANSLATE_NOOP("Languages", "Swedish"),
    "tr": QT_TRANSLATE_NOOP("Languages", "Turkish"),
    "uk": QT_TRANSLATE_NOOP("Languages", "Ukrainian"),
    "zh": QT_TRANSLATE_NOOP("Languages", "Chinese"),
}
"""What the languages are called that an agent may speak."""


@dataclass(frozen=True, slots=True)
class Words:
    """One language. Pill labels have at most 14 characters.

    language   two letters
    leftwards  read from right to left
    languages  (code, its own name) of those that can be chosen, this one among them; empty: there is no choice
    names      what each language is called in this one, by its code
    """

    language: str = ""
    leftwards: bool = False
    languages: tuple[tuple[str, str], ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    place: str = ""
    guide: str = ""
    choices: tuple[str, ...] = ()
    footer: str = ""
    more_link: str = ""

    # Where the site gives none of its own.
    by_line: str = QT_TRANSLATE_NOOP("Words", "{guide}, an AI guide")
    speaking: str = QT_TRANSLATE_NOOP("Words", "{guide} is speaking")
    offer: str = QT_TRANSLATE_NOOP("Words", "I can tell you about this place, and help you find your way.")
    invitation: str = QT_TRANSLATE_NOOP("Words", "Hello. How can I help you?")
    notice: tuple[str, ...] = (
        QT_TRANSLATE_NOOP("Words", "You talk with an AI. It listens only while the line on top of the screen is lit."),
        QT_TRANSLATE_NOOP("Words", "Your words go to the AI, so that it can answer."),
    )
    desk: str = QT_TRANSLATE_NOOP("Words", "Please ask somebody who works here.")

    own_name: str = QT_TRANSLATE_NOOP("Words", "English")  # of this language, in itself
    hello: str = QT_TRANSLATE_NOOP("Words", "Touch here,\nand ask away")
    hello_voice: str = QT_TRANSLATE_NOOP("Words", "Touch here,\nor say hello")  # where a voice may begin a visit
    voice_here: str = QT_TRANSLATE_NOOP("Words", "I listen for a hello. Nothing of it leaves this kiosk.")
    starting: str = QT_TRANSLATE_NOOP("Words", "Starting")
    closed: str = QT_TRANSLATE_NOOP("Words", "Closed just now")
    closed_note: str = QT_TRANSLATE_NOOP("Words", "I am here again in opening hours.")
    opens_note: str = QT_TRANSLATE_NOOP("Words", "Open again: {when}")
    more_note: str = QT_TRANSLATE_NOOP("Words", "Read more on your phone.")  # beside the code of `more_link`
    before: str = QT_TRANSLATE_NOOP("Words", "Before we talk")
    one_moment: str = QT_TRANSLATE_NOOP("Words", "One moment")
    connecting: str = QT_TRANSLATE_NOOP("Words", "I am getting ready.")
    busy: str = QT_TRANSLATE_NOOP("Words", "Others are talking with me. It is your turn in a moment.")
    reconnecting: str = QT_TRANSLATE_NOOP("Words", "The line broke. I am coming back.")
    reconnecting_note: str = QT_TRANSLATE_NOOP("Words", "What you said so far is not lost.")
    ready: str = QT_TRANSLATE_NOOP("Words", "Ready when you are")
    ready_note: str = QT_TRANSLATE_NOOP("Words", "Hold Talk while you speak, or tap it once.")
    voice_note: str = QT_TRANSLATE_NOOP("Words", "Just speak. Or hold Talk, or touch a question.")
    typing_note: str = QT_TRANSLATE_NOOP("Words", "Touch Type, or one of the questions.")
    listening: str = QT_TRANSLATE_NOOP("Words", "I’m listening")
    go_on: str = QT_TRANSLATE_NOOP("Words", "Go on")
    muted: str = QT_TRANSLATE_NOOP("Words", "Microphone off")
    thinking: str = QT_TRANSLATE_NOOP("Words", "Thinking")
    still_looking: str = QT_TRANSLATE_NOOP("Words", "Still looking")
    correct_note: str = QT_TRANSLATE_NOOP("Words", "Not what you said? Touch the words.")
    way_out: str = QT_TRANSLATE_NOOP(
        "Words", "This takes longer than it should. Stop, and ask again, or ask for a person."
    )
    no_answer: str = QT_TRANSLATE_NOOP("Words", "I have no answer to that just now. Please ask me again.")
    reprompt: str = QT_TRANSLATE_NOOP("Words", "I can’t hear you yet. Take your time.")
    no_microphone: str = QT_TRANSLATE_NOOP("Words", "No microphone")
    no_microphone_text: str = QT_TRANSLATE_NOOP("Words", "I can’t hear you. You can type.")
    no_speaker: str = QT_TRANSLATE_NOOP("Words", "There is no sound just now. Please read along.")
    person: str = QT_TRANSLATE_NOOP("Words", "A person is here")
    person_named: str = QT_TRANSLATE_NOOP("Words", "{name} is here")
    person_text: str = QT_TRANSLATE_NOOP("Words", "You are talking with a person now.")
    person_writes: str = QT_TRANSLATE_NOOP("Words", "The answer is being written …")
    no_hurry: str = QT_TRANSLATE_NOOP("Words", "No hurry")
    still_there: str = QT_TRANSLATE_NOOP("Words", "Are you still there?")
    still_there_note: str = QT_TRANSLATE_NOOP(
        "Words", "Take all the time you like. Touch the screen or say anything, and we carry on."
    )
    no_connection: str = QT_TRANSLATE_NOOP("Words", "No connection")
    cannot_answer: str = QT_TRANSLATE_NOOP("Words", "I can’t answer just now.")
    keep_trying: str = QT_TRANSLATE_NOOP("Words", "I keep trying by myself.")
    thank_you: str = QT_TRANSLATE_NOOP("Words", "Thank you.")
    helpful: str = QT_TRANSLATE_NOOP("Words", "Was this helpful?")
    rated: str = QT_TRANSLATE_NOOP("Words", "Noted, thank you.")
    clearing: str = QT_TRANSLATE_NOOP("Words", "Everything is cleared")
    out_of_order: str = QT_TRANSLATE_NOOP("Words", "Out of order")
    out_of_order_text: str = QT_TRANSLATE_NOOP("Words", "I can’t help just now.")
    staff: str = QT_TRANSLATE_NOOP("Words", "Staff")
    setup_text: str = QT_TRANSLATE_NOOP("Words", "Choose a staff PIN.")
    staff_text: str = QT_TRANSLATE_NOOP("Words", "The kiosk is in staff hands.")

    talk: str = QT_TRANSLATE_NOOP("Words", "Talk")
    tap_to_send: str = QT_TRANSLATE_NOOP("Words", "Tap to send")
    stop: str = QT_TRANSLATE_NOOP("Words", "Stop")
    type: str = QT_TRANSLATE_NOOP("Words", "Type")
    mute: str = QT_TRANSLATE_NOOP("Words", "Mute")
    unmute: str = QT_TRANSLATE_NOOP("Words", "Unmute")
    a_person: str = QT_TRANSLATE_NOOP("Words", "A person")
    repeat: str = QT_TRANSLATE_NOOP("Words", "Repeat")
    louder: str = QT_TRANSLATE_NOOP("Words", "Louder")
    softer: str = QT_TRANSLATE_NOOP("Words", "Softer")
    slower: str = QT_TRANSLATE_NOOP("Words", "Slower")
    faster: str = QT_TRANSLATE_NOOP("Words", "Faster")
    earlier: str = QT_TRANSLATE_NOOP("Words", "Earlier")
    you: str = QT_TRANSLATE_NOOP("Words", "You")
    earlier_note: str = QT_TRANSLATE_NOOP("Words", "Touch your own words to correct them.")
    calling: str = QT_TRANSLATE_NOOP("Words", "I am calling somebody.")
    called: str = QT_TRANSLATE_NOOP("Words", "Somebody is on the way.")
    call_failed: str = QT_TRANSLATE_NOOP("Words", "I could not reach anybody.")
    call_note: str = QT_TRANSLATE_NOOP("Words", "Please stay here. You can go on asking me.")
    call_desk: str = QT_TRANSLATE_NOOP("Words", "Call the desk")
    other_language: str = QT_TRANSLATE_NOOP("Words", "{guide} speaks {language}.")
    finish: str = QT_TRANSLATE_NOOP("Words", "Finish")
    leave: str = QT_TRANSLATE_NOOP("Words", "Leave")
    try_again: str = QT_TRANSLATE_NOOP("Words", "Try again")
    here: str = QT_TRANSLATE_NOOP("Words", "Yes, I’m here")
    done: str = QT_TRANSLATE_NOOP("Words", "I’m done")
    agree: str = QT_TRANSLATE_NOOP("Words", "Agree and talk")
    type_instead: str = QT_TRANSLATE_NOOP("Words", "Type instead")
    no_thanks: str = QT_TRANSLATE_NOOP("Words", "No thanks")
    start_again: str = QT_TRANSLATE_NOOP("Words", "Start again")
    faces: tuple[str, str, str] = (
        QT_TRANSLATE_NOOP("Words", "Yes"),
        QT_TRANSLATE_NOOP("Words", "A little"),
        QT_TRANSLATE_NOOP("Words", "Not really"),
    )
    send: str = QT_TRANSLATE_NOOP("Words", "Send")
    space: str = QT_TRANSLATE_NOOP("Words", "space")
    close: str = QT_TRANSLATE_NOOP("Words", "Close")
    type_here: str = QT_TRANSLATE_NOOP("Words", "Type your question")

    # For staff: the PIN pad and the panel behind it.
    pin: str = QT_TRANSLATE_NOOP("Words", "Staff PIN")
    pin_wrong: str = QT_TRANSLATE_NOOP("Words", "That is not the PIN.")
    pin_wait: str = QT_TRANSLATE_NOOP("Words", "Too many wrong ones. Try again in {time}.")
    pin_choose: str = QT_TRANSLATE_NOOP("Words", "Choose a staff PIN")
    pin_choose_text: str = QT_TRANSLATE_NOOP("Words", "4 to 12 digits. With it, staff leave the kiosk.")
    pin_again: str = QT_TRANSLATE_NOOP("Words", "The same digits once more")
    pin_differs: str = QT_TRANSLATE_NOOP("Words", "Those two were not the same. Begin again.")
    pin_weak: str = QT_TRANSLATE_NOOP("Words", "Too easy to guess. 4 to 12 digits, not all the same, and not in a row.")
    pin_kept: str = QT_TRANSLATE_NOOP("Words", "The new PIN is in force.")
    cancel: str = QT_TRANSLATE_NOOP("Words", "Cancel")
    enter: str = QT_TRANSLATE_NOOP("Words", "OK")
    health: str = QT_TRANSLATE_NOOP("Words", "Health")
    examining: str = QT_TRANSLATE_NOOP("Words", "Having a look")
    all_well: str = QT_TRANSLATE_NOOP("Words", "Everything is well")
    device: str = QT_TRANSLATE_NOOP("Words", "Device")
    version: str = QT_TRANSLATE_NOOP("Words", "Version")
    uptime: str = QT_TRANSLATE_NOOP("Words", "Running for")
    visits: str = QT_TRANSLATE_NOOP("Words", "Visits since the start")
    agent_idle: str = QT_TRANSLATE_NOOP("Words", "Agent not asked yet")
    agent_reached: str = QT_TRANSLATE_NOOP("Words", "Agent last reached at")
    agent_lost: str = QT_TRANSLATE_NOOP("Words", "Agent lost at")
    settings_file: str = QT_TRANSLATE_NOOP("Words", "Settings")
    defaults: str = QT_TRANSLATE_NOOP("Words", "Defaults")
    repairs: str = QT_TRANSLATE_NOOP("Words", "Window put back")
    microphone: str = QT_TRANSLATE_NOOP("Words", "Microphone")
    loudspeaker: str = QT_TRANSLATE_NOOP("Words", "Loudspeaker")
    back_to_visitors: str = QT_TRANSLATE_NOOP("Words", "Back to visitors")
    close_for_now: str = QT_TRANSLATE_NOOP("Words", "Close for now")
    open_again: str = QT_TRANSLATE_NOOP("Words", "Open again")
    restart_program: str = QT_TRANSLATE_NOOP("Words", "Restart program")
    restart_machine: str = QT_TRANSLATE_NOOP("Words", "Restart machine")
    version_before: str = QT_TRANSLATE_NOOP("Words", "Version before")
    once_more: str = QT_TRANSLATE_NOOP("Words", "Sure? Touch again")
    tries_again: str = QT_TRANSLATE_NOOP("Words", "Tries again at")
    out_since: str = QT_TRANSLATE_NOOP("Words", "Out of order since")
    leave_to_system: str = QT_TRANSLATE_NOOP("Words", "Leave to system")
    change_pin: str = QT_TRANSLATE_NOOP("Words", "Change PIN")
    unlocked: str = QT_TRANSLATE_NOOP("Words", "This demo is unlocked: Esc leaves.")

    # Said to the agent in the visitor's name when a control stands for a request.
    ask_repeat: str = QT_TRANSLATE_NOOP("Words", "Please say that again.")
    ask_person: str = QT_TRANSLATE_NOOP("Words", "I would like to talk to a person, please.")

    def name_of(self, language: str) -> str:
        """Of a language by its code, in this one; the code itself where it has no name here."""
        return dict(self.names).get(language, language)


def said(translate: Callable[[str, str], str]) -> Words:
    """The window's words in one language. `translate`: (context, text in English) -> text, "" where there is none."""
    texts: dict[str, Any] = {}
    for item in fields(Words):
        match item.default:
            case str(text) if text:
                texts[item.name] = translate("Words", text)
            case tuple(lines) if lines:
                texts[item.name] = tuple(translate("Words", line) for line in lines)
    names = tuple((code, translate("Languages", name)) for code, name in NAMES.items())
    return replace(Words(names=names), **texts)


def housed(words: Words, settings: Settings, language: str) -> Words:
    """With the site's own words of the language in place of the window's general ones."""
    house = settings.words[language]
    given = {name: text for name in type(house).model_fields if (text := getattr(house, name))}
    if "hello" in given:
        given["hello_voice"] = given["hello"]
    words = replace(words, language=language, **given)
    by_line, speaking = (text.replace("{guide}", words.guide) for text in (words.by_line, words.speaking))
    return replace(words, by_line=by_line, speaking=speaking)


def words_in(language: str, settings: Settings) -> Words:
    """English with the site's own words: what needs no translator. `language` empty: the site's own."""
    return housed(said(lambda context, text: text), settings, language or settings.site.language)
