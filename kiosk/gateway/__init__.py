"""The server-side relay: keeps the Client ID off the kiosks and passes their conversations on as they are."""
