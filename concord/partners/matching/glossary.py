"""Chinese business words: what they mean in English, and which of them tell little about who a company is.

The glossary cuts a Chinese name into words (longest match), lowers the weight of trade words against the brand, and
lets an English name be compared word by word. General vocabulary; a name is never listed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from concord.partners.matching.places import CITIES, PROVINCES
from concord.partners.matching.text import pinyin, vocabulary
from concord.partners.matching.words import canonical_word

_TRADE: Final = """
科技 technology,tech,science|技术 technology|科学 science|股份|集团 group|控股 holding
实业 industry,enterprise|工业 industry|产业 industry|企业 enterprise|投资 investment|发展 development
国际 international|电子 electronic|电气 electric|电器 electric,appliance|电力 power,electric
电工 electric|电机 motor,electric|电源 power|电缆 cable|电信 telecommunication
通信 communication,telecommunication|通讯 communication,telecommunication|信息 information|软件 software
网络 network|数据 data|数码 digital|数字 digital|智能 intelligent,smart|互联 internet|在线 online
计算机 computer|半导体 semiconductor|微电子 microelectronic|光电 optoelectronic,photoelectric
光学 optical|光伏 photovoltaic,solar|激光 laser|照明 lighting|显示 display|芯片 chip|材料 material
新材料 material,new|新材 material|新能源 energy,new|能源 energy|环保 environmental,protection
环境 environment,environmental|生态 ecology,ecological|生物 biological,bio,biotechnology
医药 pharmaceutical,medicine|制药 pharmaceutical|药业 pharmaceutical,medicine|药物 pharmaceutical
医疗 medical|医学 medical|健康 health|器械 instrument,device|仪器 instrument|仪表 instrument,meter
机械 machinery,machine|机电 electromechanical,machinery|机器人 robot|自动化 automation|装备 equipment
设备 equipment|重工 heavy,industry|重机 heavy,machinery|机床 machine,tool|精密 precision|精工 precision
制造 manufacturing|汽车 automobile,auto,automotive,motor|汽配 auto,part|零部件 component,part
部件 component,part|轴承 bearing|模具 mould,mold|轮胎 tire,tyre|橡胶 rubber|塑料 plastic|塑胶 plastic
化工 chemical|化学 chemical,chemistry|石化 petrochemical|石油 petroleum,oil|天然气 gas,natural|燃气 gas
煤炭 coal|煤业 coal|焦化 coking|矿业 mining|钢铁 steel,iron|特钢 steel,special|有色 nonferrous|金属 metal
铝业 aluminium,aluminum|铜业 copper|锂业 lithium|稀土 earth,rare|黄金 gold|钛业 titanium|水泥 cement
玻璃 glass|陶瓷 ceramic|建材 building,material|建设 construction|建筑 building,construction,architecture
工程 engineering|路桥 road,bridge|装饰 decoration|园林 landscape,garden|设计 design|地产 property,estate
房地产 estate,real,property|置业 property,estate,real|物业 property|城建 urban,city|水务 water|水利 water
水电 hydropower,water|热电 thermal,thermoelectric,power|核电 nuclear|风电 wind,power|港口 port
航运 shipping|海运 shipping,marine|航空 aviation,airline,aero|航天 aerospace|机场 airport|铁路 railway
高速 expressway,highway|公路 highway|物流 logistics|运输 transport,transportation
交通 transportation,transport|船舶 ship,shipbuilding|食品 food|饮料 beverage|乳业 dairy
酒业 liquor,wine,winery|啤酒 beer,brewery|糖业 sugar|粮油 grain,oil|农业 agriculture,agricultural
种业 seed|牧业 animal,husbandry|渔业 fishery|饲料 feed|水产 aquatic|纺织 textile
服饰 garment,fashion,clothing,apparel|服装 garment,clothing,apparel|时装 fashion|鞋业 shoe
家居 home,furniture|家具 furniture|家纺 textile,home|珠宝 jewelry,jewellery|造纸 paper|纸业 paper
包装 packaging,packing|印刷 printing|印务 printing|文化 culture,cultural|传媒 media
传播 media,communication|影视 film,television|广播 broadcasting|电视 television,tv|出版 publishing
教育 education|旅游 tourism,travel|酒店 hotel|商业 commercial|商贸 trade,trading,commerce
贸易 trade,trading|商城 mall,store|百货 department,store|超市 supermarket|零售 retail|连锁 chain
供应链 supply,chain|服务 service|管理 management|咨询 consulting|资本 capital|资产 asset
金融 financial,finance|银行 bank|证券 securities,security|保险 insurance|信托 trust|基金 fund
租赁 leasing|期货 futures|财富 wealth|大学 university|学院 college|学校 school|医院 hospital
研究院 institute,research,academy|研究所 institute,research|中心 center|协会 association
委员会 committee,commission|总局 administration|工厂 factory,plant|工具 tool|门业 door|厨卫 kitchen
卫浴 bath,sanitary|涂料 paint,coating|颜料 pigment|染料 dye|薄膜 film|纤维 fiber|化纤 fiber,chemical
玻纤 fiberglass,fiber,glass|复合 composite|膜 film|阀门 valve|泵业 pump|压缩机 compressor|锅炉 boiler
空调 air,conditioning|制冷 refrigeration|冷链 cold,chain|电梯 elevator|安防 security|安全 safety,security
消防 fire|检测 testing,inspection|测试 test|认证 certification|游戏 game|体育 sport|娱乐 entertainment
广告 advertising|营销 marketing|创意 creative|创新 innovation|高科 tech,high|高新 tech,high|股|总|省|市
县|区|系统 system|产品 product|线路 circuit,line|电路 circuit|电池 battery|动力 power
传动 transmission,drive|控制 control|液压 hydraulic|铸造 casting,foundry|锻造 forging|热能 thermal
节能 energy,saving|资源 resource|再生 renewable,recycling|水处理 water,treatment|固废 waste|盐业 salt
磷业 phosphorus|氟 fluorine|硅 silicon|碳 carbon|气体 gas|特种 special|特材 material,special|新型 new
现代 modern|联合 united,union|第一 first|中央 central|全球 global|世界 world|基础 foundation
城市 city,urban|实验 laboratory|研究 research|开发 development|综合 comprehensive|专业 professional
经济 economic|工贸 industry,trade|工商 industry,commerce|外贸 foreign,trade|进出口 import,export
出口 export|贵金属 metal,precious|首饰 jewelry|钟表 watch,clock|乐器 instrument,musical|文具 stationery
玩具 toy|眼镜 glasses|医美 aesthetic|美容 beauty|化妆品 cosmetic|日化 chemical,daily|洁具 sanitary
家电 appliance|视讯 video|视频 video|音响 audio,acoustic|声学 acoustic|雷达 radar|卫星 satellite
导航 navigation|遥感 remote,sensing|测绘 surveying,mapping|勘探 exploration|油气 oil,gas|油服 oilfield
海洋 ocean,marine|船务 shipping|港务 port|仓储 storage,warehouse|快递 express|速递 express
出行 mobility,travel
"""

_REGION_SHORT: Final = dict(
    pair.split(":")
    for pair in vocabulary("""
    北京:京 天津:津 上海:沪 重庆:渝 河北:冀 山西:晋 辽宁:辽 吉林:吉 黑龙江:黑 江苏:苏 浙江:浙 安徽:皖 福建:闽
    江西:赣 山东:鲁 河南:豫 湖北:鄂 湖南:湘 广东:粤 海南:琼 四川:川 贵州:黔 云南:滇 陕西:陕 甘肃:甘 青海:青
    台湾:台 广西:桂 香港:港 澳门:澳
    """)
)
"""The one-character names of provinces, as used in abbreviations (`京`, `沪`, `粤`)."""

_PLACE_ENGLISH: Final = dict(
    pair.split(":")
    for pair in vocabulary("""
    陕西:shaanxi 内蒙古:inner_mongolia 西藏:tibet 香港:hong_kong 澳门:macau 台湾:taiwan 台北:taipei
    哈尔滨:harbin 呼和浩特:hohhot 中国:china 中华:china 新疆:xinjiang 拉萨:lhasa 乌鲁木齐:urumqi
    """)
)


def _parse(table: str) -> dict[str, tuple[str, ...]]:
    entries: dict[str, tuple[str, ...]] = {}
    for entry in table.replace("\n", "|").split("|"):
        if entry.strip():
            word, _, english = entry.strip().partition(" ")
            entries[word] = tuple(canonical_word(part) for part in english.split(",") if part)
    return entries


TRADE_WORDS: Final = _parse(_TRADE)
REGION_SHORT: Final = _REGION_SHORT
_WORD_RE: Final = re.compile(
    "|".join(
        re.escape(word)
        for word in sorted({*TRADE_WORDS, *PROVINCES, *CITIES, "中国", "中华"}, key=len, reverse=True)
        if len(word) > 1
    )
)


class Segment(NamedTuple):
    """A word of a Chinese name: its text, whether it is trade vocabulary or a place, and its English readings."""

    text: str
    trade: bool
    place: bool
    english: tuple[str, ...]


@lru_cache(maxsize=65_536)
def segment(text: str) -> tuple[Segment, ...]:
    """A Chinese name cut into trade words, places and what remains (brands, names): 申菱|环境|系统."""
    segments: list[Segment] = []
    position = 0
    for found in _WORD_RE.finditer(text):
        if found.start() > position:
            segments.append(_brand(text[position : found.start()]))
        word = found.group()
        place = word not in TRADE_WORDS
        segments.append(Segment(word, not place, place, _place_english(word) if place else TRADE_WORDS[word]))
        position = found.end()
    if position < len(text):
        segments.append(_brand(text[position:]))
    return tuple(segments)


def _brand(text: str) -> Segment:
    return Segment(text, text in TRADE_WORDS, False, TRADE_WORDS.get(text, ()))


def _place_english(place: str) -> tuple[str, ...]:
    return tuple((_PLACE_ENGLISH.get(place) or "".join(pinyin(place))).split("_"))


@lru_cache(maxsize=16_384)
def region_english(region: str) -> tuple[str, ...]:
    """The Latin words of a Chinese region: `深圳` → (`shenzhen`,)."""
    return _place_english(region) if region else ()
