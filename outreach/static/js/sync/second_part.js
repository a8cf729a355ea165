// Additions of the worker's second part to a step. Once every save is sent: changes from the
// server first, then pictures, then full rows in the background. Importing this makes the client
// do it.
import { hurry } from "../store/records/blob_queue.js";
import { offerMissing, rememberTold } from "../store/books/lost_numbers.js";
import { offerUnproven } from "../store/journal/unproven.js";
import { prune } from "../store/books/prune.js";
import { respellSome } from "../store/replica/respell.js";
import { sealSome } from "../store/access/seal_backlog.js";
import { end } from "../store/access/ended.js";
import { encryptSome, unlessFull } from "../store/access/migrate.js";
import { noteSync } from "../store/records/sync_state.js";
import { isListFile, sendPiece } from "./blob.js";
import { completeSteps } from "./client.js";
import { tellLetGo, tellLetGoAnew } from "./let_go.js";
import { lockedStep } from "./locked.js";
import { another, fork, meet } from "./meet.js";
import { probe } from "./probe.js";
import { pull, startRound } from "./pull.js";
import { pushAside } from "./put_aside.js";

completeSteps({
  meet,
  fork,
  another,
  async encrypt(s) {
    // A full phone sends first, which makes room.
    const done = await encryptSome(s).then(() => true, unlessFull);
    return done ? { did: "idle", more: true } : null;
  },
  async follow(store, means, force) {
    const told = await probe(store, means);
    if (told) return told;
    if (await offerMissing(store.state)) return { did: "push", more: true };
    if (await offerUnproven(store.state)) return { did: "push", more: true };
    if (force) await hurry(store.state);
    const rows = means.rows !== false;
    const { pulledAt } = store.state.sync;
    if (rows) await startRound(store, means, force);
    await tellLetGoAnew(store.state, means.fetch, store.state.sync.pulledAt !== pulledAt);
    return (
      (await pushAside(store.state, means, force)) ??
      (rows ? await pull(store, means, "round") : null) ??
      (await sendPiece(store, means, means.photos === false ? { wanted: isListFile } : {})) ??
      (rows ? await pull(store, means, "background") : null) ?? { did: "idle", more: false }
    );
  },
  async tidy(s, more) {
    await prune(s, s.sync.durable);
    // What is not sealed yet is sealed when there is nothing better to do, then names read anew.
    return !more && ((await sealSome(s)) || (await respellSome(s)));
  },
  async locked(s, means, force) {
    const done = await lockedStep(s, means, force);
    return done.did === "push" ? done : ((await pushAside(s, means, force)) ?? done);
  },
  async told(s, told, { fetch, login, fresh_login: fresh }) {
    await rememberTold(s, told);
    await tellLetGo(s, fetch);
    // The login has given the server this phone's keys, if it lacked them.
    if (login || fresh) await noteSync(s, { proven: true });
  },
  async lost(s) {
    await end(s, "lost");
  },
});
