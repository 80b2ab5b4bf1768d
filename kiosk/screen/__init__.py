"""The window: what a visitor sees and touches. Reads sessions, offers nothing but `ports.Hands` calls in return."""
