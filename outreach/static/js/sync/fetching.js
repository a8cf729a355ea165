// What a step does once every save is sent: changes from the server first, then pictures, then
// full rows in the background. Importing this makes the client do it.
import { hurry } from "../store/blobs.js";
import { sendPiece } from "./blob.js";
import { afterPush } from "./client.js";
import { pull, startRound } from "./pull.js";

afterPush(async (store, means, force) => {
  if (force) await hurry(store.state);
  await startRound(store, means, force);
  return (
    (await pull(store, means, "round")) ??
    (means.photos === false ? null : await sendPiece(store, means)) ??
    (await pull(store, means, "background")) ?? { did: "idle", more: false }
  );
});
