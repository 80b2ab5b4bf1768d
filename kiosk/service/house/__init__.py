"""What belongs to the house and not to a visit: who may enter its console, what they did there, what they changed."""
