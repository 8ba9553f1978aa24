"""The characters that damaging tables gloss, level by level, with the reading they print.

The five nested levels were each seen on live mirrors (one article at different levels on different sites).
They are not complete: 驅, 堅 and 調 were seen at sites of level 2 and 冊 at another; they stand at the end of
a level. The order is that of the byte replacements; 數 (level 1) was seen to run before 當 (level 2).
"""

from __future__ import annotations

from typing import Final

_LEVELS: Final = (
    "發fā 統tǒng 業yè 現xiàn 執zhí 聯lián 鄉xiāng 協xié 區qū 監jiān 優yōu 創chuàng 戰zhàn",
    "產chǎn 經jīng 質zhì 內nèi 貿mào 轉zhuǎn 網wǎng 結jié 數shù 據jù",
    "權quán 標biāo 領lǐng 認rèn 務wù 應yīng 構gòu 關guān 責zé 當dāng 規guī 則zé 導dǎo 驅qū 堅jiān 調diào",
    "識shí 國guó 請qǐng 驗yàn 場chǎng 動dòng 報bào 時shí 實shí 獨dú 評píng 會huì 對duì 點diǎn 冊cè",
    "說shuō 沒méi 專zhuān 過guò 來lái 維wéi 無wú 歐ōu 開kāi 見jiàn",
)

LEVELS: Final = range(len(_LEVELS))

PROTECTED_WORDS: Final = ("服務業", "企業家", "實業", "發展", "國家標準", "經過", "電話會議")
"""Words that stand in the tables beside single characters: they win and carry no gloss (服務業 was seen)."""


def glosses(level: int | None) -> tuple[tuple[str, str], ...]:
    """(character, reading) of a level and of the levels below it, in the order in which they are replaced."""
    if level is None:
        return ()
    entries = " ".join(_LEVELS[: level + 1]).split()
    return tuple((entry[0], entry[1:]) for entry in entries)
