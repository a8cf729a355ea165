"""Checks one line of a signed list against the Merkle root, with nothing of ours.

Reads {"item", "index", "n", "path", "root"} as JSON and says "same" or "different". It follows
RFC 6962, section 2.1.1, from the root down; the list's own code climbs from the leaf.
"""

import hashlib
import json
import sys


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def root_above(leaf: bytes, index: int, n: int, path: list[bytes]) -> bytes:
    if n == 1:
        if path:
            raise ValueError("the path is too long")
        return leaf
    half = 1
    while half * 2 < n:
        half *= 2
    *rest, beside = path
    if index < half:
        return sha256(b"\x01" + root_above(leaf, index, half, rest) + beside)
    return sha256(b"\x01" + beside + root_above(leaf, index - half, n - half, rest))


def main() -> None:
    told = json.load(sys.stdin)
    item = json.dumps(told["item"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    leaf = sha256(b"\x00" + item.encode())
    path = [bytes.fromhex(one) for one in told["path"]]
    found = root_above(leaf, told["index"], told["n"], path).hex()
    print("same" if found == told["root"] else "different")


main()
