/** Made on first use: the set of all letters takes its time. */
let letter: RegExp | undefined

function isLetter(char: string): boolean {
  letter ??= /\p{L}/u
  return letter.test(char)
}
const isDigit = (char: string | undefined) => char !== undefined && char >= '0' && char <= '9'

/**
 * The order of keys in go-yaml's output: natural, so that `a2` precedes `a10`, and letters after everything else.
 * Mirrors `keyList.Less` in sorter.go of go-yaml v2.
 */
export function byYamlKey(a: string, b: string): number {
  const left = [...a]
  const right = [...b]
  const shared = Math.min(left.length, right.length)
  for (let i = 0; i < shared; i++) {
    const x = left[i] ?? ''
    const y = right[i] ?? ''
    if (x !== y) return compareAt(left, right, i, x, y)
  }
  return left.length - right.length
}

function compareAt(
  left: readonly string[],
  right: readonly string[],
  at: number,
  x: string,
  y: string,
): number {
  const xIsLetter = isLetter(x)
  const yIsLetter = isLetter(y)
  if (xIsLetter !== yIsLetter) return yIsLetter ? -1 : 1
  if (xIsLetter) return codeOf(x) - codeOf(y)
  // Behind a digit that counts, a zero is part of the number before it.
  const head = (x === '0' || y === '0') && followsDigits(left, at) ? '1' : ''
  const [xNumber, xEnd] = numberAt(left, at, head)
  const [yNumber, yEnd] = numberAt(right, at, head)
  if (xNumber !== yNumber) return xNumber < yNumber ? -1 : 1
  return xEnd === yEnd ? codeOf(x) - codeOf(y) : xEnd - yEnd
}

const codeOf = (char: string) => char.codePointAt(0) ?? 0

function followsDigits(chars: readonly string[], at: number): boolean {
  for (let i = at - 1; i >= 0 && isDigit(chars[i]); i--) if (chars[i] !== '0') return true
  return false
}

function numberAt(chars: readonly string[], at: number, head: string): [bigint, number] {
  let end = at
  while (isDigit(chars[end])) end++
  return [BigInt(`0${head}${chars.slice(at, end).join('')}`.replace(/^0+(?=\d)/, '')), end]
}
