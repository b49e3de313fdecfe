/*
 * A typed array of its own costs about a microsecond, and a document needs twenty. So they are cut from
 * slabs. A stretch of a slab is given out once and never again: what is not yet written is zero, and no
 * document sees another's cells. A slab goes when the last document with cells in it goes.
 */
const slabBytes = 262_144
/** Larger arrays are worth their own memory. */
const sharedBytesMax = 32_768

let slab = new ArrayBuffer(slabBytes)
let used = 0

/** New 32-bit cells, all zero. */
export function cellsOf(count: number): Int32Array {
  const bytes = count * 4
  if (bytes > sharedBytesMax) return new Int32Array(count)
  if (used + bytes > slabBytes) {
    slab = new ArrayBuffer(slabBytes)
    used = 0
  }
  const cells = new Int32Array(slab, used, count)
  used += bytes
  return cells
}

/** The same cells with as many again after them. */
export function grown(cells: Int32Array): Int32Array {
  const larger = cellsOf(cells.length * 2)
  larger.set(cells)
  return larger
}
