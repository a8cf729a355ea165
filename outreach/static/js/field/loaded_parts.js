// Which parts of the worker are here. `/sw.js` is the first part alone: everything until the first
// save works offline. `/sw.js?all=1` reads the second as well, which says so here.

export const parts = { all: false };
