"""Databases that outlive their programs: how one is opened, brought up to date and written to. Any URL will do."""
