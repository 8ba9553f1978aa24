"""Which pages are copies of one story, and what they say together. Pure functions over texts and records."""
