/** A finger on the screen: what lies under it stays, or its tap would be lost. */

/** A tap is told so many ms after the finger has left. */
const TAP = 50;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let lifted;
let down = false;
/** @type {(() => void) | null} */
let waiting = null;

export const isDown = () => down;

/** Does this once the finger has left, once however often it is asked for. @param {() => void} work */
export function onceLifted(work) {
  waiting = work;
}

function left() {
  down = false;
  const work = waiting;
  waiting = null;
  work?.();
}

for (const type of ["pointerdown", "pointerup", "pointercancel"]) {
  addEventListener(type, () => {
    clearTimeout(lifted);
    down = true;
    if (type !== "pointerdown") lifted = setTimeout(left, TAP);
  });
}
