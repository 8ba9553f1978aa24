"""Provinces, large cities and countries that bulletins are about, in Simplified."""

from __future__ import annotations

_PROVINCES = """
北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南
广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门
"""
_CITIES = """
石家庄 唐山 保定 太原 大同 沈阳 大连 鞍山 长春 哈尔滨 大庆 南京 苏州 无锡 常州 南通 徐州
扬州 杭州 宁波 温州 嘉兴 绍兴 金华 义乌 合肥 芜湖 福州 厦门 泉州 南昌 赣州 景德镇 济南 青岛
烟台 潍坊 淄博 郑州 洛阳 开封 武汉 宜昌 襄阳 长沙 株洲 湘潭 广州 深圳 珠海 佛山 东莞 中山
惠州 汕头 海口 三亚 成都 绵阳 德阳 贵阳 遵义 昆明 大理 西安 咸阳 宝鸡 兰州 西宁 南宁 柳州
桂林 拉萨 银川 乌鲁木齐 呼和浩特 包头
"""
_COUNTRIES = (
    "美国 日本 韩国 德国 法国 英国 印度 俄罗斯 欧盟 意大利 加拿大 澳大利亚 巴西 泰国 越南 新加坡 马来西亚"
)

_ALL = f"{_PROVINCES} {_CITIES} {_COUNTRIES}".split()

PLACES: tuple[str, ...] = tuple(sorted(_ALL, key=lambda name: (-len(name), name)))
"""Longest first, as an alternation needs them."""
