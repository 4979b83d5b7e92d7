/** The random parts of names: injectable, so that a test can know them. */
export interface Names {
  uid(): string
  /** Five characters, as behind a pod's `generateName`. */
  suffix(): string
  /** The hash of a pod template; a real server's own cannot be computed. */
  hash(data: string): string
}

const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** FNV-1a over the text, in the characters that Kubernetes allows in such names (`SafeEncodeString`). */
function templateHash(data: string): string {
  let hash = 0x811c9dc5
  for (let at = 0; at < data.length; at += 1) {
    hash ^= data.charCodeAt(at)
    hash = Math.imul(hash, 0x01000193)
  }
  return [...String(hash >>> 0)].map((digit) => alphabet[digit.charCodeAt(0) % alphabet.length]).join('')
}

/** @param random As `Math.random`. */
export function randomNames(random: () => number, uid: () => string): Names {
  const character = () => alphabet[Math.floor(random() * alphabet.length)] ?? 'x'
  return {
    uid,
    suffix: () => character() + character() + character() + character() + character(),
    hash: templateHash,
  }
}
