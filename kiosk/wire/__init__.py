"""The voice socket: canonical messages, dialects that describe a provider, and the link."""
