"""The phone's guards, each turned off by rewriting one place of a copy of its JavaScript, and the
test under tests/js that then fails.

``old`` must occur exactly once: a guard that was rewritten has to be pointed at again.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.database import ROOT

JS = Path("outreach/static/js")
LIMIT_SECONDS = 60


@dataclass(frozen=True)
class Mutant:
    """One guard off; ``killer`` is ``file:name of the test``."""

    guard: str
    off: str
    file: str
    old: str
    new: str
    killer: str


SYNC, STORE = "sync.test.mjs", "store.test.mjs"
VAULT = "vault_store.test.mjs"
EARLIER = "earlier_numbers.test.mjs"
MUTANTS = [
    Mutant(
        "lineage",
        "another history than mine is not noticed",
        "sync/lineage.js",
        "if (answer.fork || (await differs(s, last_mid, last_key))) {",
        "if (answer.fork) {",
        f"{SYNC}:a last key that is not mine starts a new device even before anything is pushed",
    ),
    Mutant(
        "from",
        "a page counts wherever it begins",
        "store/replica/pulled_pages.js",
        "if (page.from !== cursorOf(state, view)) {",
        "if (page.from === -1) {",
        f"{SYNC}:a page that does not begin at my cursor changes nothing",
    ),
    Mutant(
        "ver",
        "an old row replaces a newer one",
        "store/replica/pull_staging.js",
        "if (here && (pulled.ver < here.ver || pulled.ver <= (known ?? 0))) return;",
        "",
        f"{SYNC}:a row that is not newer changes nothing",
    ),
    Mutant(
        "ver of a marker",
        "an old marker takes a newer row away",
        "store/replica/pull_staging.js",
        "if (here && pulled.ver > here.ver) stage.remove(here);",
        "if (here) stage.remove(here);",
        f"{SYNC}:a row that is not newer changes nothing",
    ),
    Mutant(
        "early ack",
        "whatever was sent counts as received once an answer comes",
        "sync/push.js",
        "  await settle(s, results);\n",
        '  await settle(s, sent.map(({ mid }) => ({ mid, status: "applied", ver: 1 })));\n',
        f"{SYNC}:a push answered without verdicts acknowledges nothing",
    ),
    Mutant(
        "named alone",
        "an answer settles the first saves, whatever it names",
        "store/journal/settle.js",
        "  for (const { mid, ...result } of named) {\n",
        "  for (const [i, { mid: _mid, ...result }] of named.entries()) {\n"
        "    const mid = [...s.hot.keys()][i];\n",
        f"{SYNC}:an answer settles only what it names",
    ),
    Mutant(
        "view rule",
        "a save leaves the screen as soon as it is answered",
        "store/journal/settle.js",
        "const isShown = (s, entry) =>\n",
        "const isShown = (s, entry) => true ||\n",
        f"{SYNC}:an answered save stays in the view until the pulled row is as new",
    ),
    Mutant(
        "durable",
        "what was received is let go without a backup",
        "sync/second_part.js",
        "await prune(s, s.sync.durable);",
        "await prune(s, s.sync.received);",
        f"{SYNC}:acknowledged saves stay until a verified backup has them",
    ),
    Mutant(
        "gone",
        "a marker takes nothing away",
        "store/replica/pull_staging.js",
        "if (here && pulled.ver > here.ver) stage.remove(here);",
        "",
        f"{SYNC}:rows leave only when gone or when the village is revoked; unsent saves stay",
    ),
    Mutant(
        "revoke",
        "a revoked village stays",
        "store/replica/pulled_pages.js",
        "const dropped = (answer.revoked ?? []).filter((scope) => base[scope]);",
        "const dropped = [];",
        f"{SYNC}:rows leave only when gone or when the village is revoked; unsent saves stay",
    ),
    Mutant(
        "gap",
        "the phone claims to keep what it let go",
        "sync/push.js",
        "kept_from: s.head.floor.mid + 1,",
        "kept_from: 1,",
        f"{SYNC}:what the phone no longer keeps is told, so that the server can name the gap",
    ),
    Mutant(
        "new life",
        "a restored server is taken for the old one",
        "sync/lineage.js",
        "if (answer.epoch !== s.sync.epoch) {",
        "if (answer.epoch === -1) {",
        f"{SYNC}:after a restore everything kept is offered again and the base is swapped at once",
    ),
    Mutant(
        "one bad save",
        "what the server cannot read stops the queue",
        "sync/push.js",
        "const UNREADABLE = [400, 413, 422];",
        "const UNREADABLE = [];",
        f"{SYNC}:one unreadable save among fifty is found by halving and goes as raw text",
    ),
    Mutant(
        "sending",
        "what was under way when the phone died is forgotten",
        "store/journal/settle.js",
        'turn("sending", "waiting"),',
        'turn("never", "waiting"),',
        f"{SYNC}:what was on the way when the phone died waits again and arrives once",
    ),
    Mutant(
        "not our server",
        "whoever names the server's key is believed",
        "sync/call.js",
        "return Boolean(key && (await verify(key, made, text)));",
        "return Boolean(key);",
        "middle_box.test.mjs:the server's answer with another status on the way is not believed",
    ),
    Mutant(
        "unknown key",
        "any key that an answer names itself is the server's",
        "sync/lineage.js",
        "(mayTell(status) ? [...s.keys, ...(told?.keys ?? [])] : s.keys);",
        "[...s.keys, ...(told?.keys ?? [])];",
        "middle_box.test.mjs:an unknown key is no server of ours, whatever it tells, until the "
        "person logs in",
    ),
    Mutant(
        "ended by its own word",
        "a phone that knows no key is ended by whoever tells it one",
        "sync/lineage.js",
        "known ? (body.fresh_login || body.login) && status === 200 : status !== 410;",
        "known ? (body.fresh_login || body.login) && status === 200 : true;",
        "middle_box.test.mjs:a phone that knows no key yet hears that it has to log in, and is "
        "ended by nobody",
    ),
    Mutant(
        "number",
        "two tabs may give out one number",
        "store/journal/journal.js",
        "if (stamp.j !== j) return null;",
        "",
        f"{STORE}:two contexts saving at once leave no gap and no double number",
    ),
    Mutant(
        "strict",
        "a save is called saved before it is on the disk",
        "store/journal/journal.js",
        'const head = await s.conn.run(stores, "readwrite", work, "strict");',
        'const head = await s.conn.run(stores, "readwrite", work);',
        f"{STORE}:a save resolves only once its transaction is complete, and asks for strict "
        "durability",
    ),
    Mutant(
        "eviction",
        "numbers that went with the storage are not named",
        "store/engine/cookie_mirror.js",
        "return device ? { device, mid: Number(mid), at: Number(at) } : null;",
        "return null;",
        f"{STORE}:the cookie names the numbers that vanished with the storage",
    ),
    Mutant(
        "loss over a fork",
        "a phone that goes on as another device forgets what an earlier storage lost",
        "store/journal/renumber.js",
        "if (old.lost && old.lost.device !== old.device) head.lost = old.lost;",
        "",
        f"{SYNC}:what went with an earlier storage stays named when the phone goes on as another",
    ),
    Mutant(
        "gone before a fork",
        "what the server lacks of the devices before counts as received",
        "store/books/lost_numbers.js",
        "received: counts.received - lacking - before,",
        "received: counts.received - lacking,",
        f"{EARLIER}:what the server lacks of devices before is gone, by the numbers of this phone",
    ),
    Mutant(
        "gone until it tells anew",
        "a phone that goes on as another device forgets what the server lacks",
        "store/journal/renumber.js",
        "{ ...sync, ...anew, ...earlierOf(sync, old.device) }",
        "{ ...sync, ...anew, missing: undefined }",
        f"{EARLIER}:a phone that goes on as another keeps saying what was missing of the one "
        "before",
    ),
    Mutant(
        "later life",
        "a restored server hears of earlier devices at a registration alone",
        "sync/let_go.js",
        "if (toldIn !== epoch || (round && earlier.length)) await tellLetGo(s, fetch);",
        "",
        f"{EARLIER}:each later life of the server hears it again, without a login",
    ),
    Mutant(
        "numbers let go",
        "of many earlier devices only the first are told",
        "sync/let_go.js",
        "at < gone.length; at += AT_ONCE",
        "at < Math.min(gone.length, 1); at += AT_ONCE",
        f"{EARLIER}:however often it went on as another, all are told, as many at once as the "
        "server takes",
    ),
    Mutant(
        "numbers given twice",
        "saves under numbers that were given out again are forgotten with a fork",
        "store/journal/renumber.js",
        "of own?.missing ?? [])",
        "of [])",
        f"{EARLIER}:numbers given out a second time stay named when the phone goes on as another",
    ),
    Mutant(
        "data key of a PIN",
        "what lies here stays under the data key from before the PIN",
        "vault/rekey.js",
        'tx.objectStore("meta").put(PLAIN, "plain");',
        "",
        f"{VAULT}:the data key from before the PIN opens nothing that lies here after it",
    ),
    Mutant(
        "rewriting",
        "what is changed while it is rewritten is written over",
        "store/access/migrate.js",
        "if (now[part] === undefined || same(now[part], was[part])) now[part] = bytes;",
        "now[part] = bytes;",
        f"{VAULT}:what is changed while it is rewritten stays as it was changed",
    ),
    Mutant(
        "next fetch key",
        "a phone whose renewal was answered into nothing stops fetching",
        "sync/pull.js",
        "if (next && (body?.fetch_key || body?.code === NO_KEY)) {",
        "if (next && body?.fetch_key) {",
        "vault_sync.test.mjs:"
        "where the answer to that was lost, the phone goes on with the next key by itself",
    ),
]


def mutated(mutant: Mutant, folder: Path) -> Path:
    """A copy of the phone's code and its tests in ``folder``, with the guard off."""
    for part in (JS, Path("tests/js")):
        shutil.copytree(ROOT / part, folder / part)
    for link in [*(ROOT / "outreach").iterdir(), ROOT / "node_modules", ROOT / "tests/shared"]:
        here = folder / link.relative_to(ROOT)
        if not here.exists():
            here.symlink_to(link.resolve())
    target = folder / JS / mutant.file
    source = target.read_text()
    found = source.count(mutant.old)
    assert found == 1, f"{mutant.file} has {found} places that read {mutant.old!r}"
    target.write_text(source.replace(mutant.old, mutant.new))
    return folder


def run_killer(mutant: Mutant, root: Path) -> subprocess.CompletedProcess[str]:
    """How the killer fares in ``root``."""
    file, _, name = mutant.killer.partition(":")
    pattern = "".join(f"\\{c}" if c in "()[]{}.*+?^$|/" else c for c in name)
    return subprocess.run(
        ["node", f"--test-name-pattern=^{pattern}$", str(root / "tests/js" / file)],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )
