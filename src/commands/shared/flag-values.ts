import { KdsError } from '#base/errors.ts'
import { invalidArgument } from '#cli/flags.ts'
import type { Invocation } from '#cli/spec.ts'
import { parseGoDuration } from '#kube/duration.ts'

const largest = 2n ** 63n

/** A whole number as Go's `strconv.ParseInt` reads it with base 0, in pflag's words where it is none. */
export function wholeNumber(invocation: Invocation, flag: string): number {
  const text = invocation.text(flag) ?? '0'
  const wrong = (why: string) =>
    invalidArgument(flag, text, `strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`)
  const [, sign = '', digits = ''] =
    /^([+-]?)(0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?\d)*)$/.exec(
      text,
    ) ?? []
  if (digits === '') throw wrong('invalid syntax')
  const plain = digits.replaceAll('_', '')
  const value = BigInt(/^0\d/.test(plain) ? `0o${plain.slice(1)}` : plain)
  if (value >= largest + (sign === '-' ? 1n : 0n)) throw wrong('value out of range')
  return Number(sign === '-' ? -value : value)
}

/** `--revision`: not below 0, where 0 means none in particular. */
export function revisionNumber(invocation: Invocation): number {
  const revision = wholeNumber(invocation, 'revision')
  if (revision < 0) throw new KdsError('usage', `revision must be a positive integer: ${revision}`)
  return revision
}

/** Milliseconds of a duration with its unit, in pflag's words where it is none. */
export function milliseconds(invocation: Invocation, flag: string): number {
  const text = invocation.text(flag) ?? '0'
  try {
    return parseGoDuration(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw invalidArgument(flag, text, why)
  }
}

/** Milliseconds of `--timeout`; 0 waits for ever, and so does, as with kubectl, what is below it. */
export const timeLimit = (invocation: Invocation): number => Math.max(0, milliseconds(invocation, 'timeout'))

export type DryRun = 'none' | 'client' | 'server'

/** kubectl's `--dry-run`, with the values that it calls deprecated. `warn` is told about those. */
export function dryRunOf(invocation: Invocation, warn: (text: string) => void): DryRun {
  const text = invocation.text('dry-run') ?? 'none'
  if (text === 'none' || text === 'client' || text === 'server') return text
  if (text === 'unchanged') {
    warn('--dry-run is deprecated and can be replaced with --dry-run=client.')
    return 'client'
  }
  const on = /^(1|t|T|true|TRUE|True)$/.test(text)
  if (!on && !/^(0|f|F|false|FALSE|False)$/.test(text))
    throw new KdsError('usage', `Invalid dry-run value (${text}). Must be "none", "server", or "client".`)
  const instead = on ? 'client' : 'none'
  warn(`--dry-run=${text} is deprecated (boolean value) and can be replaced with --dry-run=${instead}.`)
  return instead
}
