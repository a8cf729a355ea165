// Runs in each page before its own code: notes when things were painted.
(() => {
  const marks = { taps: [], keys: [], usable: 0 };
  window.__bench = marks;
  const painted = (done) => requestAnimationFrame(() => setTimeout(() => done(performance.now())));
  let tapped = 0;
  let typed = 0;
  addEventListener("click", (event) => {
    if (event.target.closest("[data-testid=next]")) tapped = performance.now();
  }, true);
  addEventListener("input", (event) => {
    if (event.target.closest("[data-testid=search]")) typed = performance.now();
  }, true);
  const look = (changes) => {
    if (!marks.usable && document.querySelector("[data-testid=ledger-recorded]")) {
      marks.usable = -1;
      painted((at) => { marks.usable = at; });
    }
    if (tapped && document.querySelector("[data-saved]")) {
      const from = tapped;
      tapped = 0;
      painted((at) => marks.taps.push(at - from));
    }
    if (typed && changes.some((c) => c.target.closest?.("#rows"))) {
      const from = typed;
      typed = 0;
      painted((at) => marks.keys.push(at - from));
    }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
})();
