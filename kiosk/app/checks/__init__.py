"""What a technician can get wrong, each tried by a small function: by theme in modules, in one order in `list`."""

from kiosk.app.checks.quiet import quiet_checks

__all__ = ["quiet_checks"]
