/**
 * The `t` of a language: the sentence of a key with {name} filled in, or with `key.one` where
 * n is 1 and the language has it. An unknown key throws, as on the server.
 * @param {Record<string, string>} sentences
 * @returns {(key: string, kw?: Record<string, unknown>) => string}
 */
export function makeT(sentences) {
  return (key, kw = {}) => {
    const chosen = kw.n === 1 && Object.hasOwn(sentences, `${key}.one`) ? `${key}.one` : key;
    if (!Object.hasOwn(sentences, chosen)) throw new Error(`no sentence: ${chosen}`);
    return sentences[chosen].replace(/\{([a-z_0-9]+)\}/g, (place, name) =>
      Object.hasOwn(kw, name) ? String(kw[name]) : place,
    );
  };
}
