"""Seeded random strings that look for trouble: scripts, marks, digits, white space, contractions."""

import random
import sys
import unicodedata

WORDS = ("the The THE don't DON'T we'll I'd you're they've it's IT'S o'clock 'sup 'S camelCase "
         "HTTPServer x86_64 naïve café straße İstanbul ΣΊΣΥΦΟΣ привет Мир שלום مرحبا नमस्ते สวัสดี "
         "日本語 中文字符 한국어 カタカナ tiếng Việt 🚀 👩‍👩‍👧 🇫🇷 1234567 3.14 1,000 ½ ² Ⅷ ٣٤٥ 一二三 "
         "<|endoftext|> <s> </s> [INST] <0x0A> ▁ ▁▁ == != -> // /* */ {} () \\n #include $HOME "
         "'ſ 'ſt I'ſ ﬁ K ſ ß ẞ ǅ ﬆ").split()
SPACES = [" ", "  ", "   ", "\t", "\n", "\n\n", "\r\n", " \n", "\n ", "\v", "\f", "\x85", "\xa0",
          "\u1680", "\u180e", "\u2003", "\u2028", "\u2029", "\u200b", "\u202f", "\u205f", "\u3000",
          "\ufeff"]
JOINERS = ["'", "’", "/", "-", "_", ".", ",", "!", "?", "…", "。", "、", "،", "(", ")", "|", "`",
           "~", "^", "$", "+", "=", "\u0301", "\u0308", "\u094d", "\u200d", "\x00", "\x1f", "\x7f"]
# Characters that Unicode 14 knows: the regex engines' tables differ on newer ones.
ASSIGNED = [c for c in map(chr, range(1, sys.maxunicode + 1))
            if unicodedata.category(c) not in ("Cn", "Cs")]
BY_CATEGORY = {}
for _c in ASSIGNED:
    if ord(_c) < 0xF0000:
        BY_CATEGORY.setdefault(unicodedata.category(_c), []).append(_c)
CATEGORIES = sorted(BY_CATEGORY)


def _atom(rng):
    kind = rng.random()
    if kind < 0.35:
        return rng.choice(WORDS)
    if kind < 0.55:
        return rng.choice(SPACES)
    if kind < 0.68:
        return rng.choice(JOINERS)
    if kind < 0.76:
        return "".join(rng.choice("0123456789") for _ in range(rng.randint(1, 9)))
    if kind < 0.84:
        return "".join(chr(rng.randint(33, 126)) for _ in range(rng.randint(1, 6)))
    if kind < 0.88:
        return rng.choice([" ", "a", "A", "1", "\n", "中", "é", "!"]) * rng.randint(2, 40)
    return "".join(rng.choice(BY_CATEGORY[rng.choice(CATEGORIES)]) for _ in range(rng.randint(1, 4)))


def _is_old(c):
    old = unicodedata.ucd_3_2_0.category(c)
    return old != "Cn" and old == unicodedata.category(c)


def random_texts(n, seed, without="", only_old=False):
    """without: characters left out. only_old: characters whose category is that of Unicode 3.2,
    for witnesses with old tables."""
    rng = random.Random(seed)
    keep = lambda c: c not in without and (not only_old or _is_old(c))
    texts = ["".join(_atom(rng) for _ in range(rng.randint(1, 14))) for _ in range(n)]
    return ["".join(filter(keep, t)) for t in texts]
