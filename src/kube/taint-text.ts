/** Taints as `kubectl taint` takes them. */
import { labelValueErrors, qualifiedNameErrors } from './labels.ts'
import type { Taint } from './types.ts'

export const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const

/** `KEY=VALUE:EFFECT` or `KEY:EFFECT`; undefined for anything else, and for a key or value that no node could have. */
export function parseTaint(text: string): Taint | undefined {
  const at = text.lastIndexOf(':')
  const [key = '', value = '', ...more] = text.slice(0, at).split('=')
  const effect = text.slice(at + 1)
  const known = taintEffects.some((one) => one === effect)
  const isGood = at > 0 && more.length === 0 && known && qualifiedNameErrors(key).length === 0
  return isGood && labelValueErrors(value).length === 0
    ? { key, ...(value === '' ? {} : { value }), effect }
    : undefined
}
