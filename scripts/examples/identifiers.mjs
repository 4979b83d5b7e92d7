/** Identifiers that look as a cluster makes them and yet are the same in every run: each is taken from a hash of its name. */
import { createHash } from 'node:crypto'

export const hex = (seed, length) => createHash('sha256').update(seed).digest('hex').slice(0, length)

export function uid(seed) {
  const digits = hex(`uid ${seed}`, 32)
  const variant = '89ab'[Number.parseInt(digits.charAt(16), 16) % 4]
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20),
  ].join('-')
}

/** Random parts of names use an alphabet without vowels, so that no word can come out. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

export function suffix(seed, length = 5) {
  const bytes = createHash('sha256').update(`suffix ${seed}`).digest()
  return [...bytes.subarray(0, length)].map((byte) => alphabet[byte % alphabet.length]).join('')
}

/** A number in [0, below) that depends on the seed alone. */
export const number = (seed, below) => Number.parseInt(hex(`number ${seed}`, 8), 16) % below

/** RFC 3339 in UTC with whole seconds, as the API server writes times. */
export const time = (milliseconds) => new Date(milliseconds).toISOString().replace('.000Z', 'Z')
