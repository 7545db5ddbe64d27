"""A fact as the messages that people and programs get of it: for each protocol, in their language."""

from slaclock.domain.breach_news import audiences_of
from slaclock.notices.channel import Channel
from slaclock.notices.composing import MOST_BYTES, Notice, compose
from slaclock.notices.times import elapsed, shown

__all__ = ["MOST_BYTES", "Channel", "Notice", "audiences_of", "compose", "elapsed", "shown"]
