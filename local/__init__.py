"""The stack on a laptop: the real functions over moto, in one process, in virtual time. Never deployed."""
