"""List the words that deny, bound, correct and hedge, in usual languages, as parts of regular expressions.

They are closed classes, such as a language's negations. In a list `_` is a space.
"""

from __future__ import annotations


def _any(text: str) -> str:
    """Return a pattern for any of the phrases of a text."""
    return "|".join(phrase.replace("_", r"\s+") for phrase in text.split())


NOT = (
    r"(?<![\w'’])(?:"
    + _any(
        """
        not never no nor neither cannot nicht nie niemals kein keine keinen ne pas jamais nunca jamás
        não non mai niet geen inte aldrig ikke nigdy değil asla не нет ни никогда không bukan tidak
        """
    )
    + r")(?!\w)|(?<!\w)(?:n'|\w{1,12}n['’]t(?!\w))|¬|\\(?:not|neg|lnot)(?![a-zA-Z])|"
    + _any("不 並非 并非 非 没有 沒 勿 ない ません じゃな 違 아니 않 못 ليس لا नहीं ไม่")
)
"""A word that negates, such as "not", "n't", "nicht", "不"."""
WRONG = (
    r"\b(?:"
    + _any(
        r"""
        wrong(?:ly)? incorrect(?:ly)? false mistaken(?:ly)? mistakes? erroneous errors? invalid
        impossible untrue absurd contradict\w* inconsistent rejected reject refuted ruled_out rule_out
        discard\w* flawed miscalculat\w* miscount\w* misread extraneous bogus nonsense careless trap
        distractor fail(?:s|ed)? eliminate\w* falsch\w* fehler\w* unmöglich faux fausses? mauvaise?s?
        erreurs? erroné\w* tromp(?:é|ée|és|ées|ais)
        incorrect[ao]?s? fals[ao]s? equivocad[ao]
        equivoqué equivocamos equivoquei enganei sbagliat[ao] errore errad[ao] erro fout onjuist fel
        felaktig forkert błędn\w* błąd źle yanlış hatalı неверн\w* неправильн\w* ошиб\w* sai salah
        """
    )
    + r")\b|"
    + _any("错 錯 误 誤 間違 矛盾 틀렸 틀린 오답 잘못 خطأ خاطئ गलत ผิด")
)
"""A word that calls something wrong, such as "wrong", "falsch", "错"."""
SET_ASIDE = (
    r"\b(?:"
    + _any(
        r"""
        slips? blunders? pitfalls? fallac(?:y|ies) misconceptions? oversights? typos? misprints? glitch(?:es)?
        mix-?ups? confusions? misunderstandings? misreadings? misinterpretations? miscounts? baits? lures?
        decoys? red_herrings? ruses? hoax(?:es)? bluffs? snares? exceptions? exclusions?
        excluded forbidden prohibited banned disallowed inadmissible illegal omitted dismissed declined
        abandoned disqualified discredited disproved disproven superseded obsolete retracted withdrawn
        crossed(?:_|-)out counter-?examples? nonsensical unacceptable unwanted undesired spurious sloppy
        fake phony phoney pretended placeholders? dumm(?:y|ies) overestimates? underestimates?
        falle\w* trugschluss\w* irrtum\w* irrtüm\w* köder\w* patzer\w* ausnahme\w* gegenbeispiel\w*
        verboten\w* ausgeschlossen\w* unzulässig\w* ungültig\w* verworfen\w* abgelehnt\w* versehentlich\w*
        pièges? leurres? appâts? bévues? étourderies? exceptions? contre-exemples? interdit\w* exclue?s?
        écartée?s? rejetée?s? proscrit\w* trompeu\w* invalides?
        trampas? engañ\w* señuelos? desliz desliz(?:es)? descuidos? excepci\w* contraejemplos?
        prohibid[ao]s? excluid[ao]s? descartad[ao]s? rechazad[ao]s? inválid[ao]s? confusi\w*
        armadilhas? isca engan\w* deslizes? exceç\w* contraexemplos? proibid[ao]s? excluíd[ao]s?
        descartad[ao]s? rejeitad[ao]s? trappol\w* ingann\w* eccezion\w* controesemp\w* vietat[aoie]
        esclus[aoie] scartat[aoie] valstrik\w* uitzondering\w* tegenvoorbeeld\w* verboden uitgesloten
        pułapk\w* wyjąt\w* zabronion\w* wykluczon\w* odrzucon\w* tuzak\w* istisna\w* yasak\w*
        ловушк\w* обман\w* приманк\w* промах\w* опечатк\w* исключени\w* исключённ\w* исключенн\w*
        контрпример\w* запрещ\w* запретн\w* отвергнут\w* отброшен\w* недопустим\w*
        """
    )
    + r")(?!\w)|"
    + _any(
        """
        陷阱 诱饵 誘餌 易错 失误 失誤 例外 反例 禁止 排除 舍去 捨去 舍弃 作废 無効 无效 罠
        ひっかけ ミス 除外 却下 함정 미끼 실수 예외 반례 금지 제외 배제 기각 무효
        जाल भूल अपवाद निषिद्ध वर्जित अस्वीक فخ استثناء ممنوع محظور مستبعد مرفوض زلة
        """
    )
)
"""A word for a mistake, a trick or an exclusion, by which a name is not the answer's, such as "bait"."""
INSTEAD = (
    r"\b(?:"
    + _any(
        r"""
        instead_of rather_than anything_but other_than except(?:_for)? apart_from but_not unlike statt
        anstatt au_lieu_d\w+ en_lugar_de en_vez_de invece_di em_vez_de вместо excluding without avoid\w*
        against (?:old|former|previous|earlier|first)_(?:answer|value|result|guess|attempt)
        don't do_not take_back takes_back taking_back withdraw\w* retract\w* revoke\w*
        far_from opposite_of negative_of denies
        deny doubt\w* refuse\w*
        """
    )
    + r")\b|"
    + _any("而不是 而非 代わり")
)
"""Words before a value that say that another is meant, such as "rather than"."""
BEYOND = (
    r"\b(?:"
    + _any(
        r"""
        more_than less_than fewer_than greater_than larger_than smaller_than bigger_than higher_than
        lower_than at_least at_most no_more_than no_less_than
        (?<!add\s)(?<!adds\s)(?<!sum\s)(?<!sums\s)(?<!added\s)up_to above below under over
        somewhere_near mehr_als weniger_als mindestens höchstens plus_de moins_de au_moins au_plus
        más_de menos_de al_menos a_lo_sumo più_di meno_di mais_de больше меньше square_of half_of twice
        double triple factor_of multiple_of
        """
    )
    + r")\b|"
    + _any("大于 小于 超过 至少 至多 不到 より大き より小さ 以上 以下 未満")
)
"""Words before a value that make it a bound, such as "more than"."""
_OTHERS = _any(
    """
    key book teacher student friend someone some_people others? people calculator reference
    solution_manual textbook
    """
)
SAY = _any(
    "says? said claim(?:s|ed)? thinks? thought gives? gave answers? answered writes? wrote argue[sd]?"
    " believe[sd]? gets?"
)
"""Verbs by which others say a value, such as "claims"."""
INTERJECTIONS = (
    _any(
        r"""
    ach? ah ay damn er+ hm+ hopp?la hoppsan mist oh oi oj ojdå ooh oops ops oups pardon perdón sorry ugh
    uh uh-oh ups scusa(?:te)? verdammt wait whoops zut ой ох упс
    """
    )
    + "|"
    + _any("哎呀 糟糕 抱歉 对不起 對不起 すみません すいません おっと ごめん 아이고 이런 죄송")
)
"""Words with which speakers notice a mistake, such as "oops"."""
_SPEAKER = r"\b(?:i|we|je|nous|ik)\b[^.]{0,20}?"
_STATED = r"\s+(?:that|this|it|my|our|the\s+answer|ma|notre|cela|ça|cette|mijn|dat|dit)\b"
WITHDRAWN = "|".join(
    (
        # "I cancel that", but not "we cancel the common factor".
        rf"{_SPEAKER}(?:{_any(r'withdraw retract annul cancel retire annule trek')}){_STATED}",
        _any(
            r"""
    nehme[^.]*zurück ziehe[^.]*zurück widerrufe retir(?:o|amos) anul(?:o|uję) ritir(?:o|iamo) annull(?:o|iamo)
    wycofuję отменяю отзываю беру_назад
    """
        ),
        r"(?:以上|上述|上面|之前|前面|此|该|本)?\S{0,3}?(?:作废|作廢)",
        _any("收回 撤回 取り消 取消 취소 철회"),
    )
)
"""Words by which speakers take back what they said: "I withdraw", "ritiro"."""
DISOWNED = (
    r"\b(?:i|we)\s+(?:no\s+longer|never|can(?:not|['’]t)|(?:do|did|would|could)(?:\s+not|n['’]t))\s+(?:\w+ly\s+)?"
    r"(?:stand\s+by|trust|believe|endorse|support|vouch\s+for|agree\s+with|accept|compute|check|verify)\s+"
    r"(?:it|this|that|my|any\s+of\s+(?:it|this|that)|the\s+(?:above|answer|value|result|number|box))\b"
    r"(?!\s+(?:there|we|you|it|the)\b)"
)
"""Words by which speakers don't hold to what they said: "I no longer stand by"."""
VOID = r"\b(?:retracted|withdrawn|revoked|rescinded|voided|void|deprecated|superseded|annulled|null)\b"
"""Words that call a statement void: "retracted"."""
GUESSED = (
    r"(?<!nicht )(?<!pas )(?<!no )(?<!non )(?<!não )(?<!не )(?<!nie )\b(?:"
    + _any(
        r"""
        geraten ins_blaue deviné au_pif à_vue_de_nez adivin\w* a_ojo chutei chutando indovin\w* gegokt gok
        zgad\w* strzel\w* tippad gissn\w* gættet gjett\w* arvaus tahmin_ettim наугад угадал\w*
        догадк\w* наобум
        """
    )
    # "Choisi au hasard" is said of many a ball.
    + r")\b|\A\W*(?:au\s+hasard|al\s+azar|a\s+caso|ao\s+acaso)\W*\Z|(?<![不没非])(?<!不是)(?:"
    + _any("瞎猜 乱猜 猜的 猜测 猜(?!想) 瞎编 胡乱 随便 蒙的 当?あてずっぽう")
    + "|"
    + _any("勘(?![定違]) 찍었 찍은 추측 تخمين अनुमान अंदाज़")
    + ")"
)
"""Words that call a value guessed: "geraten", 猜的."""
REPORTED = (
    rf"\b(?:(?:{_OTHERS})\s+(?:\w+\s+){{0,2}}(?:{SAY})"
    r"|(?:some|they|he|she|you|one)\s+(?:\w+\s+)?(?:says?|claims?|thinks?|(?:might|may|would)\s+(?:say|think|answer)))\b"
)
"""Words that put a value into another's mouth, such as "the key says"."""
COUNTED = _any(
    """
    number probability chance fraction percentage amount count proportion minimum maximum least most
    total margin error_is
    """
)
"""Words that make "wrong" a part of the counted thing: "the number of wrong codes"."""
WOULD = _any(r"would wäre sería serait sarebbe seria был[аои]?_бы")
IF = _any("if had were suppose assuming wenn si se если")
"""With `WOULD`: a sentence about an unreal case."""
CONJUNCTIONS = _any(
    """
    but so therefore thus hence then because since and which_means aber also daher donc mais pero
    por_lo_tanto ma quindi mas portanto но поэтому и
    """
)
CJK_CONJUNCTIONS = _any("बलक 而是 所以 因此 但 즉 그래서")
"""Words between two clauses, such as "so"."""
JUDGED = _any(
    r"""
    right correct true valid
    (?:the_)?(?:right_|correct_|final_|actual_|real_)?(?:answer|result|solution|value|one) it\b
    possible work hold satisf\w* make_sense add_up match fit be\b what accept\w*
    an?_(?:answer|solution) my our allowed richtig die_antwort la_(?:respuesta|réponse|risposta)
    juste correct[ao]? vra[ie] cierto giust[ao] ответ верн\w* 答案 对 對 正确 正確 成立 满足 答え 정답 답
    """
)
"""The object of a negation that denies the value before it: "not right"."""
NOT_SO = _any("ではない ではありません じゃない 違う 違います 이_아니 가_아니 不对 不對 不是答案 nicht değil")
"""Negations that follow the denied words."""
CORRECTIONS = _any(
    r"""
    wait actually sorry oops hmm+ hold_on
    no(?=\s*(?:[,.;:!—–-]|\Z|\$?\d|(?:wait|it|that|this|actually|sorry|the)\b))
    correction never_?mind(?=\W*(?:\Z|[,.!—–-])) nevermind psych(?=\W*(?:\Z|[,.!])) sike gotcha
    corrected my_bad whoops silly_me scratch_that on_reflection just_kidding i_say i_mean
    strike_that on_second_thought let_me_(?:re\w+|correct|fix)
    i_(?:made|was|mis\w+|apologi[sz]e|meant|need_to_correct|stand_corrected) my_mistake apolog\w+
    erratum edit update revis\w+ rather
    that_?(?:is|was|'s|can)\w*\s*(?:not|n't|n’t|wrong|incorrect|be;?)
    this_(?:is|was)_(?:not|wrong|incorrect) moment warte korrektur pardon attends perdón espera
    corrección aspetta correzione espere correção стоп подожди исправление 更正 订正 等等
    (?:nein|non|não|нет|ні|nee|nej|nei|hayır|nie|ne|いや|いいえ|아니|아니요|नहीं|لا|לא|不)\s*[,،、，;:.।!—–-]
    सुधार تصحيح 不对 不對 错了 应为 應為     待って 訂正 잠깐 정정
    """
)
"""Words that begin a correction, such as "Wait"."""
ALTERNATIVES = _any(
    r"""
    or alternatively maybe perhaps possibly else oder ou o u oppure или либо of eller lub albo veya
    hoặc atau vs\.? versus could_be might_be may_be it_is even also if_not either
    """
)
CJK_ALTERNATIVES = _any(r"→ -> \\to(?![a-z]) 或者? 还是 また\s?は あるいは もしくは 또는 혹은 أو या หรือ /")
"""Words between two alternatives, such as "or"."""
HEDGES = _any(
    """
    or either alternatively maybe perhaps possibly possible could might candidates? options?
    guess(?:es)? unsure not_sure if_(?:not|that|you) otherwise another probability chance likely
    """
)
"""Words that leave it open which value is meant, such as "maybe"."""
CONDITIONS = _any(
    "if otherwise else unless when whether provided sinon sonst wenn falls si se если иначе"
    " with_probability chance"
)
"""Words that make a value depend on something, such as "if"."""
PRONOUNS = _any(
    """
    that this it which the_(?:above|previous|last) das ça cela c'est eso esto é isso это 这 這 それ これ 그
    """
)
"""Words for the last statement, such as "that"."""
