"""List the words that state a value, and the few that may come between them and it, in usual languages.

The lists are closed: a clause with another word in that place does not state the value. In a list `_` is a
space. The languages are those that models answer in.
"""

from __future__ import annotations

from rule_rm.extract.words.patterns import phrases

VERBS = phrases(
    r"""
    is are was were be been equals? equaled equalled equal becomes? became remains? remained 's 're
    gives? gave given giving yields? yielded yielding gets? got getting obtains? obtained obtaining
    have has had having
    finds? found finding makes? made making means leaves? left leaving produces? produced implies shows
    conclude concludes reads? costs? earns? earned earning pays? paid paying spends? spent saves? saved
    sells? sold buys? bought eats? ate uses? used needs? needed takes? took weighs? weighed walks?
    walked runs? ran
    travels? travell?ed drives? drove writes? wrote scores? scored wins? won loses? lost receives?
    received
    contains? contained holds? held owes? owed requires? required charges? charged covers? covered
    lasts? lasted
    keeps? kept totals? totall?ed averages? averaged reaches reached attains? achieves? measures? measured
    (?:leav(?:es?|ing)|left)_(?:us|me|him|her|them|you|it)_with ma(?:kes?|king|de)_for comes?_out_at
    choose chooses chose select selects selected pick report reports outputs? box boxes
    constitutes? represents? denotes? comprises? amounts?_to amounted_to comes?_to came_to comes?_out_to
    comes?_out_as evaluates?_to simplif(?:y|ies|ied)_to reduces?_to adds?_up_to works?_out_to sums?_to
    leads?_to led_to rounds?_to rounds_up_to round_up_to round_down_to rounded_to round_to
    rounds_down_to factors?_(?:in)?to factors?_as (?:con|di)verges?_to
    tends?_to corresponds?_to simplifying_to leading_to turns_out_as equal_to written_as expressed_as
    write_it_as represented_as simplified_to reduced_to given_by given_as is_as as_follows left_with
    arrives?_at arrived_at ends?_up_with end_up_with ended_up_with settle_on go_with increases?_by
    increased_by decreases?_by decreased_by grows_by shrinks_by ends?_with
    ended_with drops?_to dropped_to falls?_to fell_to rises?_to rose_to grows?_to grew_to shrinks?_to
    mean meant
    (?:arriv|finish|start|end|begin|leav|left|open|clos)\w*_(?:in|at|on|after)
    destination_at taller_by buildings_by city_by home_at
    opens_at closes_at starts_at begins_at leave_at meet_at concludes_at finishes_at go(?:es)? went
    (?:re)?(?:written|expressed|represented|formatted)_(?:in_(?:[\w§]+_){1,3})?as
    (?:is|are|lies?)_(?:at|in)_the_(?:points?|interval|range) (?:is|are)_at passe?s?_through(?:_the_points?)?
    takes?_(?:the_)?(?!back\b)\w+ a_total_of a_grand_total_of
    """
)
"""English verbs that state the value after them, such as "is" or "earned"."""
WORLD = phrases(
    r"""
    ist sind beträgt betragen lautet lauten ergibt ergeben ergibt_sich bleiben bleibt bleibt_nur
    erhält erhalten
    erhalten_wir bekommt bekommen hat haben hatte war waren gleich kostet zahlt bezahlt braucht
    benötigt macht
    folgt gilt also_gleich gibt_es sind_es es_sind muss sondern
    est sont vaut valent égale?s? égal_à égale_à donne donnent obtient obtenons avons trouve
    trouvons reste restent
    a ont était étaient fait coûte coûtent est_de sont_de devient a_donc mais c'est soit_donc
    es son vale valen igual_a iguala queda quedan da dan obtenemos obtiene tenemos tiene tienen resulta
    resultan hay cuesta es_de son_de sino era eran equivale_a obtuvimos hallamos
    è sono vale valgono uguale_a ottiene otteniamo abbiamo ha hanno resta restano rimane rimangono
    risulta costa dà ci_sono è_di sono_di bensì era erano ricaviamo troviamo pari_a
    é são vale valem igual_a obtemos obtém temos tem têm resta restam sobram sobra dá fica ficam há
    custa é_de são_de
    mas_sim era eram encontramos
    is zijn bedraagt blijft blijven krijgen krijgt geeft hebben heeft gelijk_aan maar luidt kost
    er_zijn was waren
    jest są wynosi brzmi to_jest równa_się równe równa równy otrzymujemy dostajemy mamy ma daje zostaje
    zostało pozostaje
    pozostało wynik_to odpowiedź_to odpowiedzią_jest suma_to lecz tylko jest_równa jest_równe było
    je jsou rovná_se dostaneme dostáváme získáme máme má zbývá zůstane činí vychází nýbrž bylo
    равно равна равен равны равняется составляет составляют получаем получим получается получилось
    имеем имеет
    осталось остаётся остается останется будет это есть является даёт дает был было была а
    дорівнює становить отримуємо маємо залишилось залишається буде це є
    olur eşittir toplam bulunur buluruz elde_ederiz kalır yalnızca
    är blir var får får_vi ger lika_med utan återstår finns kostar har er bliver giver lig_med
    får_man fås får_vi men
    on ovat oli saadaan saamme yhtä_kuin jää on_siis
    este sunt egal_cu obținem avem rămân rămâne dă ci are era
    είναι ισούται_με ισούται παίρνουμε έχουμε μένουν ίσο_με ήταν
    là bằng còn còn_lại được có chỉ_có mà_là thu_được là_bằng
    adalah yaitu ialah sama_dengan menjadi tersisa diperoleh sebanyak mempunyai melainkan sebesar
    هو هي يساوي تساوي نحصل_على يكون لدينا بل يبقى تبقى
    היא הוא שווה_ל נקבל הם אלא
    है बराबर
    jibu_ni sawa_na
    és egyenlő lesz marad kapunk van hanem
    """
)
"""Words of other languages that state the value after them, such as "beträgt"."""
ANSWER_NOUNS = phrases(
    r"""
    answers? ans result solutions? conclusion response output value total sum number option choice letter box
    statement graph figure diagram choix opción opzione opção
    antwort ergebnis lösung wert endergebnis réponse résultat valeur respuesta resultado solución
    valor risposta
    risultato soluzione valore resposta solução antwoord uitkomst odpowiedź wynik odpověď výsledek ответ
    результат итог відповідь cevap sonuç yanıt svar svaret resultat resultatet vastaus tulos jibu
    răspuns
    răspunsul rezultat απάντηση αποτέλεσμα đáp_án câu_trả_lời kết_quả jawaban jawabannya hasil
    hasilnya الجواب الإجابة
    התשובה תשובה उत्तर válasz eredmény
    """
)
"""Names for an answer, such as "result", which may precede it at once: "Answer 42"."""
CLAIM = phrases("answers? ans result solutions? conclusion")
"""English names for the whole answer."""
NOUN_DRESS = phrases(
    r"""
    the a an my our your this that these its his her their correct right final required desired
    requested
    numerical exact simplified simplest resulting unique following average boxed full complete real
    actual true only
    new updated corrected revised whole possible overall same general particular minimum maximum
    smallest largest
    least greatest integer approximate best combined two both three four other original first second
    third main of
    multiple single short long decimal numeric proper expected so thus therefore hence then and but
    now finally
    in fact indeed is as please provide write state give box boxed put here i i'll we we'll let's
    let us final
    to
    die der das unsere meine endgültige richtige la le les notre finale bonne el nuestra correcta
    il nostra corretta o final correta het de juiste onze ostateczna prawidłowa окончательный правильный
    doğru nihai det slutliga endelige final corect η τελική vậy jadi akhir a az
    donc also somit daher folglich ainsi por_lo_tanto así_que luego entonces quindi dunque perciò
    portanto
    logo assim dus zatem więc czyli tedy proto итак таким_образом следовательно значит поэтому тогда
    отже
    dolayısıyla buna_göre alltså altså därmed derfor siis joten deci prin_urmare άρα συνεπώς do_đó
    maka oleh_karena_itu
    إذن إذا אז לכן अतः इसलिए tehát
    """
)
"""Words that may precede a name for the answer: "the final correct answer"."""
CONNECTIVES = phrases(
    r"""
    in_the_end all_told either_way at_last
    so thus therefore hence then consequently accordingly finally overall altogether together
    in_total in_all
    once_more once_again again definitely certainly surely
    in_conclusion in_summary in_short to_conclude to_summarize to_sum_up as_a_result because_of_this
    and but now
    or_simply that_is i\.?e\.? namely rather instead_it_is it_follows_that as_desired as_required
    after_simplifying after_simplification
    simplifying calculating computing solving evaluating rounding adding multiplying dividing
    subtracting
    combining substituting simplified final(?:ly)? by_symmetry step_by_step hence_also yes indeed
    in_fact actually
    correction update fix sorry oops wait no ok okay well great sim sí да oui
    also somit daher damit folglich insgesamt zusammen deshalb demnach schließlich korrektur
    donc ainsi alors par_conséquent finalement en_conclusion au_total en_tout correction
    entonces así por_lo_tanto por_tanto luego así_que en_total finalmente en_conclusión corrección
    quindi dunque perciò pertanto in_totale allora infine correzione
    portanto logo assim então no_total finalmente correção
    dus daarom uiteindelijk in_totaal kortom
    zatem więc czyli razem łącznie ostatecznie tedy tak proto celkem takže
    итак таким_образом следовательно значит поэтому тогда всего итого в_итоге отже всього
    böylece dolayısıyla buna_göre sonuç_olarak toplam o_halde öyleyse
    alltså så därför totalt slutligen altså så derfor tilsammans til_sammen i_alt joten siis yhteensä
    deci prin_urmare în_total άρα συνεπώς επομένως συνολικά vậy do_đó vì_vậy tổng_cộng
    jadi maka oleh_karena_itu dengan_demikian إذن إذا لذلك אז לכן अतः इसलिए कुल tehát így összesen ezért
    因此 所以 故 综上 综上所述 即 于是 从而 则 最终 总共 一共 总之 由此 得 解得 更正 订正
    よって したがって ゆえに 従って つまり すなわち 以上より 合計 合計で 全部で 訂正
    따라서 그러므로 즉 그래서 결국 총 모두 합계 정정
    """
)
"""Words and phrases that lead to a conclusion, such as "therefore", and may precede a value at once."""
LIGHT = phrases(
    r"""
    exactly precisely always just only simply about approximately approx\.? roughly around therefore thus
    hence then
    now currently so also clearly indeed finally overall altogether together still actually naturally easily
    again and
    consequently accordingly a an the our all equal another each per him her them us me you it back
    up out in_total
    away worth as boxed shown here below namely i\.?e\.? that_is a_total_of a_grand_total_of
    total_of grand_total
    a_maximum_of a_minimum_of an_average_of an_amount_of a_sum_of a_value_of a_length_of an_area_of
    a_probability_of a_distance_of a_profit_of
    the_value the_answer the_number the_final_answer the_result most_likely down
    la el le
    sie er es man wir ich hij zij wij ze hon han vi hun den det
    das dies schließlich genau insgesamt nur etwa ungefähr somit daher damit also noch gleich genau_gleich
    donc finalement enfin exactement environ seulement ainsi égal_à
    de exactamente aproximadamente sólo solo unos
    unas entonces por_tanto por_lo_tanto
    finalmente infine esattamente circa solo quindi dunque
    exatamente aproximadamente apenas portanto dus precies
    ongeveer slechts
    dokładnie około tylko zatem więc tedy právě přesně asi pouze ровно примерно около только именно
    всего так tam
    tam_olarak yaklaşık exakt precis ungefär bara alltså ca cirka noin tarkalleen exact aproximativ deci
    ακριβώς περίπου đúng khoảng chính_là tepat sekitar kira-kira pontosan körülbelül tehát
    """
)
"""Words that may come between a verb and its value, such as "exactly"."""
CJK = (
    r"(?:答案|结果|解|值|为|為|是|得到|得出|可得|得|等于|等於|有|共|一共|总共|共有|共计|合计|剩下?|还剩|剩余|需要?|需|应?选|选择|填|花了?|付了?|用了?"
    r"|卖了?|买了?|即|就是|故|所以|因此|而是|答|约|恰好|正好|只有|多少|化为|写作|写成|记作|达到"
    r"|は|が|を|も|で|全部で|合計|ちょうど|約|答え|答|よって|ゆえに|つまり|すなわち|なく|値"
    r"|은|는|이|가|답|정답|총|합|값|모두|정확히|즉|그러므로|따라서|면|라"
    r"|คือ|เท่ากับ|เป็น|ได้|มี)"
)
"""The ends of Chinese, Japanese, Korean and Thai clauses that lead to a value, such as 是."""
CJK_DENIED = (
    r"(?:不|没|非|未|勿|可能|也许|或许|大概|恐怕|难道|绝不|并非|假设|假如|如果|若|倘若|设|是否|几乎|接近|小于|大于|多于|少于|不到|超过|至少|至多|最多|最少|除了?"
    r"|(?:别人|他人|有人|网上|书上|同学|朋友|大家|人们)(?:们|都|也|就)?(?:说|认为|觉得|猜|写)|听说|据说"
    r"|排除|以为|误|错|ではな|じゃな|もし|仮に|少なくとも|多くとも|高々|おそらく|たぶん|ほぼ|아마|만약|최소|최대|적어도|많아야|거의|ไม่|ถ้า|อาจ)"
)
"""Chinese, Japanese, Korean and Thai words that deny, suppose or bound a value, such as 不 and 可能."""
CJK_SUPPOSED = r"(?:假设|假如|如果|若|倘若|设|もし|仮に|만약|ถ้า)"
"""Chinese, Japanese, Korean and Thai words that begin a supposition, such as 如果."""
NOT_BEFORE = phrases("""
    never no non não nem ni nunca jamás jamais mai nie ne n' не ні nu nici δεν không không_phải
    không_thể chẳng chẳng_phải
    bukan tidak لا ليس nikdy ani tampoco también_no
    """)
"""The negations that a language puts right before its verb, such as "no es"."""
NOT = phrases(
    r"""
    not never no nor neither cannot n't none nobody nothing nowhere without hardly scarcely barely
    rarely seldom
    nicht nie niemals kein keine keinen keiner keinesfalls keineswegs weder noch ne n' pas jamais
    aucune? ni nunca jamás tampoco
    ningún ninguno ninguna não nunca jamais nem non mai né nessuno niet geen nooit noch inte aldrig
    ikke aldri nigdy nie ani
    není ne nikdy не нет ни никогда ні değil asla en ei eivät nu niciodată nici δεν μη μην όχι không
    không_phải không_thể chẳng chẳng_phải bukan tidak
    لا ليس ليست لم لن לא אינה אינו नहीं न nem soha
    """
)
"""The negations of a language, such as "not"."""
UNSURE = phrases(
    r"""
    maybe perhaps possibly presumably supposedly allegedly apparently seemingly ostensibly almost nearly
    pourrait pourraient podría podrían poderia poderiam poder-se-ia potrebbe potrebbero könnte könnten
    można_by можно_подумать можно_предположить
    vielleicht möglicherweise womöglich angeblich vermutlich beinahe fast peut-être presque
    probablement sans_doute
    quizás? tal_vez acaso casi probablemente forse quasi probabilmente talvez quase provavelmente
    misschien bijna
    może być_może prawie możná skoro возможно наверное может_быть почти якобы мабуть можливо майже
    belki neredeyse
    kanske nästan kanskje måske nesten næsten ehkä melkein poate aproape ίσως σχεδόν có_lẽ gần
    mungkin hampir
    ربما تقريبا אולי כמעט शायद लगभग talán majdnem
    """
)
"""Adverbs that leave it open whether a statement holds, such as "perhaps"."""
MODAL = phrases("(?-i:may) might could mightn't couldn't")
"""English verbs of a mere possibility."""
SUPPOSE = phrases(
    r"""
    suppose supposing assume assuming imagine unless whether if say let were had should try test
    consider pretend
    angenommen falls wenn ob nehmen_wir_an supposons si supongamos suponiendo supponiamo se suponha
    stel als
    załóżmy jeśli gdyby předpokládejme pokud если предположим допустим якщо eğer antag om oletetaan jos
    să_presupunem dacă αν giả_sử nếu misalkan jika إذا_كان אם यदि अगर tegyük_fel ha
    """
)
"""Words that begin a supposition, such as "if"."""
AFFIRMED = phrases(
    r"""
    see sees saw seen find finds found know knows known conclude concludes concluded have get gets
    deduce deduced infer
    show shows showed shown follows? followed means? meant implies imply implied note notice observe
    check verify verified
    confirm confirms confirmed tells told us clear evident obvious sure certain confident so such
    given proved prove proves
    proven demonstrates? established establish recall say give gives yields guarantee guarantees
    ensures stated state
    determine determined realize understand indicates? suggests? appears seems fact true conclusion
    """
)
"""English words before "that" that affirm what follows it: "we see that"."""
