"""Sources -> read -> parts -> catalog: in one process, in a pool, on Ray.

It imports nothing: a process that reads needs no catalog, whose imports take as long as those of reading.
"""
