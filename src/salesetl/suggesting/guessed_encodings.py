"""Guesses the encoding of text that is not UTF-8 by the letters of languages that it would have."""

import re
from collections.abc import Sequence

# Letters beside ASCII, small ones; a capital one only begins a word.
_WEST = [
    "äöüß",
    "éèêëàâçîïôûùœ",
    "ñáéíóúü",
    "ãõáâàçéêíóôúü",
    "àèéìòù",
    "åæøäö",
    "áéóëï",
]
_CENTRAL = ["ąćęłńóśźż", "áčďéěíňóřšťúůýžäôĺľŕ", "áéíóöőúüű", "čćđšž"]
# Of text that is not UTF-8, the encodings that exports have, the most frequent one first: what one
# file may have, as names of several western languages, and what each language has.
_LANGUAGES = {
    "windows-1252": (["".join(_WEST)], _WEST),
    "IBM850": (["".join(_WEST)], _WEST),
    "windows-1250": (_CENTRAL, _CENTRAL),
    "ISO-8859-2": (_CENTRAL, _CENTRAL),
}
# What any text has; of these, some stand in no word but behind the m of `m²`.
_SIGNS = set("€£¥°½²³®™’“”–\xa0")
_NOT_IN_WORDS = set("£¥½²³")
_BESIDE_ASCII = re.compile(r"[^\x00-\x7f]")


def guessed_encoding(parts: Sequence[bytes]) -> str:
    """Return the encoding in which most signs of a text are letters of a language."""
    return max(_LANGUAGES, key=lambda each: _likeness(parts, each))


def _likeness(parts: Sequence[bytes], encoding: str) -> tuple[int, int]:
    texts = (part.decode(encoding, errors="replace") for part in parts)
    pairs = [
        (found.string[max(found.start() - 1, 0) : found.start()], found[0])
        for text in texts
        for found in _BESIDE_ASCII.finditer(text)
    ]
    signs = sum(_is_sign(*pair) for pair in pairs)
    in_file, in_language = (
        max(sum(_is_letter(*pair, letters) for pair in pairs) for letters in each)
        for each in _LANGUAGES[encoding]
    )
    return signs + in_file, in_language


def _is_sign(before: str, char: str) -> bool:
    is_in_word = before.isalpha() and before != "m"
    return char in _SIGNS and not (char in _NOT_IN_WORDS and is_in_word)


def _is_letter(before: str, char: str, letters: str) -> bool:
    return char in letters or (char.lower() in letters and not before.islower())
