"""Places that stand in company names: Chinese provinces and cities, countries and directions.

A place tells two companies of one name apart (`北京东方科技` is not `上海东方科技`), but says little about who they
are; so it is kept as a feature of its own and weighs less than a brand.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from babel import Locale

from concord.partners.matching.text import vocabulary

PROVINCES: Final = vocabulary("""
    北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川
    贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门
    """)

_CITIES_OF: Final = {
    province: vocabulary(cities)
    for province, cities in (
        line.split(":")
        for line in """
河北:石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 雄安
山西:太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁
内蒙古:呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布
辽宁:沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛
吉林:长春 四平 辽源 通化 白山 松原 白城 延边
黑龙江:哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化
江苏:南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 昆山 江阴 张家港 常熟 太仓 宜兴
浙江:杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 义乌 海宁 桐乡 慈溪 余姚 诸暨
安徽:合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城
福建:福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德 晋江 石狮
江西:南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶
山东:济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽
河南:郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店
湖北:武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 仙桃 潜江
湖南:长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西
广东:广州 深圳 珠海 汕头 佛山 韶关 湛江 肇庆 江门 茂名 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮 顺德
广西:南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左
海南:海口 三亚 三沙 儋州
四川:成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳
贵州:贵阳 六盘水 遵义 安顺 毕节 铜仁
云南:昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄 红河 文山 西双版纳 大理 德宏
西藏:拉萨
陕西:西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛
甘肃:兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南
青海:西宁 海东
宁夏:银川 石嘴山 吴忠 固原 中卫
新疆:乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉
台湾:台北 新北 高雄 台中 台南 新竹
""".strip().splitlines()
    )
}
"""The cities of each province. A place behind a province that is not its own is a brand (`广东金华物流`)."""

CITIES: Final = tuple(city for cities in _CITIES_OF.values() for city in cities) + vocabulary("浦东 滨海")

ABROAD_ZH: Final = vocabulary("""
    中国 中华 亚洲 亚太 大中华 华东 华南 华北 华中 西南 西北 东北 日本 美国 德国 韩国 英国 法国 新加坡 国际 全球
    """)

_REGION_SUFFIX: Final = "(?:壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区|省|市|县|区)?"
_REGION_RE: Final = re.compile(
    "(?:" + "|".join(sorted((*PROVINCES, *CITIES), key=len, reverse=True)) + ")" + _REGION_SUFFIX
)
_BARE_REGION: Final = frozenset((*PROVINCES, *CITIES, *ABROAD_ZH))

LATIN_PLACES: Final = frozenset(
    vocabulary("""
    asia pacific apac emea europe european africa african america american americas latin north south east west
    northern southern eastern western central middle overseas hongkong macau taiwan usa us uk uae eu prc de
    china chinese japan japanese korea korean india indian indonesia malaysia singapore thailand thai vietnam
    philippines australia australian zealand canada canadian mexico mexicana brasil brazil brazilian argentina
    chile chilean colombia peru ecuador germany german deutschland deutsche france french francaise italy italia
    italian italiana spain espana iberia iberica portugal netherlands nederland holland belgium belgique
    luxembourg switzerland schweiz suisse swiss austria osterreich poland polska czech hungary romania bulgaria
    greece hellas turkey turkiye turk russia russian ukraine sweden sverige svenska norway norge denmark danmark
    finland suomi ireland britain british england scotland wales israel egypt arabia arab saudi gulf emirates
    kuwait qatar oman pakistan bangladesh lanka nigeria kenya morocco kazakhstan belarus serbia croatia slovenia
    slovakia estonia latvia lithuania iceland beijing shanghai shenzhen guangzhou london york nordic baltic
    scandinavia
    """)
)


def leading_region(text: str) -> tuple[str, str]:
    """The region in front of a Chinese name and the rest: `深圳市华为技术` → (`深圳`, `华为技术`).

    Province and city may follow each other (`浙江省杭州市…`): both are taken, the narrower one is the region. Behind
    anything but its own province a place is the brand (`深圳金华物流`, `广东金华物流`), unless it says what it is
    (`深圳市昆山市…`). Nothing is taken when fewer than two characters would remain, since then the place *is* the name.
    """
    region = ""
    rest = text
    while True:
        found = _REGION_RE.match(rest)
        if found is None or (region and found.group() in _BARE_REGION and not _lies_in(found.group(), region)):
            return region, rest
        if len(rest) - found.end() < 2:  # a brand has two characters or more
            bare = bare_region(found.group())
            if len(rest) - len(bare) < 2:
                return region, rest
            return bare, rest[len(bare) :]
        region = bare_region(found.group())
        rest = rest[found.end() :]


def _lies_in(place: str, region: str) -> bool:
    return place in _CITIES_OF.get(region, ())


def bare_region(text: str) -> str:
    """The region without 省 or 市: `深圳市` → `深圳`."""
    for name in (text[:length] for length in range(min(len(text), 5), 1, -1)):
        if name in _BARE_REGION:
            return name
    return text


def is_region(text: str) -> bool:
    """True when the text is a Chinese region or a country, with or without its suffix."""
    return text in _BARE_REGION or bool(_REGION_RE.fullmatch(text))


def _fold_country(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in decomposed if character.isalnum())


@cache
def _country_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in ("en", "zh_Hans", "zh_Hant", "de", "fr", "es"):
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha():  # skips numeric areas
                names.setdefault(_fold_country(name), code)
    names.update(
        {
            "hongkong": "HK",
            "macau": "MO",
            "macao": "MO",
            "usa": "US",
            "uk": "GB",
            "greatbritain": "GB",
            "korea": "KR",
            "southkorea": "KR",
            "northkorea": "KP",
            "czechrepublic": "CZ",
            "turkey": "TR",
            "russianfederation": "RU",
            "vietnam": "VN",
            "uae": "AE",
            "中华人民共和国": "CN",
            "peoplesrepublicofchina": "CN",
            "prchina": "CN",
            "unitedstatesofamerica": "US",
            "england": "GB",
            "holland": "NL",
            "thenetherlands": "NL",
            "香港": "HK",
            "澳门": "MO",
        }
    )
    return names


def normalise_country(value: str) -> str:
    """The ISO 3166 alpha-2 code of a country given as code or name ('' when it is not known).

    An unknown name gives '', so that it never becomes evidence for or against anything.
    """
    value = value.strip()
    if len(value) == 2 and value.isascii() and value.isalpha():
        code = value.upper()
        return {"UK": "GB", "EL": "GR"}.get(code, code)
    return _country_names().get(_fold_country(value), "") if value else ""
