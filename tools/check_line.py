"""Checks that one line stood on a list that a village signed, with nothing but Python.

``python check_line.py bukti.json [root]`` reads the proof that the page of a signed version gives.
The root stands on the stamped paper ("Akar bukti per nama"); typed behind the file, with or without
its blanks, it is compared too. Prints what was found; the exit status is 0 only for a good proof.

The tree is that of RFC 6962, the line's form RFC 8785.
"""

import hashlib
import json
import re
import sys
import unicodedata


def digest(data):
    """The SHA-256 of bytes."""
    return hashlib.sha256(data).digest()


def canonical(item):
    """The one form in bytes of a line: names in order, no blanks, texts composed."""
    text = json.dumps(item, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return unicodedata.normalize("NFC", text).encode()


def climb(item, index, lines, path):
    """The root that line ``index`` of ``lines`` leads to over the hashes beside its way."""
    here, last = index, lines - 1
    current = digest(b"\x00" + canonical(item))
    for beside in path:
        if last == 0:
            return None
        other = bytes.fromhex(beside)
        if here % 2 or here == last:
            current = digest(b"\x01" + other + current)
            while here % 2 == 0 and here:
                here, last = here >> 1, last >> 1
        else:
            current = digest(b"\x01" + current + other)
        here, last = here >> 1, last >> 1
    return current.hex() if last == 0 else None


def check(proof, root_on_paper=""):
    """A sentence for what is wrong with the proof; empty for a good one."""
    index, lines = proof["index"], proof["lines"]
    if not 0 <= index < lines:
        return "nomor di luar daftar / the line is not on the list"
    if canonical(proof["item"]).decode() != proof["canonical"]:
        return "isi baris berubah / the line was changed"
    if climb(proof["item"], index, lines, proof["path"]) != proof["root"]:
        return "baris ini tidak ada di daftar itu / this line is not on that list"
    paper = re.sub(r"\s", "", root_on_paper).lower()
    if paper and paper != proof["root"]:
        return "kertasnya dari versi lain / the paper is of another version"
    return ""


def main(arguments):
    """The exit status."""
    with open(arguments[0], encoding="utf-8") as file:
        proof = json.load(file)
    wrong = check(proof, "".join(arguments[1:]))
    if wrong:
        print("BERBEDA / DIFFERENT:", wrong)
        return 1
    item, root = proof["item"], proof["root"]
    print("SAMA / THE SAME:", item["no"], item["name"], item["verdict"], item["reason"] or "")
    print("akar / root:", " ".join(root[i : i + 4] for i in range(0, len(root), 4)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
