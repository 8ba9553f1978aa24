"""Tables of the near-copy search, shipped with their digests; each is made by a script beside it."""
