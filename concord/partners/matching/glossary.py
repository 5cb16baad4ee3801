"""Chinese business words: what they mean in English, and which of them tell little about who a company is.

The glossary cuts a Chinese name into words (longest match), lowers the weight of trade words against the brand, and
lets an English name be compared word by word. General vocabulary; a name is never listed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from concord.partners.matching.places import CITIES, PROVINCES
from concord.partners.matching.text import has_ideographs, pinyin, vocabulary
from concord.partners.matching.words import canonical_word

_TRADE: Final = """
科技 technology,tech,science|技术 technology|科学 science|股份|集团 group|控股 holding|实业 industry,enterprise
工业 industry|产业 industry|企业 enterprise|投资 investment|发展 development|国际 international|电子 electronic
电气 electric|电器 electric,appliance|电力 power,electric|电工 electric|电机 motor,electric|电源 power|电缆 cable
电信 telecommunication|通信 communication,telecommunication|通讯 communication,telecommunication|信息 information
软件 software|网络 network|数据 data|数码 digital|数字 digital|智能 intelligent,smart|互联 internet|在线 online
计算机 computer|半导体 semiconductor|微电子 microelectronic|光电 optoelectronic,photoelectric|光学 optical
光伏 photovoltaic,solar|激光 laser|照明 lighting|显示 display|芯片 chip|材料 material|新材料 material,new,advanced
新材 material|新能源 energy,new|能源 energy|环保 environmental,protection|环境 environment,environmental
生态 ecology,ecological|生物 biological,bio,biotechnology,biology,bioscience,biopharma,biotech
医药 pharmaceutical,medicine|制药 pharmaceutical|药业 pharmaceutical,medicine|药物 pharmaceutical|医疗 medical
医学 medical|健康 health|器械 instrument,device|仪器 instrument|仪表 instrument,meter|机械 machinery,machine
机电 electromechanical,machinery|机器人 robot|自动化 automation|装备 equipment|设备 equipment|重工 heavy,industry
重机 heavy,machinery|机床 machine,tool|精密 precision|精工 precision|制造 manufacturing
汽车 automobile,auto,automotive,motor|汽配 auto,part|零部件 component,part|部件 component,part|轴承 bearing
模具 mould,mold|轮胎 tire,tyre|橡胶 rubber|塑料 plastic|塑胶 plastic|化工 chemical|化学 chemical,chemistry
石化 petrochemical|石油 petroleum,oil|天然气 gas,natural|燃气 gas|煤炭 coal|煤业 coal|焦化 coking|矿业 mining
钢铁 steel,iron|特钢 steel,special|有色 nonferrous|金属 metal|铝业 aluminium,aluminum|铜业 copper|锂业 lithium
稀土 earth,rare|黄金 gold|钛业 titanium|水泥 cement|玻璃 glass|陶瓷 ceramic|建材 building,material|建设 construction
建筑 building,construction,architecture|工程 engineering,construction|路桥 road,bridge|装饰 decoration
园林 landscape,garden|设计 design|地产 property,estate|房地产 estate,real,property|置业 property,estate,real
物业 property|城建 urban,city|水务 water|水利 water|水电 hydropower,water|热电 thermal,thermoelectric,power
核电 nuclear|风电 wind,power|港口 port|航运 shipping|海运 shipping,marine|航空 aviation,airline,aero|航天 aerospace
机场 airport|铁路 railway|高速 expressway,highway|公路 highway|物流 logistics|运输 transport,transportation
交通 transportation,transport|船舶 ship,shipbuilding|食品 food|饮料 beverage|乳业 dairy|酒业 liquor,wine,winery
啤酒 beer,brewery|糖业 sugar|粮油 grain,oil|农业 agriculture,agricultural|种业 seed|牧业 animal,husbandry|渔业 fishery
饲料 feed|水产 aquatic|纺织 textile|服饰 garment,fashion,clothing,apparel|服装 garment,clothing,apparel|时装 fashion
鞋业 shoe|家居 home,furniture|家具 furniture|家纺 textile,home|珠宝 jewelry,jewellery|造纸 paper|纸业 paper
包装 packaging,packing|印刷 printing|印务 printing|文化 culture,cultural|传媒 media|传播 media,communication
影视 film,television|广播 broadcasting|电视 television,tv|出版 publishing|教育 education|旅游 tourism,travel
酒店 hotel|商业 commercial|商贸 trade,trading,commerce|贸易 trade,trading|商城 mall,store|百货 department,store
超市 supermarket|零售 retail|连锁 chain|供应链 supply,chain|服务 service|管理 management|咨询 consulting|资本 capital
资产 asset|金融 financial,finance|银行 bank|证券 securities,security|保险 insurance|信托 trust|基金 fund|租赁 leasing
期货 futures|财富 wealth|大学 university|学院 college|学校 school|医院 hospital|研究院 institute,research,academy
研究所 institute,research|中心 center|协会 association|委员会 committee,commission|总局 administration
工厂 factory,plant|工具 tool|门业 door|厨卫 kitchen|卫浴 bath,sanitary|涂料 paint,coating|颜料 pigment|染料 dye
薄膜 film|纤维 fiber|化纤 fiber,chemical|玻纤 fiberglass,fiber,glass|复合 composite|膜 film|阀门 valve|泵业 pump
压缩机 compressor|锅炉 boiler|空调 air,conditioning|制冷 refrigeration|冷链 cold,chain|电梯 elevator|安防 security
安全 safety,security|消防 fire|检测 testing,inspection|测试 test|认证 certification|游戏 game|体育 sport
娱乐 entertainment|广告 advertising|营销 marketing|创意 creative|创新 innovation|高科 tech,high|高新 tech,high|股|总
省|市|县|区|系统 system|产品 product|线路 circuit,line|电路 circuit|电池 battery|动力 power|传动 transmission,drive
控制 control|液压 hydraulic|铸造 casting,foundry|锻造 forging|热能 thermal|节能 energy,saving|资源 resource
再生 renewable,recycling|水处理 water,treatment|固废 waste|盐业 salt|磷业 phosphorus|氟 fluorine|硅 silicon|碳 carbon
气体 gas|特种 special|特材 material,special|新型 new|现代 modern|联合 united,union|第一 first|中央 central|全球 global
世界 world|基础 foundation|城市 city,urban|实验 laboratory|研究 research|开发 development|综合 comprehensive
专业 professional|经济 economic|工贸 industry,trade|工商 industry,commerce|外贸 foreign,trade|进出口 import,export
出口 export|贵金属 metal,precious|首饰 jewelry|钟表 watch,clock|乐器 instrument,musical|文具 stationery|玩具 toy
眼镜 glasses|医美 aesthetic|美容 beauty|化妆品 cosmetic|日化 chemical,daily|洁具 sanitary|家电 appliance|视讯 video
视频 video|音响 audio,acoustic|声学 acoustic|雷达 radar|卫星 satellite|导航 navigation|遥感 remote,sensing
测绘 surveying,mapping|勘探 exploration|油气 oil,gas|油服 oilfield|海洋 ocean,marine|船务 shipping|港务 port
仓储 storage,warehouse|快递 express|速递 express|出行 mobility,travel|农机 agricultural,machinery
农化 agrochemical,chemical|农药 pesticide,agrochemical|化肥 fertilizer|肥料 fertilizer|肥业 fertilizer
畜牧 livestock,husbandry|养殖 breeding,farming|林业 forestry|花卉 flower|茶业 tea|茶叶 tea|果业 fruit
果蔬 fruit,vegetable|蔬菜 vegetable|肉类 meat|肉业 meat|海鲜 seafood|调味品 condiment,seasoning
味业 flavor,flavour,seasoning|面粉 flour|面业 flour,noodle|米业 rice|油脂 oil,fat,grease|葡萄酒 wine
白酒 liquor,spirit|黄酒 wine|酿酒 brewery,winery,distillery|酿造 brewing|烟草 tobacco|糖果 candy,confectionery
烘焙 bakery,baking|餐饮 catering,restaurant,food|冷冻 frozen|保健 health|保健品 health|营养 nutrition|添加剂 additive
丝绸 silk|羊绒 cashmere|绒业 cashmere|毛纺 wool,woolen,woollen|毛业 wool|棉纺 cotton|棉业 cotton|印染 printing,dyeing
染整 dyeing,finishing|针织 knitting,knitwear|面料 fabric|皮革 leather|皮具 leather|皮业 leather|制衣 garment,clothing
箱包 luggage,bag|木业 wood,timber|木材 timber,wood|地板 floor,flooring|板材 panel,board|高分子 polymer|聚合物 polymer
树脂 resin|助剂 additive,auxiliary|催化剂 catalyst|试剂 reagent|香料 fragrance,flavor,flavour
香精 flavor,flavour,fragrance|胶粘剂 adhesive|胶业 adhesive|橡塑 rubber,plastic|塑业 plastic|氯碱 chlor,alkali
炭黑 carbon,black|碳素 carbon|炭素 carbon|石墨 graphite|石英 quartz|油墨 ink|油漆 paint|民爆 explosive|精细 fine
精细化工 fine,chemical|生化 biochemical,biochem|制剂 preparation|中药 chinese,traditional,medicine,herbal
药房 pharmacy,drugstore|大药房 pharmacy,drugstore|疫苗 vaccine|基因 gene,genetic,genomic|诊断 diagnostic|胶囊 capsule
口腔 dental|眼科 eye,ophthalmology,ophthalmic|康复 rehabilitation|原料药 api|兽药 veterinary|制品 product
用品 product,supply,article|合金 alloy|轻合金 alloy,light|钢管 steel,pipe,tube|管业 pipe,tube|管道 pipe,pipeline
管件 pipe,fitting|钢构 steel,structure|钢结构 steel,structure|钢业 steel|不锈钢 stainless,steel|线材 wire,rod
铸业 foundry,casting|铸管 pipe,cast|铸件 casting|镁业 magnesium|钼业 molybdenum|钨业 tungsten|锡业 tin|锌业 zinc
铅锌 lead,zinc|镍业 nickel|钴业 cobalt|钒钛 vanadium,titanium|磁性 magnetic|磁材 magnetic,material|磁业 magnetic
粉末 powder|冶金 metallurgy,metallurgical|冶炼 smelting|矿产 mineral|矿山 mine,mining|煤电 coal,electricity,power
煤化工 coal,chemical|重型 heavy|重型机械 heavy,machinery|机车 locomotive|车辆 vehicle|客车 bus,coach|摩托 motorcycle
摩托车 motorcycle|自行车 bicycle|电动车 electric,vehicle|电动 electric|飞机 aircraft,airplane|直升机 helicopter
制动器 brake|制动 brake|齿轮 gear|弹簧 spring|紧固件 fastener|标准件 fastener,standard|密封 seal,sealing
密封件 seal,sealing|刀具 cutting,tool|数控 cnc,numerical,control|焊接 welding|焊材 welding|起重 crane,lifting,hoisting
起重机 crane|叉车 forklift|纺机 textile,machinery|风机 fan,blower|水泵 pump|传感 sensor,sensing|传感器 sensor
量具 measuring|计量 metrology,measuring|衡器 weighing|电线 wire|线缆 wire,cable|电线电缆 wire,cable|变压器 transformer
开关 switch|继电器 relay|电容 capacitor|电容器 capacitor|电阻 resistor|连接器 connector|接插件 connector
元件 component,element|元器件 component|电路板 circuit,board|覆铜板 laminate|触控 touch|液晶 liquid,crystal|面板 panel
电声 electroacoustic,acoustic|锂电 lithium,battery|充电 charging|储能 energy,storage|光纤 fiber,optic,optical
光缆 optical,cable|光通信 optical,communication|射频 rf,frequency|天线 antenna|微波 microwave|红外 infrared|光能 solar
灯具 lamp,lighting|灯饰 lighting,lamp|云计算 cloud,computing|大数据 big,data|物联网 iot,internet,things
互联网 internet|互连 interconnect,interconnection|人工智能 ai,artificial,intelligence|电脑 computer|电商 commerce
电子商务 commerce|集成 integrated,integration|集成电路 integrated,circuit|移动 mobile|无线 wireless|宽带 broadband
办公 office|打印 printing,print|影像 imaging,image|图像 image|视觉 vision,visual|媒体 media|动漫 animation
岩土 geotechnical|地质 geology,geological|勘察 survey|基建 infrastructure|市政 municipal|幕墙 curtain,wall
门窗 door,window|防水 waterproof|保温 insulation|隧道 tunnel|桥梁 bridge|轨道 rail|地铁 metro
建工 construction,engineering|混凝土 concrete|石材 stone|瓷业 ceramic,porcelain|陶业 ceramic|耐火 refractory
供热 heating,heat|供水 water,supply|供电 power,supply|热力 heat,thermal,heating|电网 grid|发电 power,generation
风能 wind,power|太阳能 solar|氢能 hydrogen|清洁 clean,cleaning|洁净 clean|污水 sewage
净化 purification,clean,purifying|净水 water|循环 recycling,circular|创投 venture|商务 business,commerce,commercial
免税 duty,free|运业 transport,transportation|客运 passenger|货运 freight|码头 terminal,wharf|会展 exhibition
展览 exhibition|报业 newspaper|书店 book,bookstore|发行 distribution|电影 film,movie|文旅 culture,tourism,cultural
培训 training|人力资源 human,resource|物资 material,goods|担保 guarantee|保理 factoring|农村 rural|股权 equity
保税 bonded,free|加工 processing|园区 park|工业园 industrial,park|联合会 federation,union,association
联盟 alliance,league|学会 society|总会 federation,association|基金会 foundation|商会 chamber,commerce|促进会 promotion
研究会 society|中学 middle,school|小学 primary,school|科学院 academy,science|设计院 design,institute
管理局 administration|出版社 press,publishing|通讯社 news,agency|电视台 television,station|电台 radio|博物馆 museum
图书馆 library|合作社 cooperative|俱乐部 club|师范 normal|医科 medical|财经 finance,economic|特殊 special
水产品 aquatic,product|高科技 high,technology,tech|光电子 optoelectronic,photoelectric|真空 vacuum|电业 power,electric
卫生 sanitary,hygiene,health|农牧 agriculture,husbandry,agricultural|农资 agricultural,material
大厦 building,tower,mansion|锦纶 nylon|涤纶 polyester|氨纶 spandex|轮毂 wheel|钢琴 piano|碳纤维 carbon,fiber
玻璃纤维 glass,fiber,fiberglass|工业园区 industrial,industry,park|加工区 processing,zone
轨道交通 rail,transit,transportation|谷物 grain,cereal|玉米 corn|大豆 soybean|马铃薯 potato|棉花 cotton|甘蔗 sugarcane
中草药 herbal,herb|园艺 horticulture|苗木 seedling,nursery|森林 forest|竹业 bamboo|奶牛 dairy,cow|家禽 poultry
禽业 poultry|蛋业 egg|蜂业 bee|海产 seafood|远洋 ocean|捕捞 fishing|渔具 fishing,tackle|淀粉 starch|豆制品 soy,bean
酵母 yeast|罐头 canned|乳品 dairy|牛奶 milk|奶业 dairy,milk|饼干 biscuit|面包 bread|坚果 nut|零食 snack
饮品 beverage,drink|矿泉水 mineral,water|饮用水 drinking,water|咖啡 coffee|卷烟 cigarette|毛巾 towel|袜业 sock,hosiery
内衣 underwear,lingerie|羽绒 down|无纺布 nonwoven|非织造 nonwoven|线业 thread|拉链 zipper|纽扣 button
鞋材 shoe,material|运动 sport,sports|户外 outdoor|橱柜 cabinet|床垫 mattress|沙发 sofa|纸品 paper|特种纸 special,paper
彩印 color,printing|标签 label|工艺品 craft,art|工艺 craft,art|艺术 art|炼化 refining,chemical|炼油 refining
润滑油 lubricant|沥青 asphalt,bitumen|焦炭 coke|煤气 gas|甲醇 methanol|尿素 urea|磷化 phosphorus,chemical|钾肥 potash
复合肥 compound,fertilizer|纯碱 soda|钛白 titanium,dioxide|有机硅 silicone,organosilicon
氟化工 fluorine,fluorochemical|聚氨酯 polyurethane|聚酯 polyester|管材 pipe,tube|型材 profile|发泡 foam|改性 modified
日用 daily|洗涤 detergent,washing|牙膏 toothpaste|中医 chinese,medicine|中医药 chinese,medicine|医用 medical
手术 surgical|骨科 orthopedic|心血管 cardiovascular|肿瘤 oncology,tumor|细胞 cell|抗体 antibody|蛋白 protein
酶制剂 enzyme|护理 care,nursing|药材 medicinal,herb|药用 pharmaceutical,medicinal|石膏 gypsum|碳化硅 silicon,carbide
磨料 abrasive|磨具 abrasive|金刚石 diamond|超硬 superhard|铝型材 aluminium,aluminum,profile
铝箔 aluminium,aluminum,foil|铜材 copper|硬质合金 carbide,cemented|钢丝 wire,steel|钢丝绳 wire,rope|铸铁 cast,iron
锻压 forging|五金 hardware,metal|锁业 lock|炊具 cookware|餐具 tableware|容器 container,vessel|集装箱 container
搪瓷 enamel|发动机 engine|内燃机 engine,combustion|柴油机 diesel,engine|汽轮机 turbine|涡轮 turbine,turbo|风力 wind
工业炉 furnace,industrial|炉业 furnace,stove|换热 heat,exchange|换热器 heat,exchanger|冷却 cooling|气动 pneumatic
减速机 reducer,gear|变速器 transmission|链条 chain|输送 conveyor,conveying|矿机 mining,machinery|钻探 drilling
钻井 drilling|油田 oilfield|泵阀 pump,valve|流体 fluid|过滤 filter,filtration|分离 separation|离心机 centrifuge
干燥 drying|注塑 injection|压铸 die,casting|冲压 stamping|机器 machine|缝纫机 sewing,machine|缝制 sewing
拖拉机 tractor|自动 automatic|智控 intelligent,control|工控 industrial,control|伺服 servo|轿车 car
商用车 commercial,vehicle|专用车 special,vehicle|专用汽车 special,vehicle|车身 body|车桥 axle|车灯 lamp,light
座椅 seat|内饰 interior|转向 steering|活塞 piston|曲轴 crankshaft|离合器 clutch|滤清器 filter|蓄电池 battery,storage
船业 ship|造船 shipbuilding|游艇 yacht|海工 offshore|无人机 drone,unmanned,uav|电磁 electromagnetic|输电 transmission
配电 distribution|输配电 transmission,distribution|高压 high,voltage|低压 low,voltage|绝缘 insulation,insulating
电热 heating|逆变器 inverter|发电机 generator|电动机 motor|电表 meter|燃料电池 fuel,cell|印制电路 printed,circuit
晶体 crystal|晶圆 wafer|封装 packaging|存储 storage,memory|镜头 lens|摄像 camera|相机 camera
监控 monitoring,surveillance|电讯 telecommunication|手机 phone,mobile|分析 analysis,analytical|检验 inspection,testing
条码 barcode|服务器 server|自来水 water|安装 installation|装修 decoration|土木 civil|疏浚 dredging|景观 landscape
绿化 greening,landscape|监理 supervision|规划 planning|测量 survey,measurement|批发 wholesale|商店 shop,store
购物 shopping|便利店 convenience|快运 express|邮政 post,postal|停车 parking|宾馆 hotel|饭店 hotel,restaurant
旅行社 travel,agency|度假 holiday,resort|支付 payment|信用 credit|区块链 blockchain|财务 finance|再保险 reinsurance
人寿 life|财险 property,insurance|寿险 life,insurance|会计 accounting|法律 law,legal|知识产权 intellectual,property
人才 talent|环卫 sanitation|清洗 cleaning|维修 maintenance,repair|修复 remediation|影院 cinema|院线 cinema|音乐 music
健身 fitness|彩票 lottery|公园 park|总厂 factory,plant|国家 national,state|民用 civil|军工 military|国防 defense
消费品 consumer|消费 consumer|生活 life,living|家庭 family,household|儿童 children,child,kid|母婴 maternal,baby,mother
宠物 pet|智造 intelligent,manufacturing|低碳 low,carbon
"""

_BRANDS: Final = """
东方 orient,oriental,east,eastern|南方 south,southern|北方 north,northern|西部 west,western|东部 east,eastern
远东 far east|阳光 sun,sunshine,sunny|太阳 sun|明月 moon|双星 double star|红星 red star|金星 golden star,venus
长城 great wall|长江 yangtze|黄河 yellow river|大洋 ocean|蓝天 blue sky|白云 white cloud|世纪 century
新世纪 new century|时代 times,era|未来 future|希望 hope|新希望 new hope|幸福 happiness|和平 peace|友谊 friendship
胜利 victory|光明 bright|金龙 golden dragon|凤凰 phoenix|天鹅 swan|金鹰 golden eagle|雄鹰 eagle|熊猫 panda
孔雀 peacock|钻石 diamond|珍珠 pearl|明珠 pearl|水晶 crystal|皇冠 crown|皇家 royal|红旗 red flag|葵花 sunflower
向日葵 sunflower|莲花 lotus|牡丹 peony|太平洋 pacific|大西洋 atlantic|亚太 asia pacific|环球 global,universal,world
五洲 five continents|智慧 smart,wisdom|飞翔 flying|宇宙 universe|银河 galaxy|先锋 pioneer|领航 pilot,navigator
王子 prince|公主 princess|天使 angel|巨人 giant|彩虹 rainbow|春天 spring|生命 life|绿色 green|蓝色 blue|金色 golden
银色 silver|红色 red|火炬 torch|灯塔 lighthouse|罗盘 compass|桥 bridge|金桥 golden bridge
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
BRAND_ENGLISH: Final = {
    word: tuple(tuple(canonical_word(part) for part in reading.split()) for reading in readings.split(","))
    for word, _, readings in (entry.partition(" ") for entry in "|".join(_BRANDS.split("\n")).strip("|").split("|"))
}
"""What everyday words mean that are brands just as well: they keep the weight of a brand."""
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
        start, word = found.start(), found.group()
        if start == 1 and word[1:] in TRADE_WORDS and has_ideographs(text[0]) and text[0] not in TRADE_WORDS:
            start, word = 2, word[1:]  # no brand has one character: 天微|电子, not 天|微电子
        if start > position:
            segments.append(_brand(text[position:start]))
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
