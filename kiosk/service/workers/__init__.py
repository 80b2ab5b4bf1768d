"""Engines in processes of their own: a recognition or a synthesis never holds the loop that carries everybody's audio.

`frames` is what goes through a worker's pipes, `work` what a worker does, `process` one worker as the service sees it,
`queue` whose turn it is, `crew` all workers of a kind. `recognising` and `speaking` are the doors that the agent knocks
at, and what is behind each; `open` starts it all.
"""
