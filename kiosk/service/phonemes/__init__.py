"""Spelling -> phonemes, a module for each language that is spoken. None of it is GPL code, as most others are."""
