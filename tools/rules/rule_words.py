"""The vocabulary of make_permission.py: which words of the statutes stand for which of our codes."""

import re

# Institutions: every name a cell of the tables may hold, and the codes it stands for.
INSTITUTIONS = {
    "国民健康保険組合": "association",
    "市町村長": "municipality",
    "都道府県知事": "prefecture",
    "都道府県知事等": "welfare-authority",
    "医療保険者": "medical-insurer",
    "後期高齢者医療広域連合": "elderly-medical-union",
    "高齢者の医療の確保に関する法律第四十八条に規定する後期高齢者医療広域連合": "elderly-medical-union",
    "全国健康保険協会": "kyokai-kenpo",
    "健康保険組合": "health-insurance-society",
    "日本私立学校振興・共済事業団": "private-school-mutual",
    "国家公務員共済組合": "national-mutual",
    "地方公務員共済組合": "local-mutual",
    "共済組合等": "mutual-body",
    "厚生労働大臣": "minister-health",
    "法務大臣": "minister-justice",
    "内閣総理大臣": "prime-minister",
    "出入国在留管理庁長官": "immigration-agency",
    "日本年金機構": "pension-service",
    "社会福祉協議会": "social-welfare-council",
    "独立行政法人日本学生支援機構": "student-services",
    "国民健康保険法第五十六条第一項に規定する他の法令による給付の支給を行うこととされている者": "other-benefit-payer",
    "医療保険者その他の法令による医療に関する給付の支給を行うこととされている者": ("medical-insurer", "other-medical-payer"),
}

# Information: the names defined in the tables.
_MEDICAL = "に関する給付の支給に関する情報"
TABLE_INFORMATION = {
    "医療保険給付関係情報": "medical-benefits",
    "医療保険各法又は高齢者の医療の確保に関する法律による医療に関する給付の支給又は保険料の徴収に関する情報": "medical-benefits",
    "医療保険各法又は高齢者の医療の確保に関する法律による医療" + _MEDICAL: "medical-benefits",
    "医療保険各法その他の法令による医療" + _MEDICAL: "medical-benefits",
    "医療保険各法による医療" + _MEDICAL: "medical-benefits",
    "国民健康保険法第五十六条第一項に規定する他の法令による給付の支給に関する情報": "other-law-benefits",
    "地方税関係情報": "local-tax",
    "住民票関係情報": "resident-record",
    "介護保険給付等関係情報": "long-term-care-benefits",
    "生活保護関係情報": "public-assistance",
    "中国残留邦人等支援給付等関係情報": "china-returnee-support",
    "中国残留邦人等支援給付関係情報": "china-returnee-support",
    "外国人生活保護関係情報": "foreigner-assistance",
    "公的給付支給等口座登録簿関係情報": "public-account",
    "戸籍関係情報": "family-register",
    "出入国関係情報": "entry-departure",
    "在留カード関係情報": "residence-card",
    "特別永住者証明書関係情報": "special-resident-certificate",
    "失業等給付関係情報": "unemployment-benefits",
    "年金給付関係情報": "pension-benefits",
}

# Information as an item of an order describes it: first pattern that is found, code, our own detail.
ITEM_INFORMATION = [
    ("特定理由離職者", "unemployment-benefits", "特定理由離職者・特定受給資格者"),
    ("被扶養者の異動", "insured-status", "健康保険の被扶養者の異動"),
    ("資格(者等)?(（[^（）]*）)?に関する情報|加入者（.*）の資格に関する情報", "insured-status", "資格"),
    ("公的給付支給等口座登録簿", "public-account", ""),
    ("戸籍関係情報", "family-register", ""),
    ("外国人生活保護実施関係情報", "foreigner-assistance", "実施"),
    ("中国残留邦人等支援給付実施関係情報", "china-returnee-support", "実施"),
    ("生活保護実施関係情報", "public-assistance", "実施"),
    ("住民票関係情報", "resident-record", ""),
    ("市町村民税", "local-tax", "市町村民税"),
    ("出入国関係情報", "entry-departure", ""),
    ("在留カード関係情報", "residence-card", ""),
    ("特別永住者証明書関係情報", "special-resident-certificate", ""),
    ("傷病手当金の支給", "sickness-allowance", "傷病手当金"),
    ("出産育児一時金", "childbirth-allowance", "出産育児一時金・出産費"),
    ("埋葬料", "funeral-allowance", "埋葬料・葬祭費など"),
    ("介護保険法第十八条第一号の介護給付", "long-term-care-benefits", "介護給付・予防給付"),
    ("医療保険各法又は高齢者の医療の確保に関する法律による保険給付の支給", "medical-benefits", "保険給付"),
    ("医療保険各法による保険給付の支給", "medical-benefits", "医療保険各法の保険給付"),
    ("(?<!国民)健康保険法による保険給付の支給", "health-insurance-benefits", "健康保険法の保険給付"),
    ("船員保険法による保険給付の支給", "seamen-insurance-benefits", "船員保険法の保険給付"),
    ("私立学校教職員共済法による保険給付の支給", "private-school-mutual-benefits", "私学共済の給付"),
    ("国家公務員共済組合法による保険給付の支給", "national-mutual-benefits", "国共済の給付"),
    ("地方公務員等共済組合法による保険給付の支給", "local-mutual-benefits", "地共済の給付"),
    ("高齢者の医療の確保に関する法律による保険給付の支給", "elderly-medical-benefits", "高齢者医療確保法の保険給付"),
]

PART_OF = {
    "insured-status": ["medical-benefits"],
    "sickness-allowance": ["medical-benefits"],
    "childbirth-allowance": ["medical-benefits"],
    "funeral-allowance": ["medical-benefits"],
    "health-insurance-benefits": ["medical-benefits", "other-law-benefits"],
    "seamen-insurance-benefits": ["medical-benefits", "other-law-benefits"],
    "private-school-mutual-benefits": ["medical-benefits", "other-law-benefits"],
    "national-mutual-benefits": ["medical-benefits", "other-law-benefits"],
    "local-mutual-benefits": ["medical-benefits", "other-law-benefits"],
    "elderly-medical-benefits": ["medical-benefits", "other-law-benefits"],
    "long-term-care-benefits": ["other-law-benefits"],
}

NHI = ["nhi-benefits", "nhi-premiums"]
TABLE2_REFUSED = {"44", "45"}  # for municipalities only; here so that a refusal can cite them
ROW_71 = [("minister-justice", "family-register"), ("municipality", "pregnancy-notification"),
          ("minister-health", "unemployment-benefits")]

# Works of the tables: our code, row of 別表第二, row of the 2024 order, Japanese, English.
WORKS = [
    ("nhi-benefits", "", "", "国保の保険給付", "NHI benefits"),
    ("nhi-premiums", "", "", "国保の保険料の徴収", "NHI premiums"),
    ("nhi-special-collection", "45", "", "国保保険料の特別徴収", "NHI premiums withheld from pensions"),
    ("health-insurance-minister", "1", "", "厚労大臣が行う健康保険", "health insurance done by the minister"),
    ("kyokai-health-insurance", "2", "2", "協会けんぽの健康保険の給付", "Kyokai Kenpo: health insurance benefits"),
    ("society-health-insurance", "3", "3", "健保組合の健康保険の給付", "health insurance societies: benefits"),
    ("seamen-insurance-minister", "4", "", "厚労大臣が行う船員保険", "seamen's insurance done by the minister"),
    ("seamen-insurance", "5", "6", "協会けんぽの船員保険の給付", "Kyokai Kenpo: seamen's insurance benefits"),
    ("child-chronic-illness", "9", "13", "小児慢性特定疾病医療費", "children's chronic illness expenses"),
    ("midwifery-facility", "", "20の2", "助産施設での助産", "midwifery facilities"),
    ("vaccination-relief", "17", "27", "予防接種健康被害の給付", "relief after vaccination"),
    ("public-assistance-work", "26", "42", "生活保護の決定・実施・徴収金", "public assistance"),
    ("local-tax-work", "27", "48", "地方税の賦課徴収", "local tax"),
    ("welfare-loan", "30", "", "社会福祉協議会の生活資金の貸付け", "loans of social welfare councils"),
    ("residence-permission", "", "55の2", "在留資格の許可", "permission of residence"),
    ("immigration-control", "", "55の3", "出入国・在留の管理", "immigration control"),
    ("private-school-mutual", "33", "56", "私学共済の短期給付", "private school mutual aid: short-term benefits"),
    ("national-mutual", "39", "65", "国共済の短期給付", "national officials' mutual aid: short-term benefits"),
    ("child-rearing-allowance", "", "81", "児童扶養手当", "child rearing allowance"),
    ("local-mutual", "58", "83", "地共済の短期給付", "local officials' mutual aid: short-term benefits"),
    ("elderly-welfare-charges", "62", "87", "老人福祉の費用徴収", "charges of elderly welfare"),
    ("premature-infant-care", "", "95の2", "養育医療", "care of premature infants"),
    ("elderly-medical-care", "80", "115", "後期高齢者医療の給付・保険料", "medical care of the elderly"),
    ("china-returnee-support", "87", "125", "中国残留邦人等の支援給付", "support of returnees from China"),
    ("long-term-care", "93", "131", "介護保険の給付・地域支援事業", "long-term care insurance"),
    ("student-loan", "106", "141", "学資の貸与・支給", "student loans and grants"),
    ("intractable-disease", "120", "158", "難病の特定医療費", "intractable disease expenses"),
    ("foreigner-assistance", "", "161", "外国人の生活保護に準じた保護", "assistance of foreign residents"),
    ("viral-hepatitis-follow-up", "", "164", "ウイルス性肝炎陽性者の検査費用", "viral hepatitis follow-up"),
    ("hepatitis-treatment", "", "165", "肝炎治療の助成", "hepatitis treatment subsidy"),
    ("liver-cancer-treatment", "", "166", "肝がん・重度肝硬変治療の助成", "liver cancer treatment subsidy"),
    ("specified-disease-research", "", "173", "特定疾患治療研究", "specified disease treatment"),
    ("coagulation-disorder-research", "", "173の2", "先天性血液凝固因子障害等治療研究", "coagulation disorder treatment"),
]
TABLE2_PROCEDURES = {work[1]: [work[0]] for work in WORKS if work[1]}
TABLE2_PROCEDURES |= {"42": NHI, "43": ["nhi-benefits"], "44": ["nhi-premiums"], "119": ["intractable-disease"]}
ORDER_PROCEDURES = {work[2]: [work[0]] for work in WORKS if work[2]}
ORDER_PROCEDURES |= {"69": NHI, "70": ["nhi-benefits"]}

# Works of the items of 25条, 25条の2, 26条 (2014 order) and 71条, 72条 (2024 order).
NHI_WORKS = [
    ("特例対象被保険者", "nhi-involuntary-leaver-notice", "特例対象被保険者等の届出", "notices of involuntary leavers"),
    ("第四十二条第一項の一部負担金", "nhi-co-payment", "一部負担金の算定", "co-payments"),
    ("第五十四条第一項又は第五十四条の三", "nhi-medical-expense", "療養費", "medical expenses paid back"),
    ("第五十七条の二第一項", "nhi-high-cost-care", "高額療養費", "high-cost care"),
    ("第五十七条の三第一項", "nhi-high-cost-combined", "高額介護合算療養費", "high-cost care and long-term care combined"),
    ("出産育児一時金", "nhi-childbirth-allowance", "出産育児一時金", "childbirth allowance"),
    ("葬祭費", "nhi-funeral-allowance", "葬祭費・葬祭の給付", "funeral allowance"),
    ("第七十三条第一項", "nhi-subsidy", "組合への補助の算定", "subsidy of associations"),
    ("保険料の賦課", "nhi-premium-assessment", "保険料の賦課", "assessment of premiums"),
    ("保険料の還付", "nhi-premium-refund", "保険料の還付", "refund of premiums"),
    ("療養の給付を除く", "nhi-cash-benefit", "保険給付の支払(療養の給付を除く)", "payment of benefits in cash"),
    ("第二条第一項、第三条", "nhi-status-notice", "資格取得・喪失などの届出", "notices of insured status"),
    ("世帯変更の届出", "nhi-household-change", "世帯変更の届出", "notices of a changed household"),
    ("世帯主の変更", "nhi-householder-change", "世帯主変更の届出", "notices of a changed householder"),
    ("第二十六条の三第一項", "nhi-meal-charge-reduction", "食事療養標準負担額の減額", "reduced meal charges"),
    ("第二十六条の六の四", "nhi-living-charge-reduction", "生活療養標準負担額の減額", "reduced living charges"),
    ("第二十七条の十二の二", "nhi-specified-care", "特定疾病給付対象療養の認定", "certificates of specified care"),
    ("第二十七条の十三第一項", "nhi-specified-disease", "特定疾病の認定", "certificates of specified diseases"),
    ("第二十七条の十四の二", "nhi-limit-certificate", "限度額適用の認定", "certificates of the limit"),
    ("第二十七条の十四の四", "nhi-limit-reduction-certificate", "限度額適用・標準負担額減額の認定", "certificates of limit and reduction"),
    ("第五十六条第一項", "nhi-benefit-adjustment", "他法給付との調整", "adjustment with benefits of other laws"),
]

# Works of the items under the rows in which an insurer provides: row, pattern, suffix of the code.
_HEALTH = [("傷病手当金の支給の申請", "sickness-allowance"), ("第百条第一項の", "funeral"), ("第百一条の", "childbirth"),
           ("第百四条の", "sickness-allowance-after"), ("第百五条第一項", "funeral-after"),
           ("第百六条の", "childbirth-after"), ("第百十五条第一項", "high-cost-care"),
           ("第百十五条の二", "high-cost-combined"), ("第百二十八条|第五十四条の健康保険組合", "adjustment"),
           ("規則第三十八条", "dependant-notice"), ("規則第五十条", "dependant-check"),
           ("規則第百二十条", "day-labourer-dependant"), ("規則第二十四条", "acquisition-notice")]
ITEM_WORKS = {
    "2": _HEALTH,
    "3": _HEALTH,
    "6": [("第三十三条第一項", "adjustment"), ("第六十九条第一項", "sickness-allowance"),
          ("第六十九条第六項", "sickness-allowance-after"), ("第七十二条", "funeral"), ("第七十三条", "childbirth"),
          ("第八十三条", "high-cost-care"), ("第八十四条", "high-cost-combined"),
          ("規則第二十六条", "dependant-notice"), ("規則第三十八条", "dependant-check"),
          ("規則第六十四条", "seafarers-act-adjustment")],
    "13": [("第十九条の三", "certification"), ("第十九条の五", "certification-change"),
           ("第十九条の七", "adjustment"), ("規則第七条の九", "change-notice")],
    "20の2": [("申込み", "application")],
    "27": [("医療費", "medical-expense")],
    "42": [("保護の実施", "implementation")],
    "48": [("第七百十七条", "reduction")],
    "55の2": [("第二十条第二項", "change-of-status"), ("第二十一条第二項", "extension"),
             ("第二十二条第一項", "permanent-residence"), ("第二十二条の二", "acquisition-of-status")],
    "55の3": [("特定技能", "specified-skilled-notice")],
    "56": [("第六十条の二", "high-cost-care"), ("第六十条の三", "high-cost-combined"), ("第六十一条", "childbirth"),
           ("第六十三条", "funeral"), ("第六十五条の", "adjustment"), ("第一条の五", "dependant-notice"),
           ("第三十七条の二", "elderly-status-notice")],
    "65": [("第六十条の二", "high-cost-care"), ("第六十条の三", "high-cost-combined"), ("第六十一条", "childbirth"),
           ("第六十三条", "funeral"), ("第六十五条の", "adjustment"), ("第八十八条", "dependant-notice"),
           ("第九十二条", "dependant-check"), ("第百十三条の四", "elderly-status-notice")],
    "81": [("第六条の", "claim"), ("第三条の四", "partial-suspension-exemption"), ("現況", "current-status-notice")],
    "83": [("第六十二条の二", "high-cost-care"), ("第六十二条の三", "high-cost-combined"), ("第六十三条", "childbirth"),
           ("第六十五条第三項", "funeral"), ("第六十七条", "adjustment"), ("第九十四条", "dependant-notice"),
           ("第九十七条", "dependant-check"), ("第百十九条の二", "elderly-status-notice")],
    "87": [("費用の徴収", "collection")],
    "95の2": [("養育医療", "payment")],
    "115": [("第八十四条", "high-cost-care"), ("第八十五条", "high-cost-combined"), ("第八十六条", "funeral"),
            ("第百四条", "premium-assessment"), ("規則第十条", "status-notice")],
    "125": [("支援給付の支給の実施", "payment")],
    "131": [("第十二条第三項", "card-issue"), ("介護保険法第二十七条第一項", "care-certification"),
            ("介護保険法第三十二条第一項", "support-certification"), ("第三十七条第二項", "service-change"),
            ("再交付", "card-reissue"), ("喪失の届出", "loss-notice")],
    "141": [("第十四条第一項", "application"), ("第十五条第二項", "deferment"), ("施行令第五条", "repayment-change")],
    "158": [("第六条第一項", "certification"), ("第十条第二項", "certification-change"),
            ("第十二条の", "adjustment"), ("規則.*第十三条", "change-notice")],
    "161": [("保護の実施", "implementation")],
    "164": [("検査費用", "examination-expense")],
    "165": [("算定", "subsidy")],
    "166": [("算定", "subsidy")],
    "173": [("申請", "application")],
    "173の2": [("申請", "application")],
}
SUFFIXES = {
    "sickness-allowance": "傷病手当金", "sickness-allowance-after": "傷病手当金の継続支給", "funeral": "埋葬料・葬祭費",
    "funeral-after": "資格喪失後・家族の埋葬料", "childbirth": "出産育児一時金・出産費",
    "childbirth-after": "資格喪失後・家族の出産育児一時金", "high-cost-care": "高額療養費",
    "high-cost-combined": "高額介護合算療養費", "adjustment": "他法給付との調整", "dependant-notice": "被扶養者の届出",
    "dependant-check": "被扶養者の確認", "day-labourer-dependant": "日雇特例被保険者の被扶養者の届出",
    "acquisition-notice": "資格取得の届出", "seafarers-act-adjustment": "船員法の療養補償との調整",
    "certification": "認定", "certification-change": "認定の変更", "change-notice": "変更の届出", "application": "申請",
    "medical-expense": "医療費", "implementation": "保護の実施", "reduction": "国保税などの減免",
    "change-of-status": "在留資格の変更", "extension": "在留期間の更新", "permanent-residence": "永住許可",
    "acquisition-of-status": "在留資格の取得", "specified-skilled-notice": "特定技能所属機関の届出",
    "elderly-status-notice": "後期高齢者医療の資格などの届出", "claim": "認定の請求",
    "partial-suspension-exemption": "一部支給停止の適用除外の届出", "current-status-notice": "現況の届出",
    "collection": "徴収", "payment": "支給", "premium-assessment": "保険料の賦課", "status-notice": "資格の届出",
    "card-issue": "被保険者証の交付", "care-certification": "要介護認定", "support-certification": "要支援認定",
    "service-change": "サービスの種類の変更", "card-reissue": "被保険者証の再交付", "loss-notice": "資格喪失の届出",
    "deferment": "返還の猶予", "repayment-change": "返還方法の変更", "examination-expense": "検査費用の算定",
    "subsidy": "助成額の算定",
}

INSTITUTION_NAMES = [
    ("association", "国民健康保険組合", "National Health Insurance association", "nhi-association"),
    ("municipality", "市町村長", "municipality", ""),
    ("welfare-municipality", "市長・福祉事務所を置く町村長", "municipality with a welfare office", ""),
    ("prefecture", "都道府県知事", "prefecture", ""),
    ("welfare-authority", "都道府県知事等", "prefectures and municipalities with a welfare office", ""),
    ("medical-insurer", "医療保険者", "medical insurer", ""),
    ("elderly-medical-union", "後期高齢者医療広域連合", "union for medical care of the elderly", ""),
    ("kyokai-kenpo", "全国健康保険協会", "Japan Health Insurance Association", "japan-health-insurance-association"),
    ("health-insurance-society", "健康保険組合", "health insurance society", "health-insurance-association"),
    ("private-school-mutual", "日本私立学校振興・共済事業団", "private school mutual aid corporation", ""),
    ("national-mutual", "国家公務員共済組合", "national officials' mutual aid association", ""),
    ("local-mutual", "地方公務員共済組合", "local officials' mutual aid association", ""),
    ("national-mutual-federation", "国家公務員共済組合連合会", "federation of national officials' mutual aid", ""),
    ("municipal-mutual-federation", "全国市町村職員共済組合連合会", "federation of municipal officials' mutual aid", ""),
    ("mutual-body", "共済組合等", "mutual aid bodies paying pensions", ""),
    ("minister-health", "厚生労働大臣", "Minister of Health (MHLW)", ""),
    ("minister-justice", "法務大臣", "Minister of Justice", ""),
    ("prime-minister", "内閣総理大臣", "Prime Minister (Digital Agency)", ""),
    ("immigration-agency", "出入国在留管理庁長官", "Immigration Services Agency", ""),
    ("pension-service", "日本年金機構", "Japan Pension Service", ""),
    ("social-welfare-council", "社会福祉協議会", "social welfare council", ""),
    ("student-services", "日本学生支援機構", "Japan Student Services Organization", ""),
    ("other-benefit-payer", "国保法56条1項の他法給付を行う者", "payer of benefits of other laws", ""),
    ("other-medical-payer", "他の法令による医療の給付を行う者", "payer of medical benefits of other laws", ""),
]
INFORMATION_NAMES = [
    ("medical-benefits", "医療保険給付関係情報", "medical insurance benefits and premiums"),
    ("insured-status", "医療保険の資格", "insured status"),
    ("sickness-allowance", "傷病手当金", "sickness allowance"),
    ("childbirth-allowance", "出産育児一時金・出産費", "childbirth allowance"),
    ("funeral-allowance", "埋葬料・葬祭費", "funeral allowance"),
    ("health-insurance-benefits", "健康保険法の給付", "benefits of the Health Insurance Act"),
    ("seamen-insurance-benefits", "船員保険法の給付", "benefits of seamen's insurance"),
    ("private-school-mutual-benefits", "私学共済の給付", "benefits of private school mutual aid"),
    ("national-mutual-benefits", "国共済の給付", "benefits of national officials' mutual aid"),
    ("local-mutual-benefits", "地共済の給付", "benefits of local officials' mutual aid"),
    ("elderly-medical-benefits", "高齢者医療確保法の給付", "benefits of medical care of the elderly"),
    ("other-law-benefits", "国保法56条1項の他法給付", "benefits of the other laws of NHI Act article 56"),
    ("local-tax", "地方税関係情報", "local tax"),
    ("resident-record", "住民票関係情報", "resident record"),
    ("long-term-care-benefits", "介護保険給付等関係情報", "long-term care insurance"),
    ("public-assistance", "生活保護関係情報", "public assistance"),
    ("china-returnee-support", "中国残留邦人等支援給付関係情報", "support of returnees from China"),
    ("foreigner-assistance", "外国人生活保護関係情報", "assistance of foreign residents"),
    ("public-account", "公金受取口座", "account registered for public benefits"),
    ("family-register", "戸籍関係情報", "family register"),
    ("entry-departure", "出入国関係情報", "entry and departure"),
    ("residence-card", "在留カード関係情報", "residence card"),
    ("special-resident-certificate", "特別永住者証明書関係情報", "special permanent resident certificate"),
    ("unemployment-benefits", "失業等給付関係情報", "unemployment benefits"),
    ("pension-benefits", "年金給付関係情報", "pensions"),
    ("pregnancy-notification", "妊娠の届出", "notification of pregnancy"),
]


def _first(patterns, text, what):
    for entry in patterns:
        if re.search(entry[0], text):
            return entry
    raise SystemExit(f"make_permission: {what}: no word for: {text}")


def item_information(text):
    _, code, detail = _first(ITEM_INFORMATION, text, "information")
    return code, detail


def nhi_procedure(text):
    return _first(NHI_WORKS, text, "NHI work")[1]


def item_procedure(row, text):
    return ORDER_PROCEDURES[row][0] + "-" + _first(ITEM_WORKS[row], text, f"work under row {row}")[1]


def is_not_an_insurers(text):
    return item_information(text)[0] in ("family-register", "resident-record", "unemployment-benefits")


def _aliases(work):
    if work[0] == "intractable-disease":  # row 119 until 2019-09-30
        return "t2-119 t2-120 o2024-158"
    return " ".join((["t2-" + work[1]] if work[1] else []) + (["o2024-" + work[2].replace("の", "-")] if work[2] else []))


def code_lines(used):
    lines = [("institution", code, japanese, english, alias, "")
             for code, japanese, english, alias in INSTITUTION_NAMES]
    works = {}
    for work in WORKS:
        works[work[0]] = (work[3], work[4], _aliases(work))
        row = work[2]
        for _, suffix in ITEM_WORKS.get(row, []):
            works.setdefault(work[0] + "-" + suffix,
                             (f"{work[3]}: {SUFFIXES[suffix]}", f"{work[4]}: {suffix.replace('-', ' ')}", ""))
    at = list(works).index("nhi-special-collection")
    ordered = list(works.items())
    ordered[at:at] = [(code, ("国保: " + japanese, "NHI: " + english, "")) for _, code, japanese, english in NHI_WORKS]
    lines += [("procedure", code, names[0], names[1], names[2], "") for code, names in ordered if code in used]
    lines += [("information", code, japanese, english, "", " ".join(PART_OF.get(code, [])))
              for code, japanese, english in INFORMATION_NAMES]
    known = {line[1] for line in lines}
    if used - known:
        raise SystemExit(f"make_permission: no name for {sorted(used - known)}")
    return lines
