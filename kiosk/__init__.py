"""Exei Voice Kiosk: a full-screen voice kiosk in front of a real-time voice agent."""

__version__ = "0.1.0"
