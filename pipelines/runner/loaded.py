"""Importing this loads what reading needs: tables are read at their first use, so one damaged page is read.

For the server that reading processes are forked off (`forking.py`), which takes names of modules to import.
"""

from __future__ import annotations

import gc
from typing import Final

from pipelines.records import Capture
from pipelines.runner.packed import read_packed

PAGE: Final = """<html><head><title>专利审查提速</title></head><body><h1>专利审查提速</h1>
<p>来源：示例报 2020-01-02</p>
<div><p>审查员说，今年的专利申请比去年多，审查却更快！企业等待授权的时间缩短了一半。</p>
<p>負責(zé)人表示，商標(biāo)和專利都是企業(yè)的財產(chǎn)?，F(xiàn)在，審查的時間縮短了，更多人願意提出申請。</p>
<p>這家企業的律師說，版權登記也比從前方便得多！費用卻沒有增加，很多作者都登記了自己的作品。</p></div>
</body></html>"""

READ: Final = read_packed(Capture("http://example.org/1.html", "2020-01-03T00:00:00Z", PAGE.encode(), ""))

gc.freeze()
