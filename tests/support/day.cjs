// A clock that is `dayShift` seconds ahead of the true one, for a page, a service worker or node.
// It is read before all other code, or later by a test that moves a clock while the code runs.
globalThis.dayShift ??= Number(globalThis.process?.env.DAY_SHIFT ?? 0);
globalThis.trueDate ??= Date;
globalThis.Date = ((True) => {
  const now = () => True.now() + globalThis.dayShift * 1000;
  return new Proxy(True, {
    get: (kind, name, proxy) => (name === "now" ? now : Reflect.get(kind, name, proxy)),
    apply: () => new True(now()).toString(),
    construct: (kind, given, proxy) =>
      Reflect.construct(kind, given.length ? given : [now()], proxy),
  });
})(globalThis.trueDate);
