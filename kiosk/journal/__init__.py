"""Logs and metrics. Never a visitor's words, audio or a secret."""
