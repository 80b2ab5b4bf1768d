"""Everything the window says by itself, in English; the site's own words come from its settings."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.settings.schema import Settings


@dataclass(frozen=True, slots=True)
class Words:
    """One language. Pill labels have at most 14 characters."""

    place: str
    guide: str
    by_line: str
    offer: str
    invitation: str
    choices: tuple[str, ...]
    notice: tuple[str, ...]
    footer: str
    desk: str
    speaking: str

    language: str = "en"
    leftwards: bool = False  # read from right to left
    languages: tuple[tuple[str, str], ...] = ()  # (code, its own name) of those that can be chosen

    hello: str = "Touch here,\nand ask away"
    hello_voice: str = "Touch here,\nor say hello"  # where a voice may begin a visit
    voice_here: str = "I listen for a hello. Nothing of it leaves this kiosk."
    starting: str = "Starting"
    closed: str = "Closed just now"
    closed_note: str = "I am here again in opening hours."
    before: str = "Before we talk"
    one_moment: str = "One moment"
    connecting: str = "I am getting ready."
    reconnecting: str = "The line broke. I am coming back."
    reconnecting_note: str = "What you said so far is not lost."
    ready: str = "Ready when you are"
    ready_note: str = "Hold Talk while you speak, or tap it once."
    voice_note: str = "Just speak. Or hold Talk, or touch a question."
    typing_note: str = "Touch Type, or one of the questions."
    listening: str = "I’m listening"
    go_on: str = "Go on"
    muted: str = "Microphone off"
    thinking: str = "Thinking"
    still_looking: str = "Still looking"
    correct_note: str = "Not what you said? Touch the words."
    way_out: str = "This takes longer than it should. Stop, and ask again, or ask for a person."
    no_answer: str = "I have no answer to that just now. Please ask me again."
    reprompt: str = "I can’t hear you yet. Take your time."
    no_microphone: str = "No microphone"
    no_microphone_text: str = "I can’t hear you. You can type."
    no_speaker: str = "There is no sound just now. Please read along."
    person: str = "A person is here"
    person_named: str = "{name} is here"
    person_text: str = "You are talking with a person now."
    no_hurry: str = "No hurry"
    still_there: str = "Are you still there?"
    still_there_note: str = "Take all the time you like. Touch the screen or say anything, and we carry on."
    no_connection: str = "No connection"
    cannot_answer: str = "I can’t answer just now."
    keep_trying: str = "I keep trying by myself."
    thank_you: str = "Thank you."
    helpful: str = "Was this helpful?"
    rated: str = "Noted, thank you."
    clearing: str = "Everything is cleared"
    out_of_order: str = "Out of order"
    out_of_order_text: str = "I can’t help just now."
    staff: str = "Staff"
    setup_text: str = "Choose a staff PIN."
    staff_text: str = "The kiosk is in staff hands."

    talk: str = "Talk"
    tap_to_send: str = "Tap to send"
    stop: str = "Stop"
    type: str = "Type"
    mute: str = "Mute"
    unmute: str = "Unmute"
    a_person: str = "A person"
    repeat: str = "Repeat"
    louder: str = "Louder"
    softer: str = "Softer"
    slower: str = "Slower"
    faster: str = "Faster"
    volume: str = "Volume"
    speed: str = "Speed"
    earlier: str = "Earlier"
    you: str = "You"
    earlier_note: str = "Touch your own words to correct them."
    calling: str = "I am calling somebody."
    called: str = "Somebody is on the way."
    call_failed: str = "I could not reach anybody."
    call_note: str = "Please stay here. You can go on asking me."
    call_desk: str = "Call the desk"
    other_language: str = "{guide} speaks {language}."
    finish: str = "Finish"
    leave: str = "Leave"
    try_again: str = "Try again"
    here: str = "Yes, I’m here"
    done: str = "I’m done"
    agree: str = "Agree and talk"
    type_instead: str = "Type instead"
    no_thanks: str = "No thanks"
    start_again: str = "Start again"
    faces: tuple[str, str, str] = ("Yes", "A little", "Not really")
    send: str = "Send"
    space: str = "space"
    close: str = "Close"
    type_here: str = "Type your question"

    # For staff: the PIN pad and the panel behind it.
    pin: str = "Staff PIN"
    pin_wrong: str = "That is not the PIN."
    pin_wait: str = "Too many wrong ones. Try again in {time}."
    pin_choose: str = "Choose a staff PIN"
    pin_choose_text: str = "4 to 12 digits. With it, staff leave the kiosk."
    pin_again: str = "The same digits once more"
    pin_differs: str = "Those two were not the same. Begin again."
    pin_weak: str = "Too easy to guess. 4 to 12 digits, not all the same, and not in a row."
    pin_kept: str = "The new PIN is in force."
    cancel: str = "Cancel"
    enter: str = "OK"
    health: str = "Health"
    examining: str = "Having a look"
    all_well: str = "Everything is well"
    device: str = "Device"
    version: str = "Version"
    uptime: str = "Running for"
    visits: str = "Visits since the start"
    agent_idle: str = "Agent not asked yet"
    agent_reached: str = "Agent last reached at"
    agent_lost: str = "Agent lost at"
    settings_file: str = "Settings"
    defaults: str = "Defaults"
    repairs: str = "Window put back"
    microphone: str = "Microphone"
    loudspeaker: str = "Loudspeaker"
    back_to_visitors: str = "Back to visitors"
    close_for_now: str = "Close for now"
    open_again: str = "Open again"
    restart_program: str = "Restart program"
    leave_to_system: str = "Leave to system"
    change_pin: str = "Change PIN"
    unlocked: str = "This demo is unlocked: Esc leaves."

    # Said to the agent in the visitor's name when a control stands for a request.
    ask_repeat: str = "Please say that again."
    ask_person: str = "I would like to talk to a person, please."


def words_in(language: str, settings: Settings) -> Words:
    """The window's words with the site's own among them. `language`: two letters; empty: the site's own."""
    screen = settings.screen
    return Words(
        place=screen.place,
        guide=screen.guide,
        by_line=f"{screen.guide}, an AI guide",
        offer=screen.offer,
        invitation=screen.invitation,
        choices=screen.choices,
        notice=screen.notice,
        footer=screen.footer,
        desk=screen.desk,
        speaking=f"{screen.guide} is speaking",
    )
