"""How well the guide understands: the shipped knowledge file asked in other words, with the real model.

These lists were written after the file, the scoring and the threshold were frozen, and were run once: 75 of 84
questions, 26 of 32 out of scope and 17 of 18 follow-ups came out right. The goals of 92 % and 90 % are not reached.
Two faults mended since (an opener of several words, a wording that stands in the file) changed none of these answers.
The floors below are the measured counts less two, because another processor may round otherwise.
Two blind runs before it, over lists that have been tuned on since (test_answers_tuning*.py), gave 72 of 82 and 30 of
32, then 69 of 86 and 28 of 32. All lists have one author, who knew the file: real visitors may well differ.

Do not tune on these lists and do not copy their wordings into the file; who does so moves them and writes new ones.
"""

from __future__ import annotations

import pytest
from quiz import missed, missed_after

from kiosk.service.answers import KnowledgeAnswers
from kiosk.settings.schema import Service

pytestmark = pytest.mark.models

THRESHOLD = 0.46

HELD_OUT = [
    ("how early can we come in", "hours"),
    ("what time does it all shut down", "hours"),
    ("when can we visit on sunday", "hours-sunday"),
    ("why is the museum shut today, it's monday", "hours-monday"),
    ("are you open on boxing day and new year", "hours-holidays"),
    ("is it worth going in now or is it too late", "last-entry"),
    ("what's the cost for one grown up", "price-adult"),
    ("how much does everything cost", "price-adult"),
    ("what's the price for a nine year old", "price-child"),
    ("is my toddler free", "price-child"),
    ("I go to university, is there a lower price", "price-concession"),
    ("my husband is seventy, does he get a discount", "price-concession"),
    ("is there a deal for parents with kids", "price-family"),
    ("which day is the entrance free", "free-entry"),
    ("where do I get in line for tickets", "buy-tickets"),
    ("do you take apple pay", "payment"),
    ("is it cash only", "payment"),
    ("has the afternoon boat gone already", "ferry-times"),
    ("when can I go on the ferry", "ferry-times"),
    ("how much would the two of us pay for the ferry", "ferry-price"),
    ("how long are we out on the water", "ferry-trip"),
    ("how old is that steam boat outside", "alma-history"),
    ("when is the sea at its highest", "tide"),
    ("I need the toilet", "toilets"),
    ("where are the rest rooms", "toilets"),
    ("do you have somewhere to change diapers", "baby"),
    ("any place here for a hot drink", "cafe"),
    ("can we have a meal here", "cafe"),
    ("what is there for vegans", "cafe-diet"),
    ("can I bring my own lunch box", "picnic"),
    ("how do we get up to the next floor", "lift"),
    ("we want to leave, which way", "exit"),
    ("where do I find the information counter", "front-desk"),
    ("where does my wet coat go", "cloakroom"),
    ("what can be found on the ground floor", "floors"),
    ("what are the must sees", "highlights"),
    ("how much time should I set aside", "visit-length"),
    ("are there stairs on the way or is it flat", "wheelchair"),
    ("are there wheelchairs for visitors", "borrow-wheelchair"),
    ("does my hearing aid work with your system", "hearing"),
    ("my friend is blind, what can she do", "sight"),
    ("is there somewhere to rest my legs", "seats"),
    ("are pets okay", "dogs"),
    ("what's the story of the lighthouse lamp", "lens"),
    ("where did the whale come from", "whale"),
    ("how did the fishermen catch the fish", "cod"),
    ("tell me about the ship that went down in the storm", "wreck"),
    ("may my son climb in the submarine", "submarine"),
    ("who found this anchor", "anchor"),
    ("when did the museum first open", "house"),
    ("when does the guided walk begin", "tours"),
    ("is there a recorded tour", "audio-guide"),
    ("how do I keep my kids busy", "kids"),
    ("can my class visit", "groups"),
    ("where can I spend money on souvenirs", "shop"),
    ("is filming allowed in here", "photos"),
    ("is there internet for visitors", "wifi"),
    ("where can I leave my camper", "parking"),
    ("is there a bus back to the town", "bus"),
    ("someone stole my purse or I lost it", "lost-property"),
    ("my child is gone", "lost-child"),
    ("I feel ill, I need help", "first-aid"),
    ("where do smokers go", "smoking"),
    ("who do I give a donation to", "donate"),
    ("how does the yearly pass work", "membership"),
    ("are you really a person", "who-are-you"),
    ("do you remember what people tell you", "privacy"),
    ("what can you help me with", "can-do"),
    ("do you also talk german", "languages"),
    ("what's it like outside, wet or dry", "weather"),
    ("could you tell me what time it is", "time-now"),
    ("got any jokes", "joke"),
    ("how's your day", "how-are-you"),
    ("I'd rather talk to a human being", "person"),
    ("one more time please", "repeat"),
    ("speak up a bit please", "louder"),
    ("could you go slower", "slower"),
    ("hold on a second", "wait"),
    ("okay enough, stop", "stop"),
    ("bye then and thank you", "goodbye"),
    ("Hi! Um, do you happen to know where the bathrooms are?", "toilets"),
    ("good morning wear can I park", "parking"),
    ("excuse me how much are ticket's for children", "price-child"),
    ("Thanks Maren. When does the next tour start?", "tours"),
]

OUT_OF_SCOPE = [
    "what is the longest river on earth",
    "who was the first man on the moon",
    "how do I apply for a passport",
    "what's the price of gold",
    "can you suggest a nice restaurant in the next town",
    "where can I get my car repaired",
    "do you have any samurai swords",
    "is there a mummy upstairs",
    "how fast does a cheetah run",
    "what is nine squared",
    "how do I boil an egg",
    "who composed the four seasons",
    "wake me up at seven",
    "lock the front door at home",
    "what's in the newspaper",
    "where can I go skiing",
    "is there a library in this street",
    "which music do you like",
    "are you afraid of the dark",
    "do you sleep at night",
    "what is the speed of light",
    "how do you say hello in japanese",
    "can I buy a boat from you",
    "where can I go diving",
    "how big is iceland",
    "why do leaves turn yellow",
    "who was julius caesar",
    "my aunt makes very good soup",
    "how can I sleep better",
    "explain quantum physics",
    "what laptop is good for students",
    "of the to and",
]

FOLLOW_UPS = [
    ("what time do you close", "and on sunday?", "hours-sunday"),
    ("what time do you close", "what about mondays?", "hours-monday"),
    ("what does a ticket cost", "and for my kids?", "price-child"),
    ("what does a ticket cost", "and students?", "price-concession"),
    ("where does the ferry leave", "what does it cost", "ferry-price"),
    ("how much is the ferry", "when does it leave?", "ferry-times"),
    ("where is the submarine", "can we go in?", "submarine"),
    ("tell me about the wreck", "how did it sink?", "wreck"),
    ("where is the café", "what time does it close", "cafe"),
    ("is there a hearing loop", "and sign language?", "hearing"),
    ("is there a hearing loop", "where is the lift", "lift"),
    ("where can I park", "are dogs allowed", "dogs"),
    ("what does a ticket cost", "who was napoleon", "unknown"),
    ("where is the submarine", "what about saturn", "unknown"),
    ("what time do you close", "do you like chocolate", "unknown"),
    ("where is the café", "how old is the queen", "unknown"),
    ("tell me about the wreck", "great, thanks", "thanks"),
    ("where can I park", "bye", "goodbye"),
]


@pytest.fixture(scope="module")
def guide() -> KnowledgeAnswers:
    return KnowledgeAnswers(Service(threshold=THRESHOLD))


def test_held_out_questions(guide: KnowledgeAnswers) -> None:
    lines = missed(guide, HELD_OUT)
    assert len(HELD_OUT) - len(lines) >= 73, "\n".join(lines)


def test_held_out_questions_outside_of_the_subject(guide: KnowledgeAnswers) -> None:
    lines = missed(guide, [(question, "unknown") for question in OUT_OF_SCOPE])
    assert len(OUT_OF_SCOPE) - len(lines) >= 24, "\n".join(lines)


def test_held_out_follow_ups(guide: KnowledgeAnswers) -> None:
    lines = missed_after(guide, FOLLOW_UPS)
    assert len(FOLLOW_UPS) - len(lines) >= 15, "\n".join(lines)
