"""What one would glue together instead: warcio, trafilatura, ftfy, opencc, datasketch, as each documents it.

`python -m bench.glued FOLDER` reads the WARC files of a folder and keeps the texts in SQLite.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import ftfy
import opencc
import trafilatura
from datasketch import MinHash, MinHashLSH
from warcio.archiveiterator import ArchiveIterator


def main(folder: Path) -> int:
    """Extract, mend, convert, look for near-copies, store; returns the number of pages kept."""
    convert = opencc.OpenCC("t2s").convert
    index = MinHashLSH(threshold=0.5, num_perm=128)
    kept = 0
    with TemporaryDirectory() as place, sqlite3.connect(f"{place}/kept.db") as database:
        database.execute("CREATE TABLE kept (url TEXT PRIMARY KEY, record TEXT)")
        for path in sorted(folder.glob("*.warc.gz")):
            with path.open("rb") as file:
                for record in ArchiveIterator(file):
                    if record.rec_type != "response":
                        continue
                    url = record.rec_headers.get_header("WARC-Target-URI")
                    found = trafilatura.extract(
                        record.content_stream().read(), output_format="json", with_metadata=True, url=url
                    )
                    if found is None:
                        continue
                    article = json.loads(found)
                    article["text"] = convert(ftfy.fix_text(article["text"]))
                    index.insert(url, _hashes(article["text"]), check_duplication=False)
                    database.execute("INSERT INTO kept VALUES (?, ?)", (url, json.dumps(article)))
                    kept += 1
    return kept


def _hashes(text: str) -> MinHash:
    hashes = MinHash(num_perm=128)
    hashes.update_batch([text[start : start + 5].encode() for start in range(max(1, len(text) - 4))])
    return hashes


if __name__ == "__main__":
    main(Path(sys.argv[1]))
