"""Words of business names: abbreviations, everyday words that tell little, numerals, and a Chinese–English glossary.

General vocabulary only. The weights say how much a word tells about who a company is, on a scale from 0 (nothing) to
1 (a brand); a rarity table counted from real customers replaces them where the caller has one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from concord.partners.matching.places import LATIN_PLACES
from concord.partners.matching.text import vocabulary

STOP_WORDS: Final = frozenset(
    vocabulary("""
    the and of la le les el los las der die das und et y e i o de des du da do dos di del della dell van von den
    het l d al dite
    """)
)
_PARTICLES: Final = frozenset(
    vocabulary("""
    for in at on to by a an with pour por para fur auf am im zu
    """)
)

SHARE_MARKS: Final = frozenset(
    vocabulary("""
    adr ads gdr adrs nvdr regs shs ord cdi cva pref prefs preferred stamm vorzug inh nam namen inhaber reg
    registered class cl ser share shares common ordinary npv nom nominative
    """)
)
"""Kinds of shares; they reach customer lists through market data and say nothing about the company."""


def _table(text: str) -> dict[str, str]:
    """`short:long` pairs, separated by blanks."""
    return dict(pair.split(":", 1) for pair in text.split())


_ABBREVIATIONS: Final = _table(
    """
    intl:international intern:international natl:national mfg:manufacturing manuf:manufacturing tech:technology
    techn:technology technol:technology inds:industry industrial:industry hldg:holding hldgs:holding hld:holding
    hlds:holding grp:group gr:group gp:group grupo:group groupe:group gruppe:group gruppo:group svc:service
    svcs:service serv:service servs:service sys:system syst:system sol:solution mng:mining chem:chemical
    chems:chemical pharm:pharmaceutical pharma:pharmaceutical pharmac:pharmaceutical pharmaceut:pharmaceutical
    therap:therapeutic elec:electric elect:electric electr:electric engg:engineering engr:engineering bk:bank
    banc:bank finl:financial financ:financial insur:insurance mgmt:management mgt:management devs:development
    devel:development invt:investment invts:investment prods:product prdts:product labs:laboratory
    univ:university assoc:associated bros:brother ctr:center ctrs:center dept:department govt:government
    mkt:market mkts:market mktg:marketing comms:communication commun:communication telecom:telecommunication
    pete:petroleum petr:petroleum props:property ppty:property ppties:property rlty:realty trd:trading
    trdg:trading equip:equipment eqpt:equipment constr:construction mach:machine machs:machine mchn:machine
    mchy:machinery biotech:biotechnology entmt:entertainment entpr:enterprise entrpr:enterprise hosp:hospital
    hlth:health hlthcr:healthcare infra:infrastructure logist:logistic matls:material mtr:motor mtrs:motor
    ntwk:network netw:network ntwks:network pwr:power ptnrs:partner ptrs:partner semicon:semiconductor
    semicond:semiconductor sft:software softw:software srvcs:service tele:telecommunication transp:transport
    tpt:transport util:utility utils:utility wtr:water amer:america americas:america american:america
    austr:australia aust:australia brit:british germ:german dt:deutsche dtsche:deutsche rlwy:railway rwy:railway
    ry:railway rly:railway rr:railroad airl:airline airls:airline bev:beverage bevs:beverage cptr:computer
    conslt:consulting consult:consulting corpn:corporation distr:distribution distrib:distribution div:division
    educ:education environ:environmental envir:environmental expl:exploration explor:exploration fds:foods
    htls:hotel immob:immobilien beteil:beteiligung bet:beteiligung beteilig:beteiligung vers:versicherung
    instr:instrument instrs:instrument intellig:intelligent optoelec:optoelectronics plast:plastic
    refrig:refrigeration sci:science scis:science stl:steel textl:textile tob:tobacco bco:banco bca:banca
    bque:banque whsle:wholesale ww:worldwide comercio:trade importacao:import exportacao:export
    industria:industry industrias:industry industrie:industry industries:industry industriale:industry
    sanayi:industry ticaret:trade tic:trade
    """
)

_TRANSLATIONS: Final = {
    canonical: english
    for english, words in (
        line.split(":")
        for line in """
international:internationale internationaal internacional internazionale internationaler internationales uluslararasi
national:nationale nacional nazionale nationaal
general:generale allgemeine algemene genel
european:europese europeenne europea europaische europaeische
netherland:holland nederland niederlande
germany:deutschland allemagne alemania germania
deutsche:german
austria:osterreich oesterreich
switzerland:schweiz suisse svizzera suiza
france:francia frankreich
italy:italia italie italien
spain:espana
belgium:belgique belgie
poland:polska polen pologne polonia
sweden:sverige
norway:norge
denmark:danmark
finland:suomi
greece:hellas
turkey:turkiye
brazil:brasil
bank:banco banca banque bankasi banka
insurance:versicherung seguro assurance assurances assicurazione assicurazioni sigorta
energy:energia energie enerji
chemical:chemie chimie quimica chimica kimya khimiya himija
pharmaceutical:farmaceutica farmaceutico pharmazeutische pharmaceutique farmacia
electronic:elektronik elektronika electronica elettronica electronique
electric:elektrik elektrische electrica elettrica electrique
technology:technologie technik tecnologia teknoloji teknologi technologiya
logistic:logistik logistica logistique lojistik
transport:transporte trasporti transporti
food:alimentos alimentari aliments lebensmittel gida
service:servicio servizi servizio servicos dienst dienste hizmetleri
system:systeme sistema sistemi sistemas sistemleri
engineering:ingenieria ingegneria ingenierie engenharia muhendislik
construction:construcciones costruzioni construcoes insaat
machine:maschine maschinen macchine maquina makina
steel:stahl acier acero acciaio celik staal
paper:papier papel carta kagit
plastic:kunststoff plastique plastico plastica plastik kunststoffe
import:importacion importacao importazione ithalat
export:exportacion exportacao esportazione ihracat
trade:handel commerce commerciale handels
""".strip().splitlines()
    )
    for canonical in words.split()
}
"""Words of everyday business language and countries in other languages than English. Names that differ in the language
alone are not equal, since either may be a company of its own in its country."""

_STRUCTURAL: Final = frozenset(
    vocabulary("""
    group holding company corporation enterprise international global worldwide world general national united
    first new associated partner limited corp inc co ltd brother son sons parent newco operating societe
    sociedad sociedade societa gesellschaft compania ste firma comp
    """)
)
_INDUSTRY: Final = frozenset(
    vocabulary("""
    technology industry manufacturing service system solution resource mining chemical pharmaceutical
    therapeutic electric electronic electrical engineering bank financial finance insurance management
    development investment investor product laboratory university center institute market marketing
    communication telecommunication petroleum property realty real estate trading trade export import equipment
    construction machine machinery automotive automobile biotechnology entertainment hospital health healthcare
    infrastructure logistic material metal mineral motor network organization power semiconductor shipping
    software standard telephone transport transportation travel utility water railway railroad airline beverage
    capital computer computing consulting distribution division education environmental environment exploration
    food foods hotel immobilien beteiligung versicherung information instrument intelligent media medical
    optoelectronics paper plastic refrigeration science security securities specialty steel strategic textile
    tobacco wholesale energy oil gas gold silver copper lithium uranium fund trust acquisition bancorp
    bancshares bioscience biosciences biopharma biotherapeutics oncology genetic genomics life digital data
    cloud mobile online web internet com net design studio studios store stores retail fashion home homes house
    building builder builders land farm agriculture agricultural agro seed feed marine offshore ocean sea air
    aviation aerospace defense space solar wind green clean renewable waste recycling rubber tire tyre tires
    glass cement concrete brick stone wood timber furniture packaging printing press publishing news
    broadcasting television radio film picture pictures music game games gaming casino resort resorts restaurant
    coffee tea wine brewery spirits dairy meat fish seafood sugar salt cotton wool leather shoe shoes clothing
    apparel garment garments jewelry watch cosmetic beauty care clinic clinical diagnostic diagnostics device
    devices imaging vision optical photo lighting light battery cable wire tool tools valve pump pumps bearing
    gear precision control controls automation robot robotics interactive innovation innovative advanced applied
    research ventures venture equity asset assets credit loan loans mortgage leasing lease payment payments
    exchange advisory advisor advisors consultant consultants professional staffing human personnel legal tax
    audit events event advertising public government city community federal state county society association
    foundation club union cooperative commercial polymer polymers petrochemical fertilizer paint paints coating
    coatings adhesive resin fiber fibre carpet carpets fabric yarn plastics mold component components part parts
    supply supplies materials composite project projects facility facilities maintenance repair protection
    safety fire platform platforms brand brands lab sport sports fitness pet pets toy toys baby child children
    school college academy learning training minerals metals royalty royalties streaming enterprises income
    growth opportunity opportunities value dividend municipal bond high yield banco banca banque bankasi banka
    assicurazione assurance assurances seguro seguros sigorta versicherungs energia energie enerji energetica
    elettrica electrica electrique elektrik elektro elektronik elektronika chimica quimica chimie chemie kimya
    farmaceutica farma ilac alimentos alimentari aliments gida lebensmittel transportes transports trasporti
    logistica logistik nakliyat lojistik costruzioni construcciones construcoes insaat bau bauunternehmen
    maschinenbau makina makine macchine maquinas technik teknik tecnica tecnologia tecnologias technologie
    technologien teknoloji informatica informatik bilisim sistemas sistemi systeme sistem servicios servicos
    servizi dienstleistungen hizmetleri comercial comercio commerciale commerce handel handels
    handelsgesellschaft ticaret dis pazarlama industria industriale industriel industriels industrielle sanayi
    sanayii uretim produccion produzione production productos prodotti produits produkte urunleri immobiliare
    immobiliere inmobiliaria finanz finanziaria financiera financiere yatirim inversiones investimenti
    participacoes participations partecipazioni beteiligungs verwaltungs verwaltung tekstil tessile textil
    plastik plasticos plastiques kunststoff kunststofftechnik metalurgica metall metalli metaux celik demir
    stahl acciai aceros otomotiv automobili automobiles autohaus automocion agricola tarim papel carta papier
    ambalaj imballaggi envases embalagens verpackung verpackungen kimyasal boya vernici pinturas lacke yapi
    malzemeleri tourism turizm turismo kaisha kogyo sangyo shoji denki seisakusho kagaku kensetsu seiyaku
    shokuhin tetsudo kabushiki zavod kombinat royal koninklijke kungliga deutsche companhia compania empresa
    empresas corporacion organizacion werke werk
    """)
)

_NUMBER_WORDS: Final = _table(
    """
    one:1 two:2 three:3 four:4 five:5 six:6 seven:7 eight:8 nine:9 ten:10 1st:first 2nd:second 3rd:third
    4th:fourth 5th:fifth 6th:sixth 7th:seventh 8th:eighth 9th:ninth 10th:tenth ii:2 iii:3 iv:4 vi:6 vii:7 viii:8
    ix:9 xi:11 xii:12 xiii:13 xiv:14 xv:15 xvi:16 xvii:17 xviii:18 xix:19 xx:20
    """
)
_ROMAN_LATE: Final = {"i": "1", "v": "5", "x": "10"}
"""Single letters count as numerals at the end of a name alone (`Fund V`)."""

_ENDINGS: Final = (
    (re.compile(r"(?<=\w{3})isation(s?)$"), r"ization\1"),
    (re.compile(r"(?<=\w{3})ies$"), "y"),
    (re.compile(r"(?<=\w{2})(ss|x|ch|sh)es$"), r"\1"),
    (re.compile(r"(?<=\w{3})(?<![siu])s$"), ""),
    (re.compile(r"(?<=\w{3})our$"), "or"),
    (re.compile(r"(?<=\w{3})tre$"), "ter"),
)

NUMBER_RE: Final = re.compile(r"^\d+[a-z]?$")


@lru_cache(maxsize=65_536)
def canonical_word(word: str) -> str:
    """The word in its long, singular form: `intl` → `international`, `technologies` → `technology`."""
    word = _NUMBER_WORDS.get(word, word)
    word = _ABBREVIATIONS.get(word, word)
    for pattern, replacement in _ENDINGS:
        word = pattern.sub(replacement, word)
    return _ABBREVIATIONS.get(word, word)


def canonical_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """`canonical_word` for each word, with a single trailing letter read as a Roman numeral where it can be one."""
    canonical = tuple(canonical_word(word) for word in words)
    if len(words) > 1 and words[-1] in _ROMAN_LATE:
        canonical = (*canonical[:-1], _ROMAN_LATE[words[-1]])
    return canonical


_MEANINGS: Final = {canonical_word(word): canonical_word(english) for word, english in _TRANSLATIONS.items()}


def meaning(word: str) -> str:
    """The English of a canonical word of business language: `chemie` → `chemical`; any other word as it is."""
    return _MEANINGS.get(word, word)


_KNOWN_WEIGHTS: Final[dict[str, float]] = (
    dict.fromkeys((canonical_word(word) for word in LATIN_PLACES), 0.45)
    | dict.fromkeys((canonical_word(word) for word in _INDUSTRY), 0.4)
    | dict.fromkeys((canonical_word(word) for word in _STRUCTURAL), 0.2)
    | dict.fromkeys(_PARTICLES, 0.15)
    | dict.fromkeys(STOP_WORDS, 0.05)
    | dict.fromkeys(SHARE_MARKS, 0.05)
)
_WEIGHTS: Final[dict[str, float]] = {
    word: _KNOWN_WEIGHTS[english] for word, english in _MEANINGS.items() if english in _KNOWN_WEIGHTS
} | _KNOWN_WEIGHTS


@lru_cache(maxsize=65_536)
def default_weight(word: str) -> float:
    """How much a canonical word tells about who a company is, from 0.05 (an article) to 1 (a brand)."""
    known = _WEIGHTS.get(word)
    if known is not None:
        return known
    if NUMBER_RE.match(word):
        return 0.6
    return 0.6 if len(word) == 1 else 1.0


def is_common(word: str) -> bool:
    """True for structural, industry and place words and for articles: not enough to recognise a company by."""
    return word in _WEIGHTS
