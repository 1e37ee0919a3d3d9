"""JSON as Tributary's design reads it, which Python's own module does not quite do: numbers keep their digits, the text of
a member's value can be had as it was written, 64 levels are the limit, and text that ends early is told from text that is
wrong. Of two members with one name the last wins."""

import json
import re

MAX_DEPTH = 64


class NotJson(Exception):
    """The text is wrong at some place."""


class EndsEarly(NotJson):
    """Nothing is wrong with the text but that it ends."""


class TooDeep(Exception):
    """More than 64 levels."""


class Num(str):
    """A number, as its text."""


_space = re.compile(r"[ \t\n\r]*")
_number = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_number_start = re.compile(r"-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:(?<=[0-9])[eE][+-]?[0-9]*)?)?")
_chunk = re.compile(r'[^"\\\x00-\x1f]*')
_hex4 = re.compile(r"[0-9a-fA-F]{4}")
_escapes = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_literals = {"t": ("true", True), "f": ("false", False), "n": ("null", None)}


def skip(text, at):
    """The place after white space."""
    return _space.match(text, at).end()


def value(text, at, depth=0):
    """The value that starts at `at`, and the place after it."""
    if at >= len(text):
        raise EndsEarly(at)
    c = text[at]
    if c == '"':
        return _string(text, at)
    if c == "{":
        members, end = _object(text, at, depth)
        return {name: v for name, (v, _) in members.items()}, end
    if c == "[":
        return _array(text, at, depth)
    if c in _literals:
        word, v = _literals[c]
        if text.startswith(word, at):
            return v, at + len(word)
        if word.startswith(text[at:]):
            raise EndsEarly(len(text))
        raise NotJson(at)
    m = _number.match(text, at)
    if m:
        end = m.end()
        if end < len(text) and text[end] in ".eE" and _number_start.match(text, at).end() == len(text):
            raise EndsEarly(len(text))
        return Num(m.group()), end
    if c == "-" and at + 1 == len(text):
        raise EndsEarly(len(text))
    raise NotJson(at)


def _string(text, at):
    parts = []
    at += 1
    while True:
        m = _chunk.match(text, at)
        parts.append(m.group())
        at = m.end()
        if at >= len(text):
            raise EndsEarly(at)
        c = text[at]
        if c == '"':
            return _join_surrogates("".join(parts)), at + 1
        if c != "\\":
            raise NotJson(at)
        if at + 1 >= len(text):
            raise EndsEarly(at)
        c = text[at + 1]
        if c in _escapes:
            parts.append(_escapes[c])
            at += 2
        elif c == "u":
            m = _hex4.match(text, at + 2)
            if not m:
                rest = text[at + 2 : at + 6]
                if len(rest) < 4 and at + 2 + len(rest) == len(text) and re.fullmatch(r"[0-9a-fA-F]*", rest):
                    raise EndsEarly(len(text))
                raise NotJson(at)
            parts.append(chr(int(m.group(), 16)))
            at += 6
        else:
            raise NotJson(at)


_pair = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def _join_surrogates(s):
    """Two escapes that make one character, joined; a lone one stays as it is."""
    return _pair.sub(lambda m: m.group().encode("utf-16-le", "surrogatepass").decode("utf-16-le"), s)


def _object(text, at, depth):
    """name -> (value, its text)"""
    if depth + 1 > MAX_DEPTH:
        raise TooDeep(at)
    members = {}
    at = skip(text, at + 1)
    if at < len(text) and text[at] == "}":
        return members, at + 1
    while True:
        if at >= len(text):
            raise EndsEarly(at)
        if text[at] != '"':
            raise NotJson(at)
        name, at = _string(text, at)
        at = skip(text, at)
        if at >= len(text):
            raise EndsEarly(at)
        if text[at] != ":":
            raise NotJson(at)
        start = skip(text, at + 1)
        v, at = value(text, start, depth + 1)
        members[name] = (v, text[start:at])
        at = skip(text, at)
        if at >= len(text):
            raise EndsEarly(at)
        if text[at] == "}":
            return members, at + 1
        if text[at] != ",":
            raise NotJson(at)
        at = skip(text, at + 1)


def _array(text, at, depth):
    if depth + 1 > MAX_DEPTH:
        raise TooDeep(at)
    items = []
    at = skip(text, at + 1)
    if at < len(text) and text[at] == "]":
        return items, at + 1
    while True:
        v, at = value(text, at, depth + 1)
        items.append(v)
        at = skip(text, at)
        if at >= len(text):
            raise EndsEarly(at)
        if text[at] == "]":
            return items, at + 1
        if text[at] != ",":
            raise NotJson(at)
        at = skip(text, at + 1)


def _no_constant(name):
    raise ValueError(name)


_fast = json.JSONDecoder(parse_int=Num, parse_float=Num, parse_constant=_no_constant)


def whole(text):
    """The one value that the text holds, white space around it."""
    if text.count("{") + text.count("[") <= MAX_DEPTH:  # cannot be too deep, so the module's scanner may try first
        try:
            return _fast.decode(text)
        except (ValueError, RecursionError):
            pass
    v, at = value(text, skip(text, 0))
    if skip(text, at) != len(text):
        raise NotJson(at)
    return v


def members(text):
    """Of a text that holds one object: name -> (value, its text as written)."""
    at = skip(text, 0)
    found, at = _object(text, at, 0)
    if skip(text, at) != len(text):
        raise NotJson(at)
    return found


def lone_surrogate(s):
    """Whether the string cannot be written as UTF-8."""
    return re.search("[\ud800-\udfff]", s) is not None
