"""The commonest surnames in Simplified characters, without those that are common words (成, 时, 文, 单).

Fewer than `reading` knows: there a word stands where a name is looked for, here any word may stand.
"""

from __future__ import annotations

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁沈姚卢姜"
    "崔钟谭陆汪范石廖贾夏韦付邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵钱严覃武戴莫孔汤卫褚高"
    "白万康施牛樊葛邢齐乔伍庞颜倪庄聂鲁岳翟殷詹耿兰焦俞左柳甘祝宁尚舒阮柯纪梅童凌毕季裴霍涂苗谷盛曲翁冉骆蓝辛靳"
    "柴蒙鲍喻祁蒲滕屈饶牟艾尤"
)
