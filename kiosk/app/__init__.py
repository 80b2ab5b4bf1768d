"""The composition root: the only package that knows every other. It owns the loop and the task group."""
