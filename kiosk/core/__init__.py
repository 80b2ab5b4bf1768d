"""The pure core: what a visit is and what may happen in it. Standard library only, no clock, no I/O."""
