"""Questions that somebody corrects, with what means the same and what only sounds near.

Each: the question as it was asked and corrected, others with the same meaning (they shall get the better answer), and
neighbours that ask for something else (they shall not). Written before any threshold was chosen; the second list was
looked at once, with the chosen one.
"""

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    asked: str
    same: tuple[str, ...]
    near: tuple[str, ...]


TUNING = [
    Case(
        "do you have lockers for bicycle helmets",
        ("where can I leave my bike helmet", "is there a locker for my helmet", "can I store my cycling helmet"),
        ("where can I park my bike", "do you have lockers", "can I leave my suitcase somewhere"),
    ),
    Case(
        "is the submarine closed today",
        ("is the submarine open today", "can we go into the submarine today", "is the submarine shut"),
        ("is the museum closed today", "what is the submarine", "is the café open today"),
    ),
    Case(
        "can I charge my phone here",
        ("where can I charge my phone", "is there a socket for my phone charger", "my phone battery is empty"),
        ("can I use my phone here", "is there a charging station for cars", "can I pay with my phone"),
    ),
    Case(
        "what do students pay on thursday evening",
        ("how much is it for students on thursday evening", "thursday evening student price"),
        ("what do students pay", "are you open on thursday evening", "what do children pay"),
    ),
    Case(
        "who built the model ship in the hall",
        ("who made the ship model in the entrance hall", "who is the maker of the model ship"),
        ("who built the house", "can I buy a model ship", "who built the ferry"),
    ),
    Case(
        "can we celebrate a birthday here",
        ("do you do birthday parties", "can my son have his birthday party at the museum", "birthday party"),
        ("can we have a picnic here", "is it free on my birthday", "can school classes come"),
    ),
    Case(
        "how many herring were in a barrel",
        ("how much herring fits into one barrel", "number of herring in a barrel"),
        ("how did they catch herring", "how much does a barrel weigh", "how many ships were in the harbour"),
    ),
    Case(
        "may I bring a pushchair on the ferry",
        ("can I take my pram on the boat", "are strollers allowed on the ferry", "pushchair on the Alma"),
        ("may I bring my dog on the ferry", "can I bring a pram into the museum", "may I bring a bike on the ferry"),
    ),
    Case(
        "when is the pirate exhibition",
        ("when can we see the pirates", "what are the dates of the pirate show", "is the pirate exhibition on now"),
        ("when is the guided tour", "what exhibitions do you have", "were there pirates here"),
    ),
    Case(
        "is there a discount for teachers",
        ("do teachers pay less", "I am a teacher, is it cheaper for me", "teacher discount"),
        ("is there a discount for students", "do you offer tours for teachers", "is there a discount for groups"),
    ),
    Case(
        "where is the lighthouse",
        ("how do I get to the lighthouse", "which way is the lighthouse"),
        ("how old is the lighthouse lamp", "where is the ferry", "can I climb the lighthouse"),
    ),
    Case(
        "can you ship the anchor book to norway",
        ("do you send books to norway", "could you post a book to norway"),
        ("do you sell books", "how do I get to norway", "where was the anchor found"),
    ),
    Case(
        "is the water in the harbour clean enough to swim",
        ("can I swim in the harbour", "is it safe to swim here", "may we go swimming"),
        ("when is high tide", "how deep is the harbour", "is there a swimming pool in town"),
    ),
    Case(
        "do you sell umbrellas",
        ("can I buy an umbrella here", "is there an umbrella in the shop"),
        ("can I borrow an umbrella", "do you sell postcards", "where do I leave my umbrella"),
    ),
    Case(
        "which room has the rope machine",
        ("where is the rope machine", "where can I see the rope making machine"),
        ("how does the rope machine work", "which room has the whale", "when is the rope machine shown"),
    ),
]

HELD_OUT = [
    Case(
        "is there a quiet hour for autistic visitors",
        ("do you have quiet times for people with autism", "when is the quiet hour", "autism friendly hours"),
        ("is there a quiet place to sit", "what are your opening hours", "is there a guide for blind visitors"),
    ),
    Case(
        "can I fly my drone over the pier",
        ("are drones allowed here", "may I use a drone", "drone flying"),
        ("can I take photos on the pier", "can I fish from the pier", "can I smoke on the pier"),
    ),
    Case(
        "do you have a printed map of the house",
        ("can I get a paper map", "is there a floor plan to take along", "where do I get a map of the museum"),
        ("what is on the second floor", "do you have a map of the town", "is there a printed menu"),
    ),
    Case(
        "what time does the evening concert start",
        ("when does the concert begin tonight", "at what time is the concert"),
        ("what time does the tour start", "what does the concert cost", "what time do you close in the evening"),
    ),
    Case(
        "is the ferry running in winter",
        ("does the Alma sail in winter", "are there boat trips in january", "winter ferry"),
        ("what time does the ferry leave", "are you open in winter", "is the ferry heated"),
    ),
    Case(
        "who was captain berg",
        ("tell me about captain berg", "captain berg who is that", "what did captain berg do"),
        ("who was the first captain of the ferry", "who runs this museum", "where is captain berg's cabin"),
    ),
    Case(
        "can I rent the hall for a wedding",
        ("do you do weddings", "could we get married here", "how do I hire the hall for our wedding"),
        ("can I rent a wheelchair", "where is the hall", "do you take group bookings"),
    ),
    Case(
        "does the café have gluten free cake",
        ("is there cake without gluten", "do you have anything gluten free", "gluten free cake"),
        ("does the café have vegan food", "how much is the cake", "when does the café close"),
    ),
    Case(
        "can I touch the diving helmet",
        ("may I put on the diving helmet", "is it allowed to touch the diver's helmet"),
        ("how old is the diving helmet", "can I touch the whale", "where is the diving helmet"),
    ),
    Case(
        "do you have a cash machine",
        ("where is the nearest ATM", "where can I get cash", "is there an atm in the building"),
        ("can I pay in cash", "do you have a drinks machine", "can I pay by card"),
    ),
    Case(
        "can I come back in with the same ticket",
        ("is re-entry allowed", "if I go out for lunch can I come in again", "is my ticket good for the whole day"),
        ("where do I buy a ticket", "can I get a refund for my ticket", "is my ticket good for the ferry"),
    ),
    Case(
        "is there a night bus to the hotel",
        ("which bus goes to the hotel at night", "does a bus run to the hotel late in the evening"),
        ("where does the bus stop", "is there a hotel near here", "is there a taxi at night"),
    ),
    Case(
        "how long did it take to restore the whale",
        ("how many years was the whale restored", "how much time did the whale's restoration take"),
        ("how long is the whale", "where does the whale come from", "who restored the whale"),
    ),
    Case(
        "do members get into the ferry for free",
        ("is the ferry free with a membership", "as a member do I pay for the boat"),
        ("how do I become a member", "how much is the ferry", "do members get a discount in the shop"),
    ),
    Case(
        "where can I fill my water bottle",
        ("is there a drinking fountain", "where do I get tap water", "can I refill my bottle"),
        ("where can I buy a drink", "can I bring a water bottle inside", "where is the bottle ship"),
    ),
]
