"""The gallery: every state of the window drawn without a display, judged, and laid side by side for a person's eyes."""
