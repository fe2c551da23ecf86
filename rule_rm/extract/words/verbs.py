"""Find the base form of an English verb: "kept" is a form of "keep"."""

from __future__ import annotations

import re

_IRREGULAR = """
    be:is,are,was,were,been,am have:has,had do:did,done,does go:went,gone,goes get:got,gotten
    give:gave,given take:took,taken make:made come:came become:became see:saw,seen know:knew,known
    think:thought find:found tell:told say:said leave:left feel:felt keep:kept begin:began,begun show:shown
    hear:heard run:ran hold:held bring:brought write:wrote,written sit:sat stand:stood lose:lost pay:paid
    meet:met send:sent build:built fall:fell,fallen sell:sold buy:bought spend:spent win:won eat:ate,eaten
    drink:drank,drunk drive:drove,driven ride:rode,ridden fly:flew,flown swim:swam,swum grow:grew,grown
    draw:drew,drawn throw:threw,thrown break:broke,broken choose:chose,chosen steal:stole,stolen
    wear:wore,worn catch:caught teach:taught sleep:slept feed:fed lend:lent bend:bent dig:dug hang:hung
    light:lit shoot:shot sing:sang,sung rise:rose,risen shrink:shrank,shrunk speak:spoke,spoken
    wake:woke,woken weave:wove,woven mean:meant learn:learnt burn:burnt lay:laid lie:lain slay:slew,slain
    use:used
"""
_BASES = {
    form: base
    for base, _, forms in (entry.partition(":") for entry in _IRREGULAR.split())
    for form in forms.split(",")
}
_DOUBLED = re.compile(r"([bdgklmnprt])\1\Z")
"""A final consonant that an ending doubled: the `pp` of "dropped"."""
_VOWEL = re.compile("[aeiouy]")
"""A vowel, which the stem of a word has: the `spr` of "spring" is none."""
_SHORTEST = 3


def base(word: str) -> str:
    """Return the base form of a verb, without a final "e"; for a noun, its singular.

    >>> [base(word) for word in ("kept", "keeps", "saved", "saving", "dropped", "carries", "boxes")]
    ['keep', 'keep', 'sav', 'sav', 'drop', 'carry', 'box']
    """
    word = word.lower()
    if word in _BASES:
        return _BASES[word].removesuffix("e") if len(_BASES[word]) > _SHORTEST else _BASES[word]
    if word.endswith("ings"):
        word = word[:-1]
    for ending in ("ing", "ed", "s"):
        stem = word.removesuffix(ending)
        if stem == word or word.endswith("ss") or len(stem) < (2 if ending == "s" else _SHORTEST):
            continue
        if not _VOWEL.search(stem):
            continue
        if ending == "ed" and stem.endswith("i"):
            return stem[:-1] + "y"
        if ending == "s":
            if stem.endswith("ie"):
                return stem[:-2] + "y"
            return stem.removesuffix("e") if len(stem) > _SHORTEST else stem
        return _DOUBLED.sub(r"\1", stem).removesuffix("e")
    return word.removesuffix("e") if len(word) > _SHORTEST else word


def is_past(word: str) -> bool:
    """Return True for a past form of a verb.

    >>> [is_past(word) for word in ("kept", "baked", "keeps", "box")]
    [True, True, False, False]
    """
    return (word in _BASES and not word.endswith("s")) or (word.endswith("ed") and base(word) != word)
