"""What was said with the agent, kept in a database: written as it happens, read by `kiosk service conversations`."""
