"""Where a backfill comes from: names on a command line turned into files, files into ranges of records."""
