"""Words that announce an answer, or speak about it, and give none, such as "Thought process:" or "解".

A text of these words and fillers has no content, in any order and mix of languages. Some judges take such
texts for right answers ("master keys", arXiv 2507.08794), and asking them more often does not help.
"""

from __future__ import annotations

_OPENERS = """
let lets begin begins beginning start starts starting started proceed continue think thinking thought
thoughts reason reasons reasoning reasoned consider considering considered analyze analyse analyzing
analysing analyzed analysis solve solving solved solves work working worked works compute computing
calculate calculating calculation calculations finding figure determine determining evaluate evaluating
examine examining explore exploring approach approaching break breaking tackle looking going walk walking
explain explaining explained explanation explanations understand understanding need needs needed want
wants try trying provide provided providing giving arrive derive shows follow follows following followed
apply using procedure method methods methodology strategy outline overview summary step steps stepwise
systematically carefully logically methodically firstly finally problem problems question questions query
task tasks prompt request instruction instructions answer answers answered answering solution solutions
response responses result results output outcome final reply verdict ans sol qed proof

correct correctly equivalence reference references referenced ground truth expected mentioned

solucion soluciones respuesta respuestas explicacion razonamiento proceso pensamiento paso pasos pensemos
resolvamos vamos resolver analizar problema pregunta analisis continuacion desarrollo resultado veamos

reponse explication raisonnement processus pensee reflexion etape etapes resolvons commencons
reflechissons analysons probleme demarche resultat

losung loesung losungsweg antwort erklarung gedankengang uberlegung uberlegungen schritt schritte lass
lasst losen rechnung ergebnis denkprozess aufgabe nachdenken

solucao resposta explicacao raciocinio processo pensamento passo passos

soluzione risposta spiegazione ragionamento pensiero passi risolviamo risultato svolgimento analizziamo

oplossing antwoord uitleg redenering stap stappen voor laten probleem oplossen resultaat denkproces

решение ответ объяснение рассуждение рассуждения мыслей мысли шаг шаги шагом давайте решим решить задачу
задача вопрос рассмотрим подумаем разбор результат

розвязання розв язання відповідь пояснення крок кроком

rozwiazanie odpowiedz wyjasnienie rozumowanie krok po kroku kroki rozwiazmy zadanie wynik

reseni odpoved vysvetleni postup riesenie

cozum yanit cevap aciklama dusunce sureci adim adimlar soruyu problemi cozelim sonuc

giai loi bai dap tra cau hoi buoc suy nghi qua trinh chung ta giải lời bài đáp án

jawaban solusi penyelesaian pembahasan penjelasan langkah demi selesaikan proses berpikir

losning svar forklaring tankeprocess steg lat oss losa detta losningen lösning tankegang trin

ratkaisu vastaus selitys vaihe askel megoldas valasz magyarazat lepesrol lepesre solutie raspuns rezolvare
explicatie pas lysi apantisi λυση απαντηση εξηγηση βημα προς

الحل الاجابة الإجابة الجواب حل جواب شرح التفسير خطوة بخطوة دعونا نحل المسألة عملية التفكير פתרון תשובה
הסבר צעד אחר हल उत्तर समाधान व्याख्या जवाब चरण दर समस्या विचार प्रक्रिया সমাধান উত্তর ব্যাখ্যা ধাপে پاسخ
توضیح

풀이 해설 정답 답 답변 해답 설명 사고 과정 단계별로 단계 이 문제를 문제 풀어 봅시다 풀어봅시다 생각해
단계별 차근차근
"""
_FILLERS = """
a an the my our your its his her their this that these those it i we you he she they me us s ll ve re d m
is are was be been being am will would shall should can could may might must do does did have has had and
or so then now thus hence therefore because since as if but of to in on at by for from with into through
about over down up out below above here there well ok okay sure certainly absolutely course great alright
right good hello hi hmm um uh please note important all every each both very find look see go give gives
given get got come comes show shown use used know known mental internal inner detailed detail details
process processes plan background introduction intro context conclusion conclusions slowly clearly
together simply just first exercise q e exact exactly same identical equal equals equivalent match matches
matching matched agree agrees gold golden standard official key label target desired required asked stated
fully completely perfectly este esta el la los las un una de del es por primero ce cette le les une est
voici par fur uns wir dieses diese das der die ein eine ist hier o os questo dit het ход за эту этот итак
ten bu hay nay theo tung mari kita soal ini cu هذه आइए इस को करें راه گام به
"""
_UNSPACED = """
解答过程 解題過程 解题过程 思考过程 思考過程 推理过程 解题思路 解題思路 解题步骤 参考答案 標準答案
标准答案 正确答案 最终答案 最後答案 一步一步 逐步 一步步 让我们 讓我們 我们来 我們來 我们 我們 首先 接下来
接下來 分析 解析 解释 解釋 说明 說明 思路 步骤 步驟 过程 過程 答案 回答 解答 解决 解決 解题 解題 求解 题目
題目 问题 問題 这个 這個 这道题 这道 本题 题 思考 推理 结果 結果 结论 結論 最终 如下 以下 所示 下面 好的
因此 所以 可以 来看 看看 想想 一下 我来 我會 我会 正确 正確 相同 一致 一样 与 和 是 为 為 的 了 来 答 解
考 かいせつ かいとう こたえ 解説 解法 考え方 考察 思考プロセス プロセス ステップバイステップ ステップ
順を追って 順番に この問題を この問題 問題を 解いて 解きましょう 解いていきましょう 考えてみましょう
考えましょう 考えて いきましょう みましょう ましょう まず では それでは 最終的な 以下の通り です ます
という この その を に は が の で と て วิธีทำ เฉลย คำตอบ คำอธิบาย ขั้นตอน ทีละขั้น กระบวนการคิด
มาแก้โจทย์ ปัญหานี้ กัน
"""
STEPS = r"(?:steps?|pasos?|etapes?|schritt|passo|шаг|krok|adim|buoc|langkah|stap|steg|步骤|ステップ|단계)"
"""Words that may go before or after a number without making it an answer."""

OPENERS = frozenset(_OPENERS.split())
"""Words that announce an answer, or speak of it."""
FILLERS = frozenset(_FILLERS.split())
"""Words that add nothing to the others, but may be an answer alone."""
PHRASES = tuple(sorted(set(_UNSPACED.split()), key=len, reverse=True))
"""The phrases of scripts without spaces, the longest first."""
