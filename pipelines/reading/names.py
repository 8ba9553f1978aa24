"""Names of persons as bylines print them: split, cleared of titles, told from what is no name."""

from __future__ import annotations

import re

_SURNAMES = (
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖蕭萧田董袁潘于於蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾鐘谭譚"
    "陆陸汪范範金石廖贾賈夏韦韋付傅方白邹鄒孟熊秦邱江尹薛闫阎閻段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴覃武戴莫孔向汤湯常温溫康施文牛樊葛邢安齐齊易乔喬伍庞龐颜顏倪庄莊聂聶章鲁魯"
    "岳翟殷詹申欧歐耿关關兰蘭焦俞左柳甘祝包宁寧尚符舒阮柯纪紀梅童凌毕畢单單季裴霍涂塗成苗谷穀盛曲翁冉骆駱蓝藍路游辛靳欧管柴蒙鲍鮑华華喻祁蒲房滕屈饶饒解牟艾尤阳陽时時穆农農司卓古吉缪繆简簡"
    "车車项項连連芦蘆麦麥褚娄婁窦竇戚岑景党黨宫宮费費卜冷晏席卫衛米柏宗瞿桂全佟应應臧闵閔苟邬鄔边邊卞姬师師和仇栾欒隋商刁沙荣榮巫寇桑郎甄丛叢仲虞敖巩鞏明佘池查麻苑迟遲邝鄺 "
    "官封谈談匡鞠惠荆荊乐樂冀郁胥南班储儲原栗燕楚鄢劳勞谌諶奚皮粟冼蔺藺楼樓盘盤满滿闻聞厉厲伊仝区區郜海阚闞强強帅帥屠豆朴盖蓋练練廉禹井祖漆巴丰豐支卿狄計索宣初云雲容敬來扈晁"
    "芮普阙闕浦戈伏鹿薄邸雍辜羊阿乌烏母裘亓修邰赫杭况況宿鲜鮮印逯隆诺諾慕危亢嵇公哈湛宾賓戎勾茅利於揭尉冶束檀阴陰昝智衡尧堯由仉"
)
SURNAMES = frozenset(_SURNAMES) - {" "}
COMPOUND = frozenset(
    [
        "欧阳",
        "歐陽",
        "司马",
        "司馬",
        "上官",
        "诸葛",
        "諸葛",
        "皇甫",
        "尉迟",
        "尉遲",
        "公孙",
        "公孫",
        "慕容",
        "令狐",
        "司徒",
        "东方",
        "東方",
        "夏侯",
        "端木",
        "长孙",
        "長孫",
        "宇文",
        "申屠",
        "百里",
        "独孤",
        "南宫",
        "南宮",
        "完颜",
        "拓跋",
        "呼延",
    ]
)
NOT_NAMES = frozenset(
    [
        "管理员",
        "管理員",
        "小编",
        "小編",
        "本站",
        "网络",
        "網絡",
        "網路",
        "佚名",
        "未知",
        "匿名",
        "不详",
        "不詳",
        "admin",
        "administrator",
        "editor",
        "root",
        "system",
        "webmaster",
        "test",
        "user",
        "author",
        "guest",
        "null",
        "none",
        "undefined",
        "网站编辑",
        "网友",
        "網友",
        "编辑",
        "編輯",
        "记者",
        "記者",
        "作者",
        "来源",
        "來源",
        "原创",
        "原創",
        "转载",
        "轉載",
        "整理",
        "综合",
        "綜合",
        "编辑部",
        "編輯部",
        "发布者",
        "互联网",
        "互聯網",
        "站长",
        "責編",
        "责编",
        "新闻",
        "本报",
        "本報",
        "新闻中心",
        "办公室",
        "默认",
        "匿名用户",
        "系统管理员",
    ]
)
_TITLES = re.compile(
    r"^(?:(?:本[报報网網刊社台臺]|[实實][习習]|见习|見習|特[约約派]|首席|全媒体|全媒體|驻[\u4e00-\u9fff]{1,6}?|駐[\u4e00-\u9fff]{1,6}?|[资資]深|融媒体|[新华人民]{2}[网社])*"
    r"(?:记者|記者|通[讯訊][员員]|[实實][习習]生|作者|[编編][辑輯]|撰稿人?|撰文|文|摄影|攝影|[见見][习習]|评论员|評論員|研究员)\s*[:：/／|丨｜]?\s*)+"
)
_TAIL = re.compile(
    r"\s*(?:[/／]?(?:文|图|圖|摄影?|攝影?|报道|報道|報導|编辑|編輯|综合|综述|整理|撰|编译|編譯|發自.*|发自.*|[台臺]北[报報][导導]|律师|律師|博士|教授|主任|等))+$"
)
_SEPARATORS = re.compile(r"[、，,;；/／|丨｜&＆\s　]+|\s*(?:和|与)\s*(?=[\u4e00-\u9fff]{2,3}$)")
_FOREIGN = re.compile(
    r"[\u4e00-\u9fff]{1,8}(?:[·•・‧.][\u4e00-\u9fffA-Z]{1,8}){1,3}|[A-Z][A-Za-z.'-]+(?: [A-Z][A-Za-z.'-]+){0,3}"
)
_HAN_ONLY = re.compile(r"[\u3400-\u9fff]+")
_SENTENCE = re.compile(r"[。？！?!“”]")
_MAIL = re.compile(r"[\w.+-]+@[\w.-]+|https?://\S+")


_PLACES = (
    "北京|上海|天津|重[庆慶]|河北|山西|[辽遼][宁寧]|吉林|黑[龙龍]江|江[苏蘇]|浙江|安徽|福建|江西|山[东東]|河南|湖北|湖南|[广廣][东東西州]|海南|四川|[贵貴]州|[云雲]南|[陕陝]西|甘[肃肅]|青海|[宁寧]夏|新疆|"
    "西藏|[内內]蒙古|深圳|[台臺][湾灣北]|香港|澳[门門]|中[国國华華]|[国國]家|最高|南京|杭州|武[汉漢]|成都|西安|[苏蘇]州|[宁寧]波|[青長长]沙|青[岛島]|[济濟]南|[厦廈][门門]|大[连連]|[郑鄭]州|合肥|集佳|[华華]"
)
_ORGANISED = re.compile(
    r"[报報网網社台臺院局所会會处處部司厅廳刊]$|大[学學]|公司|中心|[评評][论論]$|[观觀]察$|[时時][讯訊报報]$|[杂雜][志誌]$|[律事][师務务]|研究|代理|[团團][队隊]|前沿|知[识識][产產]"
)
_EMPLOYED = re.compile(
    rf"^([\u3400-\u9fff]{{2,3}})[ ]?(?=(?:{_PLACES})[\u3400-\u9fff()（）]*(?:事[务務]所|公司|大[学學]|[学學]院|研究[院所]|法院|[检檢]察院|[产產][权權]局|中心|[协協][会會]|[报報]社?|[网網])$)"
)
_NOT_OFFICE = re.compile(
    r"\d|来源|來源|相[关關]|文章|新[闻聞]$|标[题題]|[时時][间間]|字[号號]|打印|�|[授转][权载]|[转轉][载載]|[，。！？?!]|[订訂][阅閱]|[热熱][线線]|[电電][话話]|投稿|[关關]注|点击|[的了在是]"
)


def is_name(text: str) -> bool:
    """Whether a text is the name of one person: Chinese with a known surname, or foreign in its usual form."""
    if text.lower() in NOT_NAMES:
        return False
    if _HAN_ONLY.fullmatch(text):
        if text[:2] in COMPOUND and 3 <= len(text) <= 4:
            return True
        return (2 <= len(text) <= 3 and text[0] in SURNAMES) or (
            len(text) == 4 and text[0] in SURNAMES and text[1] in SURNAMES
        )
    return _FOREIGN.fullmatch(text) is not None and len(text) <= 30


def split_names(text: str) -> tuple[str, ...]:
    """The names in a slot of authors: separators, titles and what is no name taken out, glued names parted.

    A slot that names no person but an office or a firm is given as it stands; one that names both gives the
    persons only.
    """
    if _SENTENCE.search(text):
        return ()
    text = _MAIL.sub(" ", text)
    text = re.sub(r"[(（\[【][^)）\]】]{0,40}[)）\]】]", " ", text).strip(
        " 　:：()（）[]【】<>《》-—/|,，;；。."
    )
    parts = [_bare(part) for part in _parts(text)]
    persons = [name for part in parts for name in unglue(part)]
    if persons:
        return tuple(dict.fromkeys(persons))
    kept = [
        p
        for p in parts
        if 2 <= len(p) <= 20
        and p.lower() not in NOT_NAMES
        and _HAN_ONLY.search(p)
        and not _NOT_OFFICE.search(p)
    ]
    return tuple(dict.fromkeys(kept))[:4]


def _parts(text: str) -> list[str]:
    """Pieces between separators; single characters with a blank between them are one name (李 明)."""
    text = re.sub(
        r"(?<![\u3400-\u9fff])([\u3400-\u9fff])[ 　]+([\u3400-\u9fff])(?![\u3400-\u9fff])", r"\1\2", text
    )
    return [part for part in _SEPARATORS.split(text) if part]


def _bare(part: str) -> str:
    part = _TITLES.sub("", part)
    if (employed := _EMPLOYED.match(part)) and is_name(employed[1]):
        return employed[1]
    return _TAIL.sub("", part).strip(" :：.。") or ""


def unglue(text: str) -> tuple[str, ...]:
    """Names without separators parted at surnames: 张三李四 -> 张三, 李四; () for what is no row of names."""
    if not text:
        return ()
    if is_name(text):
        return (text,)
    if not _HAN_ONLY.fullmatch(text) or not 4 <= len(text) <= 9:
        return ()
    if _ORGANISED.search(text):
        return ()
    for size in (3, 2):
        if text[0] in SURNAMES and text[:size] not in NOT_NAMES:
            rest = unglue(text[size:])
            if rest:
                return (text[:size], *rest)
    return ()
