// The sync server in miniature: numbers, keys, chain, merge, scopes, epochs and blobs as the real
// one has them, in memory and with faults on request.
import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { Aes128Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";

const LIST = ["full_name", "nik", "birth_date", "sex", "occupation_code"];
const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
const json = (body, status = 200, headers = {}) =>
  new Response(JSON.stringify(body), { status, headers });
const link = (prev, text) =>
  createHash("sha256").update(Buffer.from(prev, "hex")).update(text).digest("hex");

const suite = new CipherSuite({
  kem: new DhkemP256HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes128Gcm(),
});
const SIGN = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** An answer that somebody on the way gives in the server's place. */
export const unsigned = (body, status = 200, headers = {}) => ({
  box: new Response(body, { status, headers }),
});

/** A key pair that answers and receipts are signed with, as /device tells it. */
export async function signingPair(kid = "a1") {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(SIGN, true, ["sign", "verify"]);
  const raw = Buffer.from(await crypto.subtle.exportKey("raw", publicKey));
  return { kid, kind: "sign", public: raw.toString("base64url"), privateKey };
}

/** A key pair that phones can seal to, as /device tells it. */
export async function sealingPair(kid = "k1") {
  const { publicKey, privateKey } = await suite.kem.generateKeyPair();
  const raw = Buffer.from(await suite.kem.serializePublicKey(publicKey));
  return { kid, kind: "seal", public: raw.toString("base64url"), privateKey };
}

/** What was sealed with an info, opened as the real server opens it. */
export async function unseal(pair, info, sealed) {
  const bytes = typeof sealed === "string" ? Buffer.from(sealed, "base64url") : sealed;
  const [enc, body] = [bytes.slice(0, 65), bytes.slice(65)].map((part) => Uint8Array.from(part));
  const how = { recipientKey: pair.privateKey, enc, info: new TextEncoder().encode(info) };
  return new Uint8Array(await suite.open(how, body));
}

export class FakeServer {
  constructor() {
    this.users = new Map();
    this.faults = [];
    this.calls = [];
    this.sent = [];
    this.pushed = [];
    this.forbidden = new Set();
    this.heldScopes = new Set();
    this.unreadable = new Set();
    this.pairs = [];
    this.signer = signingPair();
    this.time = 1;
    this.ended = new Set();
    this.bearsNoGzip = false;
    this.unsigned = 0;
    this.durable = 0;
    this.state = { epoch: 1, seqs: {}, rows: {}, gone: [], devices: {}, first: {}, blobs: {} };
    this.fetch = (url, init) => this.answer(url, init);
  }

  /** What is stored, as counted by its author's saves. */
  get keys() {
    return Object.keys(this.state.first);
  }

  backup() {
    return structuredClone(this.state);
  }

  restore(backup) {
    this.state = structuredClone(backup);
    this.state.epoch += 1;
    for (const scope of Object.keys(this.state.seqs)) this.state.seqs[scope] += 1_000_000;
  }

  async answer(url, init) {
    const { pathname, searchParams } = new URL(url, "http://test");
    const hash = /^.*\/blob\//.exec(pathname)?.[0].length;
    if (hash) this.sent.push(`${init.method} ${pathname.slice(hash)}`);
    const fault = this.faults.length ? this.faults.shift() : null;
    this.calls.push(pathname);
    if (fault === "drop") throw new TypeError("network");
    if (fault?.box) return fault.box;
    if (typeof fault === "number") {
      const keys = await this.toldKeys();
      return this.signed(json({ code: "fault", keys }, fault), init);
    }
    if (fault instanceof Response) return this.signed(fault, init);
    if (typeof fault === "function") fault();
    const response = await this.signed(await this.route(pathname, searchParams, init, url), init);
    if (fault === "lose") throw new TypeError("network");
    return response;
  }

  async toldKeys() {
    const pairs = [this.rotated, ...this.pairs, await this.signer].filter(Boolean);
    return pairs.map(({ privateKey, ...told }) => told);
  }

  /** The answer as the real server signs it, with the next challenge. */
  async signed(response, { headers }) {
    const pair = await this.signer;
    if (!pair) return response;
    const body = Buffer.from(await response.arrayBuffer());
    const asked = headers["Jangkau-Signature"] ?? "";
    const text = Buffer.concat([
      Buffer.from(`jangkau answer 1\n${response.status}\n${asked}\n`),
      body,
    ]);
    const made = Buffer.from(await crypto.subtle.sign(SIGN, pair.privateKey, text));
    const told = new Headers(response.headers);
    told.set("Jangkau-Answer", `${pair.kid}.${made.toString("base64url")}`);
    told.set("Jangkau-Challenge", `${this.time}.c`);
    return new Response(body, { status: response.status, headers: told });
  }

  async route(path, params, { method, body, headers }, url) {
    const [, , , what, sha] = path.split("/");
    const [form, time, , made] = (headers["Jangkau-Signature"] ?? "").split(".");
    if (form !== "2" || time !== String(this.time)) {
      this.calls.pop(); // what counts is the request that is asked
      return json({ code: "challenge_stale" }, 428);
    }
    /** True where the device's key signed this very request. */
    this.isSigned = async ({ key }, whole) => {
      if (!key) return true;
      const hash = createHash("sha256").update(whole).digest("hex");
      const text = ["jangkau request 2", method, url, hash, `${time}.c`].join("\n");
      const raw = Buffer.from(key, "base64url");
      const own = await crypto.subtle.importKey("raw", raw, SIGN, false, ["verify"]);
      const signature = Buffer.from(made, "base64url");
      return crypto.subtle.verify(SIGN, own, signature, Buffer.from(text));
    };
    if (what === "blob") {
      const sender = this.state.devices[params.get("device")];
      if (!(await this.isSigned(sender, body ?? ""))) this.unsigned += 1;
      return this.blob(method, sha, params, body);
    }
    const zipped = body[0] === 0x1f && body[1] === 0x8b;
    if (zipped && this.bearsNoGzip) return json({ code: "http_400" }, 400);
    const plain = zipped ? gunzipSync(body) : Buffer.from(body);
    this.last = JSON.parse(plain.toString());
    if (what === "device") {
      const { public_key: key } = this.last;
      if (!(await this.isSigned({ key }, plain))) this.unsigned += 1;
      return this.device(this.last);
    }
    const device = this.state.devices[this.last.device];
    if (!device) return json({ code: "device_unknown" }, 401);
    const key = what === "pull" ? device.fetch : device.key;
    if (what === "pull" && !key) return json({ code: "fetch_key_unknown" }, 426);
    if (!(await this.isSigned({ key }, plain))) {
      if (what === "pull") return json({ code: "fetch_key_unknown" }, 426);
      this.unsigned += 1;
    }
    if (what === "pull") {
      if (this.ended.has(this.last.device)) return json({ code: "device_ended" }, 410);
      if (this.revoked) return json({ code: "device_revoked" }, 403);
      if (this.login) return json({ code: this.login, params: {} }, 401);
      const { fetch_key: next } = this.last;
      if (next) device.fetch = next;
      if (next && this.losesRenewals) throw new TypeError("no answer");
      return this.pull(device, this.last, next ? { fetch_key: true } : {});
    }
    this.arrived = this.last.mutations;
    this.last.mutations = await Promise.all(this.arrived.map((text) => this.opened(text)));
    return this.push(device, this.last);
  }

  /** A mutation as its author wrote it; its number is the one outside. */
  async opened(text) {
    const { mid, key, kid, sealed } = JSON.parse(text);
    if (!sealed) return { text, mid };
    const pair = this.pairs.find((one) => one.kid === kid);
    const bytes = await unseal(pair, `jangkau sealed 1 ${key}`, sealed);
    return { text: new TextDecoder().decode(bytes), mid, sealed: true };
  }

  async device(said) {
    const { device, was, public_key: key, fetch_key: fetch, left, fresh_login: justNow } = said;
    // The browser's login is somebody else's, or the password was given long ago.
    if (justNow && this.refusesLogin) return json({ code: "login_needed" }, 401);
    if (left) {
      this.left = [...(this.left ?? []), device];
      return json({ left: true });
    }
    const user = this.loggedIn ?? [...this.users.keys()].at(-1);
    const fresh = { user, was, key, last_mid: 0, last_key: null, hash: "" };
    this.state.devices[device] ??= fresh;
    const mine = this.state.devices[device];
    mine.key ??= key;
    // The user has always just logged in here, unless a test says otherwise.
    if (!this.staleLogin || !mine.fetch) mine.fetch = fetch ?? mine.fetch;
    if (key && mine.key !== key) return json({ code: "device_key_differs" }, 409);
    if (this.ended.has(device)) return json({ code: "device_ended" }, 410);
    const owner = this.state.devices[device].user;
    const { role, scopes } = this.users.get(owner);
    const all = [`u:${owner}`, "ref", ...scopes];
    const keys = await this.toldKeys();
    const told = { user: { id: owner, name: "P" }, role, scopes: all, keys, lease_days: 14 };
    const { lost = null, before = null } = this;
    return json({ epoch: this.state.epoch, ...told, lost, before, ...this.toldEarlier(said) });
  }

  /** What is nowhere of the devices that a phone names; an earlier server tells nothing of it. */
  toldEarlier({ let_go: numbers }) {
    if (!numbers || !this.earlier) return {};
    this.heard = [...(this.heard ?? []), numbers];
    const named = new Set(numbers.map(([device]) => device));
    return { earlier: this.earlier.filter(({ device }) => named.has(device)) };
  }

  numbers({ last_mid, last_key, hash }) {
    const { epoch } = this.state;
    const told = this.missing ? { missing: this.missing } : {};
    return { epoch, last_mid, last_key, last_hash: hash, durable_mid: this.durable, ...told };
  }

  push(device, { epoch, mutations, first_prev, kept_from }) {
    if (epoch !== this.state.epoch) return json({ ...this.numbers(device), results: [] });
    const changes = mutations.map((one) => ({ ...JSON.parse(one.text), ...one }));
    if (changes.some((one) => this.unreadable.has(one.key) && !one.raw)) return json({}, 422);
    const fork = json({ fork: true, last_mid: device.last_mid, last_key: device.last_key });
    if (changes[0]?.mid === device.last_mid + 1 && first_prev !== device.hash) return fork;
    if (changes.length) this.pushed.push(changes.map(({ mid }) => mid));
    // As the real one: what comes under a missing number fills it.
    const came = new Set(changes.map(({ mid }) => mid));
    if (this.missing?.every(([from]) => came.has(from))) this.missing = null;
    const results = [];
    if (!changes.length && kept_from > device.last_mid + 1) {
      this.gap = [device.last_mid + 1, kept_from - 1];
      Object.assign(device, { last_mid: kept_from - 1, last_key: null, hash: first_prev });
    }
    for (const change of changes) {
      const first = this.state.first[change.key];
      if (!first && change.mid <= device.last_mid) return fork;
      if (change.mid > device.last_mid + 1) {
        if (kept_from !== change.mid) break;
        this.gap = [device.last_mid + 1, change.mid - 1];
        Object.assign(device, { last_mid: change.mid - 1, hash: first_prev });
      }
      if (change.mid === device.last_mid + 1) {
        device.hash = link(device.hash, change.text);
        Object.assign(device, { last_mid: change.mid, last_key: change.key });
      }
      const verdict = first ?? this.judge(device.user, change);
      this.state.first[change.key] = verdict;
      results.push({ ...verdict, mid: change.mid, ...(first ? { replay: true } : {}) });
    }
    return json({ ...this.numbers(device), results });
  }

  number(scope) {
    this.state.seqs[scope] = (this.state.seqs[scope] ?? 0) + 1;
    return this.state.seqs[scope];
  }

  judge(user, { key, id, scope, set, op, raw, table }) {
    if (raw) return { status: "invalid", errors: { _: [{ code: "mutation_unreadable" }] } };
    const bad = Object.keys(set).filter((field) => this.forbidden.has(field));
    if (bad.length) {
      const errors = Object.fromEntries(bad.map((field) => [field, [{ code: "field_forbidden" }]]));
      return { status: "invalid", scope, errors };
    }
    if (this.heldScopes.has(scope)) {
      this.tell(user, key, { kind: "held", worker_id: id, reason: "out_of_scope" });
      return { status: "held", scope, reason: "out_of_scope" };
    }
    const row = this.state.rows[id] ?? { scope, data: {}, ver: 0, table };
    const conflicts = [];
    for (const [field, [base, mine]] of Object.entries(set)) {
      const theirs = row.data[field] ?? null;
      if (same(theirs, mine)) continue;
      if (same(theirs, base)) row.data[field] = mine;
      else conflicts.push({ field, base, mine, theirs });
    }
    // Who said it stands beside what a village decided, as the real one writes it.
    if (table === "list_decision") row.data.author = user;
    this.put(id, row);
    if (op === "delete") this.remove(id);
    const status = conflicts.length ? "conflict" : "applied";
    return { status, scope: row.scope, ver: row.ver, ...(conflicts.length ? { conflicts } : {}) };
  }

  put(id, row) {
    row.ver = this.number(row.scope);
    this.state.rows[id] = row;
  }

  /** A change by somebody else. */
  change(id, data, scope = "18.04.04.2002") {
    const row = this.state.rows[id] ?? { scope, data: {}, table: "worker" };
    Object.assign(row.data, data);
    this.put(id, row);
  }

  remove(id) {
    const { scope } = this.state.rows[id];
    delete this.state.rows[id];
    this.state.gone.push({ scope, id, ver: this.number(scope) });
  }

  tell(user, key, data) {
    this.put(key, { scope: `u:${user}`, table: "inbox", data });
  }

  pull(device, { epoch, cursors, view, limit, tables = [] }, more) {
    this.sentTables = tables;
    const answer = { ...this.numbers(device), revoked: [], scopes: {}, ...more };
    if (epoch !== this.state.epoch) return json(answer);
    const allowed = ["ref", `u:${device.user}`, ...this.users.get(device.user).scopes];
    let left = limit;
    for (const [scope, cursor] of Object.entries(cursors)) {
      if (!allowed.includes(scope)) {
        answer.revoked.push(scope);
        continue;
      }
      const page = this.page(scope, cursor, view, left);
      if (!page) continue;
      answer.scopes[scope] = page;
      left -= page.rows.length;
    }
    return json(answer);
  }

  /** Rows of features go to phones that name the table, with the full view. */
  knows({ table, scope }, view) {
    if (scope === "ref" || ["worker", "inbox"].includes(table)) return true;
    return view === "full" && this.sentTables.includes(table);
  }

  page(scope, cursor, view, limit) {
    const seq = this.state.seqs[scope] ?? 0;
    if (cursor === seq && cursor > 0) return null;
    const from = cursor > seq ? 0 : cursor;
    const living = Object.entries(this.state.rows)
      .filter(([, row]) => row.scope === scope && row.ver > from && this.knows(row, view))
      .map(([id, { table, ver, data, status }]) => ({
        table,
        id,
        ver,
        ...(status && { status }),
        data: this.shown(table, data, view),
      }));
    const gone = this.state.gone
      .filter((one) => one.scope === scope && one.ver > from)
      .map(({ id, ver }) => ({ table: "worker", id, ver, gone: 1 }));
    const all = [...living, ...gone].sort((a, b) => a.ver - b.ver);
    const rows = all.slice(0, limit).map((row) => structuredClone(row));
    const more = rows.length < all.length;
    return { from, cursor: more ? (rows.at(-1)?.ver ?? from) : seq, more, rows };
  }

  shown(table, data, view) {
    if (table !== "worker" || view === "full") return data;
    return [...LIST.map((field) => data[field] ?? null), data.status ?? "calon"];
  }

  blob(method, sha, params, body) {
    const held = this.state.blobs[sha] ?? "";
    if (method === "GET") return json({ offset: held.length / 2, state: "partial" });
    if (Number(params.get("offset")) !== held.length / 2) {
      return json({ code: "blob_offset", params: { offset: held.length / 2 } }, 409);
    }
    this.state.blobs[sha] = held + Buffer.from(body).toString("hex");
    return json({ offset: this.state.blobs[sha].length / 2, state: "partial" });
  }
}
