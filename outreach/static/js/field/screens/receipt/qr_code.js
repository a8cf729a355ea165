/**
 * QR codes (ISO/IEC 18004) of texts in bytes with error correction L: what a receipt needs, and
 * nothing else. Answers rows of dark (1) and light (0) modules without the quiet zone.
 */

/** Data codewords, and error correction codewords of one block, of each version at level L. */
const EACH = [
  7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26,
  28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
];
const BLOCKS = [
  1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15,
  16, 17, 18, 19, 19, 20, 21, 22, 24, 25,
];
const LEVEL_L = 1;

/** Logarithms and powers of 2 in the field of 256 elements with 0x11d. */
const POWER = new Uint8Array(255);
const LOG = new Uint8Array(256);
for (let i = 0, x = 1; i < 255; i++) {
  POWER[i] = x;
  LOG[x] = i;
  x = (x << 1) ^ (x & 128 ? 0x11d : 0);
}
const times = (/** @type {number} */ a, /** @type {number} */ b) =>
  a && b ? POWER[(LOG[a] + LOG[b]) % 255] : 0;

/** Where the small squares lie, on both axes. @param {number} version */
function alignment(version) {
  if (version === 1) return [];
  const many = Math.floor(version / 7) + 2;
  const size = version * 4 + 17;
  const step = version === 32 ? 26 : Math.ceil((size - 13) / (many * 2 - 2)) * 2;
  const found = Array.from({ length: many - 1 }, (_, i) => size - 7 - i * step);
  return [6, ...found.reverse()];
}

/** Codewords of a version, both kinds. @param {number} version */
function codewords(version) {
  const squares = version === 1 ? 0 : Math.floor(version / 7) + 2;
  const size = version * 4 + 17;
  const aligned = squares ? 25 * (squares ** 2 - 3) - 10 * (squares - 2) : 0;
  const fixed = 3 * 64 + 31 + 2 * (size - 16) + aligned + (version > 6 ? 36 : 0);
  return Math.floor((size * size - fixed) / 8);
}

/** @param {number} version */
const room = (version) => codewords(version) - EACH[version - 1] * BLOCKS[version - 1];
/** Bits that tell the length. @param {number} version */
const lengthBits = (version) => (version < 10 ? 8 : 16);

/** The smallest version that holds so many bytes. @param {number} length */
function versionFor(length) {
  for (let version = 1; version <= 40; version++) {
    if (length * 8 + 4 + lengthBits(version) <= room(version) * 8) return version;
  }
  throw new RangeError("too long for a QR code");
}

/** @param {Uint8Array} bytes @param {number} version @returns {number[]} data codewords */
function dataOf(bytes, version) {
  const length = bytes.length.toString(2).padStart(lengthBits(version), "0");
  const bits = `0100${length}${[...bytes].map((b) => b.toString(2).padStart(8, "0")).join("")}0000`;
  const words = bits.match(/.{1,8}/g) ?? [];
  const data = words.slice(0, room(version)).map((word) => Number.parseInt(word.padEnd(8, "0"), 2));
  for (let i = 0; data.length < room(version); i++) data.push(i % 2 ? 17 : 236);
  return data;
}

/** The remainder of `data` after division by the generator. @param {number[]} data @param {number} degree */
function correction(data, degree) {
  let generator = [1];
  for (let i = 0; i < degree; i++) {
    const next = [...generator, 0];
    generator.forEach((factor, j) => {
      next[j + 1] ^= times(factor, POWER[i]);
    });
    generator = next;
  }
  const rest = [...data, ...new Array(degree).fill(0)];
  for (let i = 0; i < data.length; i++) {
    const factor = rest[i];
    generator.forEach((g, j) => {
      rest[i + j] ^= times(g, factor);
    });
  }
  return rest.slice(data.length);
}

/** Blocks with their correction, interleaved. @param {number[]} data @param {number} version */
function interleaved(data, version) {
  const many = BLOCKS[version - 1];
  const short = Math.floor(data.length / many);
  const blocks = [];
  for (let i = 0, at = 0; i < many; i++) {
    const length = short + (i >= many - (data.length % many) ? 1 : 0);
    blocks.push(data.slice(at, at + length));
    at += length;
  }
  const checks = blocks.map((block) => correction(block, EACH[version - 1]));
  const columns = (/** @type {number[][]} */ list) =>
    Array.from({ length: Math.max(...list.map((one) => one.length)) }, (_, i) =>
      list.filter((one) => i < one.length).map((one) => one[i]),
    ).flat();
  return [...columns(blocks), ...columns(checks)];
}

/** A value followed by its remainder by a polynomial. @param {number} value @param {number} bits @param {number} by */
function withRemainder(value, bits, by) {
  let rest = value;
  for (let i = 0; i < bits; i++) rest = (rest << 1) ^ (rest >> (bits - 1) ? by : 0);
  return (value << bits) | rest;
}

/** @type {((x: number, y: number) => boolean)[]} */
const MASKS = [
  (x, y) => (x + y) % 2 === 0,
  (_x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

class Grid {
  /** @param {number} version */
  constructor(version) {
    this.version = version;
    this.size = version * 4 + 17;
    /** @type {number[][]} */
    this.dark = Array.from({ length: this.size }, () => new Array(this.size).fill(0));
    /** @type {boolean[][]} modules that carry no data */
    this.fixed = Array.from({ length: this.size }, () => new Array(this.size).fill(false));
  }

  /** @param {number} x @param {number} y @param {unknown} dark */
  set(x, y, dark) {
    if (!(x in this.dark) || !(y in this.dark)) return;
    this.dark[y][x] = dark ? 1 : 0;
    this.fixed[y][x] = true;
  }

  /** Rings around a middle; the ring `light` and those beyond 4 are light. @param {number} x @param {number} y @param {number} reach @param {number} light */
  square(x, y, reach, light) {
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        const ring = Math.max(Math.abs(dx), Math.abs(dy));
        this.set(x + dx, y + dy, ring !== light && ring !== 4);
      }
    }
  }

  /** Everything that is the same whatever the text. */
  frame() {
    const end = this.size - 7;
    for (let i = 0; i < this.size; i++) {
      this.set(6, i, i % 2 === 0);
      this.set(i, 6, i % 2 === 0);
    }
    const at = alignment(this.version);
    const corners = [`6 6`, `6 ${end}`, `${end} 6`];
    for (const x of at) {
      for (const y of at) if (!corners.includes(`${x} ${y}`)) this.square(x, y, 2, 1);
    }
    for (const [x, y] of [
      [3, 3],
      [3, this.size - 4],
      [this.size - 4, 3],
    ])
      this.square(x, y, 4, 2);
    this.told(0);
    if (this.version < 7) return;
    const bits = withRemainder(this.version, 12, 0x1f25);
    for (let i = 0; i < 18; i++) {
      const [a, b] = [this.size - 11 + (i % 3), Math.floor(i / 3)];
      this.set(a, b, (bits >> i) & 1);
      this.set(b, a, (bits >> i) & 1);
    }
  }

  /** Level and mask, written twice. @param {number} mask */
  told(mask) {
    const bits = withRemainder((LEVEL_L << 3) | mask, 10, 0x537) ^ 0x5412;
    const bit = (/** @type {number} */ i) => (bits >> i) & 1;
    for (let i = 0; i < 15; i++) {
      const near = i < 6 ? i : i < 8 ? i + 1 : 0;
      if (i < 8) this.set(8, near, bit(i));
      else this.set(i === 8 ? 7 : 14 - i, 8, bit(i));
      if (i < 8) this.set(this.size - 1 - i, 8, bit(i));
      else this.set(8, this.size - 15 + i, bit(i));
    }
    this.set(8, this.size - 8, 1);
  }

  /** The bits of the text, in columns of two from the right, up and down. @param {number[]} words */
  fill(words) {
    let i = 0;
    for (let right = this.size - 1; right > 0; right -= 2) {
      if (right === 6) right = 5;
      const up = ((right + 1) & 2) === 0;
      for (let step = 0; step < this.size; step++) {
        const y = up ? this.size - 1 - step : step;
        for (const x of [right, right - 1]) {
          if (this.fixed[y][x]) continue;
          this.dark[y][x] = (words[i >> 3] >> (7 - (i & 7))) & 1;
          i += 1;
        }
      }
    }
  }

  /** Turn what a mask names; a second time turns it back. @param {number} mask */
  turn(mask) {
    this.told(mask);
    for (let y = 0; y < this.size; y++) {
      for (let x = 0; x < this.size; x++) {
        if (!this.fixed[y][x] && MASKS[mask](x, y)) this.dark[y][x] ^= 1;
      }
    }
  }

  /** How hard this is to read, by the four rules of the standard. */
  penalty() {
    const rows = this.dark.map((row) => row.join(""));
    const columns = rows.map((_, x) => rows.map((row) => row[x]).join(""));
    let sum = 0;
    for (const line of [...rows, ...columns]) {
      for (const run of line.match(/0{5,}|1{5,}/g) ?? []) sum += run.length - 2;
      sum += 40 * (line.match(/(?=00001011101|10111010000)/g)?.length ?? 0);
    }
    for (let y = 1; y < this.size; y++) {
      for (let x = 1; x < this.size; x++) {
        const four = rows[y].slice(x - 1, x + 1) + rows[y - 1].slice(x - 1, x + 1);
        if (four === "0000" || four === "1111") sum += 3;
      }
    }
    const dark = rows.join("").split("1").length - 1;
    return sum + 10 * Math.floor(Math.abs((dark * 20) / this.size ** 2 - 10));
  }
}

/** The modules of a text. @param {string} text @returns {number[][]} */
export function qrModules(text) {
  const bytes = new TextEncoder().encode(text);
  const version = versionFor(bytes.length);
  const grid = new Grid(version);
  grid.frame();
  grid.fill(interleaved(dataOf(bytes, version), version));
  const judged = MASKS.map((_, mask) => {
    grid.turn(mask);
    const bad = grid.penalty();
    grid.turn(mask);
    return { mask, bad };
  });
  grid.turn(judged.sort((a, b) => a.bad - b.bad)[0].mask);
  return grid.dark;
}
