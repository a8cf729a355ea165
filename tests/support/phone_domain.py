"""The phone's rules in QuickJS, to be asked the same as the server's."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import quickjs

ROOT = Path(__file__).parent.parent.parent
JS = ROOT / "outreach" / "static" / "js" / "domain"
# What a browser has and QuickJS lacks. A text's bytes leave JavaScript as hexadecimal digits.
BROWSER = """
Object.hasOwn ??= (o, k) => Object.prototype.hasOwnProperty.call(o, k);
globalThis.TextEncoder = class {
  encode(text) {
    const bytes = unescape(encodeURIComponent(text));
    return Uint8Array.from(bytes, (one) => one.charCodeAt(0));
  }
};
const hex = (bytes) => Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
const sha256 = async (bytes) => sha256OfHex(hex(bytes));
function ask(f, a) { return JSON.stringify(d[f](...JSON.parse(a)) ?? null); }
let answer = null;
function askLater(f, a) {
  answer = null;
  d[f](...JSON.parse(a), sha256).then(
    (found) => { answer = JSON.stringify(found ?? null); },
    (error) => { answer = JSON.stringify({ error: String(error) }); },
  );
}
"""


class PhoneDomain:
    """The phone's domain code; ``ask`` calls an exported function with JSON arguments."""

    def __init__(self, folder: Path, modules: list[str]) -> None:
        entry = folder / "entry.js"
        entry.write_text("".join(f'export * from "{JS / name}.js";\n' for name in modules))
        esbuild = ROOT / "node_modules/.bin/esbuild"
        made = subprocess.run(
            [esbuild, entry, "--bundle", "--format=iife", "--global-name=d"],
            check=True,
            capture_output=True,
            text=True,
        )
        self.context = quickjs.Context()
        self.context.add_callable(
            "sha256OfHex", lambda digits: hashlib.sha256(bytes.fromhex(digits)).hexdigest()
        )
        self.context.eval(BROWSER)
        self.context.eval(made.stdout)
        self.call = self.context.get("ask")
        self.call_later = self.context.get("askLater")

    def ask(self, function: str, *args: Any) -> Any:
        return json.loads(self.call(function, json.dumps(args)))

    def ask_later(self, function: str, *args: Any) -> Any:
        """The answer of a function that promises it, called with the SHA-256 as last argument."""
        self.call_later(function, json.dumps(args))
        while self.context.execute_pending_job():
            pass
        return json.loads(self.context.eval("answer"))
