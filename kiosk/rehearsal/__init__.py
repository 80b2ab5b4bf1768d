"""The virtual surroundings in which a real kiosk holds a real visit: sound server, room, visitor."""
