"""What a site may set, and where each value comes from."""
