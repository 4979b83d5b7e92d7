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

const codesOf = (text: string) => [...text].map((character) => character.charCodeAt(0))
const codes = codesOf(alphabet)
const digits = codesOf('0123456789abcdef')
const five = [0, 0, 0, 0, 0]
/** A UUID of version 4: `x` is any digit, `y` one of four. */
const uuid = codesOf('xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx')
const [x, y] = codesOf('xy')

/** From the codes of its characters: a text that is joined keeps its parts, and a cluster keeps tens of thousands of them. */
function uuidFrom(random: () => number): string {
  const text = uuid.slice()
  let bits = 0
  for (let at = 0; at < text.length; at += 1) {
    bits = at % 8 === 0 ? random() * 2 ** 32 : bits / 16
    if (text[at] === x) text[at] = digits[bits & 15] as number
    else if (text[at] === y) text[at] = digits[8 + (bits & 3)] as number
  }
  return String.fromCharCode(...text)
}

/** @param random As `Math.random`. */
export function randomNames(random: () => number, uid = () => uuidFrom(random)): Names {
  return {
    uid,
    suffix: () =>
      String.fromCharCode(...five.map(() => codes[Math.floor(random() * codes.length)] as number)),
    hash: templateHash,
  }
}
