"""Legal forms of companies in the main languages, as they are written in names.

Each form has a code (what two spellings have in common) and a class. Codes are compared when both names carry one: a
different *class* (a private company against a public one, a partnership against a foundation) is weak evidence of two
legal entities, a different spelling of the same form is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from concord.partners.matching.words import SHARE_MARKS

FormClass = Literal["private", "public", "generic", "partnership", "cooperative", "state", "non_profit", "branch"]


@dataclass(frozen=True, slots=True)
class LegalForm:
    """A legal form: its code and class, and its spellings (folded, blank-separated, without dots)."""

    code: str
    form_class: FormClass
    spellings: tuple[str, ...]


def _form(code: str, form_class: FormClass, spellings: str) -> LegalForm:
    return LegalForm(code, form_class, tuple(part.strip() for part in spellings.split("|")))


LATIN_FORMS: Final = (
    # English-speaking countries, India, south-east Asia. "Limited" says private or public by country: generic.
    _form(
        "ltd", "generic", "ltd|limited|ltda co|co ltd|co limited|company ltd|company limited|coltd|co ltd company|lt d"
    ),
    _form("pvt", "private", "pvt ltd|private limited|pvt limited|private ltd|p ltd|pvt|private|pvt co ltd|opc pvt ltd"),
    _form("pte", "private", "pte ltd|pte limited|pte|pty ltd|pty limited|pty|proprietary limited|proprietary"),
    _form("bhd", "public", "bhd|berhad|tbk"),
    _form("sdnbhd", "private", "sdn bhd|sendirian berhad|sdn|sdn berhad"),
    _form(
        "plc",
        "public",
        "plc|public limited company|public limited|public ltd|pub ltd co|public company limited|"
        "public co ltd|public company ltd|pcl|public company|pub co ltd|cyf ccc",
    ),
    _form(
        "llc",
        "private",
        "llc|limited liability company|limited liability co|l l c|ltd liability co|pllc|"
        "wll|fzc|fze|fzco|fz llc|dmcc|with limited liability",
    ),
    _form("inc", "generic", "inc|incorporated|incorporation|incorp"),
    _form("corp", "generic", "corp|corporation|corpn|corporation ltd|corporation limited|corp ltd|co inc|corpn ltd"),
    _form(
        "co", "generic", "co|company|compagnie|companies|cos|cie|and co|and company|and cie|and companie|and sons co"
    ),
    _form("lp", "partnership", "lp|limited partnership|llp|limited liability partnership|lllp|slp|scsp"),
    _form("na", "state", "national association|natl association|n a|na"),
    _form("trust", "non_profit", "stichting|foundation inc|stiftung|fundacion|fondation|fondazione|association"),
    # German-speaking countries
    _form(
        "gmbh",
        "private",
        "gmbh|gesellschaft mit beschrankter haftung|gesellschaft mit beschraenkter haftung|"
        "gesellschaft m b h|ges m b h|gesmbh|gmb h|mbh|ggmbh|gesellschaft mbh|ug haftungsbeschrankt|ug",
    ),
    _form("ag", "public", "ag|aktiengesellschaft|akg|aktienges"),
    _form(
        "kg",
        "partnership",
        "kg|kommanditgesellschaft|gmbh and co kg|gmbh and co|gmbh u co kg|gmbh and cokg|"
        "gmbh co kg|gmbh kg|ag and co kg|ag and co|and co kg|co kg|ohg|gbr|se and co kg|gmbh and co ohg|ag co kg",
    ),
    _form(
        "kgaa",
        "public",
        "kgaa|ag and co kgaa|se and co kgaa|gmbh and co kgaa|kommanditgesellschaft auf aktien|and co kgaa|co kgaa",
    ),
    _form("ev", "non_profit", "ev|eingetragener verein|eingetragene genossenschaft|e g|eg"),
    _form("ek", "private", "e k|ek|eingetragener kaufmann|e kfr"),
    _form("se", "public", "se|societas europaea|european company"),
    # French
    _form(
        "sa",
        "public",
        "sa|societe anonyme|sociedad anonima|sociedade anonima|s a|scpa|sa nv|nv sa|ste anonyme|"
        "sociedad anonima abierta|s a a|saa|saog|saoc|sae|sal|sab|sgps sa|sgps",
    ),
    _form("sas", "private", "sas|sasu|societe par actions simplifiee|sociedad por acciones simplificada"),
    _form("sarl", "private", "sarl|eurl|societe a responsabilite limitee|sarlau|s a r l|sarl au|sagl"),
    _form("sca", "public", "sca|societe en commandite par actions|scs|snc|sci|gie|societe civile"),
    # Spanish, Portuguese
    _form(
        "sl",
        "private",
        "sl|slu|sociedad limitada|sociedad de responsabilidad limitada|s de rl de cv|s de rl|"
        "srl de cv|sociedad limitada unipersonal|s de r l de c v|srlcv|limitada|ltda|lda|limitada me|ltda me|eireli|"
        "sociedade limitada|ltda epp|unipessoal lda|cia ltda|compania limitada|spa chile|eirl",
    ),
    _form(
        "sadecv",
        "public",
        "sa de cv|s a de c v|sab de cv|sapi de cv|s a b de c v|sa cv|sociedad anonima de "
        "capital variable|cv|de cv|sa de c v|sapib de cv|sofom|sofol",
    ),
    # Italian
    _form("spa", "public", "spa|societa per azioni|s p a"),
    _form(
        "srl",
        "private",
        "srl|srls|societa a responsabilita limitata|s r l|srl unipersonale|societa semplice|"
        "societatea cu raspundere limitata|societate cu raspundere limitata|sociedad de resp limitada|srl cv",
    ),
    # Dutch, Belgian
    _form("bv", "private", "bv|besloten vennootschap|b v|bvba|sprl|bvio|vof"),
    _form("nv", "public", "nv|naamloze vennootschap|naamlooze vennootschap|n v|nv cva|comm va|vzw|asbl"),
    # Nordic, Baltic
    _form("ab", "public", "ab|ab publ|aktiebolag|aktiebolaget|publ|hb|kb|handelsbolag"),
    _form("as", "public", "as|a s|asa|aksjeselskap|allmennaksjeselskap|aktieselskab|aktieselskabet|ans"),
    _form("aps", "private", "aps|anpartsselskab|ivs|k s|ks|i s"),
    _form("oy", "private", "oy|osakeyhtio|oy ab|ky"),
    _form("oyj", "public", "oyj|julkinen osakeyhtio|abp|oyj abp"),
    _form("hf", "public", "hf|ehf|hlutafelag"),
    _form("ou", "private", "ou|osauhing|aktsiaselts"),
    _form("uab", "private", "uab|sia|ab lt|uzdaroji akcine bendrove"),
    # Central and eastern Europe, Turkey, Greece
    _form(
        "spzoo",
        "private",
        "sp z oo|sp z o o|spzoo|spolka z ograniczona odpowiedzialnoscia|spolka z oo|sp zoo|z oo|"
        "sp k|sp j|sp z oo sp k|spolka komandytowa|spolka",
    ),
    _form("spka", "public", "spolka akcyjna|s p k a"),
    _form("sro", "private", "sro|s r o|spol s ro|spol sro|spolecnost s rucenim omezenym|v o s"),
    _form("as_cz", "public", "akciova spolecnost|akciova spolocnost|a s cz"),
    _form("kft", "private", "kft|korlatolt felelossegu tarsasag|bt|kkt"),
    _form("nyrt", "public", "nyrt|zrt|rt|nyilvanosan mukodo reszvenytarsasag|zartkoruen mukodo reszvenytarsasag"),
    _form("doo", "private", "doo|d o o|drustvo s ogranicenom odgovornoscu|eood|ood|jdoo|dooel"),
    _form("dd", "public", "dd|d d|ad|ead|akcionarsko drustvo"),
    _form(
        "anonim",
        "public",
        "anonim sirketi|as turk|ao turk|a o turk|anonim ortakligi|anonim sti|sanayi ve ticaret as|"
        "san ve tic as|sanayi ve ticaret anonim sirketi|tas|t a s",
    ),
    _form(
        "limited_tr",
        "private",
        "limited sirketi|ltd sti|sti|ltd sirketi|san ve tic ltd sti|"
        "sanayi ve ticaret limited sirketi|sanayi ve ticaret ltd sti",
    ),
    _form("ae", "public", "ae|anonymi etaireia|anonimi eteria|a e|epe|ike"),
    # Russian and Ukrainian, in Latin letters (Cyrillic names are romanised before they are looked up)
    _form(
        "ooo",
        "private",
        "ooo|obshchestvo s ogranichennoy otvetstvennostyu|obschestvo s ogranichennoi "
        "otvetstvennostyu|tov|tovaristvo z obmezhenoyu vidpovidal'nistyu|too|tdv",
    ),
    _form(
        "ao",
        "public",
        "ao|oao|pao|zao|nao|aktsionernoe obshchestvo|publichnoe aktsionernoe obshchestvo|"
        "otkrytoe aktsionernoe obshchestvo|zakrytoe aktsionernoe obshchestvo|prat|pat|pjsc|ojsc|cjsc|jsc|qjsc|"
        "joint stock company|joint stock co ltd|open joint stock company|public joint stock company|"
        "closed joint stock company|"
        "private joint stock company|joint stock co|joint-stock company|ksc|kscp|qpsc|qsc|psc|bsc|jsb|pjs|"
        "saudi joint stock company|sjsc",
    ),
    _form("ip", "private", "ip|individual'nyy predprinimatel'|chp|fop"),
    _form("fgup", "state", "fgup|gup|mup|federal'noe gosudarstvennoe unitarnoe predpriyatie"),
    # Asia in Latin letters, Israel, Indonesia
    _form(
        "kk",
        "generic",
        "kk|k k|kabushiki kaisha|kabushiki gaisha|kabushikikaisha|godo kaisha|yugen kaisha|gk|"
        "co ltd japan|jusik hoesa|chusik hoesa",
    ),
    _form("pt", "private", "pt|perseroan terbatas|persero|p t|ud indonesia"),
    _form("tnhh", "private", "tnhh|cong ty tnhh|cong ty trach nhiem huu han|cong ty co phan|ctcp|jsc vn|ct tnhh"),
    _form("bm", "private", "b m|bm|baam|bea'm"),
)

IDEOGRAPH_FORMS: Final = (
    _form("cn_joint_stock", "public", "股份有限公司|股份公司|股份有限责任公司|股份两合公司"),
    _form("cn_limited", "generic", "有限公司|有限责任公司|责任有限公司|有限责任"),
    _form("cn_company", "generic", "总公司|公司|集团公司"),
    _form("cn_branch", "branch", "分公司|分行|支行|办事处|代表处|营业部|分店|分厂"),
    _form("cn_partnership", "partnership", "有限合伙|普通合伙|特殊普通合伙|合伙企业|有限合伙企业"),
    _form("cn_sole", "private", "个人独资企业|个体工商户|个人独资|工作室"),
    _form("jp_kk", "generic", "株式会社|(株)|股份会社|株式会社人"),
    _form("jp_gk", "private", "合同会社|有限会社|合资会社|合名会社|(有)|(同)"),
    _form(
        "jp_np",
        "non_profit",
        "一般社团法人|公益社团法人|一般财团法人|公益财团法人|独立行政法人|医疗法人|学校法人|宗教法人",
    ),
)

HANGUL_FORMS: Final = (_form("kr_jh", "generic", "주식회사|(주)|유한회사|(유)|유한책임회사"),)

LEADING_CODES: Final = frozenset(
    {"pt", "ooo", "ao", "fgup", "ab", "oy", "nv", "bv", "srl", "llc", "tnhh", "trust", "uab"}
)
"""Forms that are written before the name (`PT Bank …`, `ООО …`, `AB …`) in everyday use."""


def _index(forms: tuple[LegalForm, ...]) -> dict[tuple[str, ...], LegalForm]:
    return {tuple(spelling.split()): form for form in forms for spelling in form.spellings}


SHARE_CLASSES: Final = frozenset("abc")

LATIN_INDEX: Final = _index(LATIN_FORMS)
LONGEST_LATIN: Final = max(len(words) for words in LATIN_INDEX)
FORM_CLASS: Final[dict[str, FormClass]] = {
    form.code: form.form_class for form in (*LATIN_FORMS, *IDEOGRAPH_FORMS, *HANGUL_FORMS)
}
IDEOGRAPH_ENDINGS: Final = tuple(
    sorted(
        ((spelling, form) for form in IDEOGRAPH_FORMS for spelling in form.spellings),
        key=lambda pair: -len(pair[0]),
    )
)
HANGUL_ENDINGS: Final = tuple((spelling, form) for form in HANGUL_FORMS for spelling in form.spellings)


def strip_latin_forms(tokens: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """The tokens without their legal forms, and the code of the outermost form ('' when there is none).

    Forms are taken from the end, longest first, again and again (`Public Co. Ltd.`); then from the start where that
    form is written there. Marks of a kind of share behind the form go too (`S.A. INH. B`). The last token is never
    taken: a company may be called `Company`.
    """
    code = ""
    changed = True
    while changed and len(tokens) > 1:
        changed = False
        if tokens[-1] in SHARE_MARKS or (
            tokens[-1] in SHARE_CLASSES and (tokens[-2:-1] in LATIN_INDEX or tokens[-2] in SHARE_MARKS)
        ):
            tokens = tokens[:-1]
            changed = True
            continue
        for length in range(min(LONGEST_LATIN, len(tokens) - 1), 0, -1):
            form = LATIN_INDEX.get(tokens[-length:])
            if form is not None:
                tokens = tokens[:-length]
                if not code or FORM_CLASS[code] == "generic":
                    code = form.code
                changed = True
                break
    for length in range(min(LONGEST_LATIN, len(tokens) - 1), 0, -1):
        form = LATIN_INDEX.get(tokens[:length])
        if (
            form is not None
            and (form.code in LEADING_CODES or (form.code == "kk" and length > 1))
            and (not code or form.code in {"pt", "ooo", "ao"})
        ):
            return tokens[length:], form.code
    return tokens, code


def forms_conflict(left: str, right: str) -> bool:
    """True when both names state a legal form and the two belong to classes that exclude each other."""
    if not left or not right or left == right:
        return False
    first, second = FORM_CLASS[left], FORM_CLASS[right]
    return first != second and "generic" not in (first, second)
