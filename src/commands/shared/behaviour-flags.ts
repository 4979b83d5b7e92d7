import { UsageError } from '#base/errors.ts'
import { invalidArgument } from '#cli/flags.ts'
import type { Invocation } from '#cli/spec.ts'
import { parseGoDuration } from '#kube/duration.ts'

/** Milliseconds of a flag that takes a duration, `usual` where it is not given. @throws UsageError */
export function durationFlag(invocation: Invocation, flag: string, usual: string): number
export function durationFlag(invocation: Invocation, flag: string, usual?: string): number | undefined
export function durationFlag(invocation: Invocation, flag: string, usual?: string): number | undefined {
  const text = invocation.text(flag) ?? usual
  if (text === undefined) return undefined
  try {
    const ms = parseGoDuration(text)
    if (ms >= 0) return ms
  } catch {
    // Told below, in the words of a wrong flag.
  }
  throw invalidArgument(flag, text, 'give a duration such as 500ms or 2m30s')
}

const ways = ['image', 'crash', 'never-ready'] as const
const failures = { NODE: ways, IMAGE: [...ways, 'unhealthy'] } as const

/** What `--fail` says: which pods fail, and how. `what` names in a message what the first part is: NODE or IMAGE. @throws UsageError */
export function failFlags<T, W extends keyof typeof failures>(
  invocation: Invocation,
  what: W,
  read: (text: string) => T,
): readonly (readonly [T, (typeof failures)[W][number]])[] {
  const known: readonly (typeof failures)[W][number][] = failures[what]
  return invocation.list('fail').map((text) => {
    const at = text.lastIndexOf('=')
    const failure = known.find((one) => one === text.slice(at + 1))
    const all = known.map((one) => `${what}=${one}`)
    const wrong = `invalid argument ${JSON.stringify(text)} for "--fail" flag: write ${all.slice(0, -1).join(', ')} or ${all.at(-1)}`
    if (at < 1 || !failure) throw new UsageError(wrong)
    try {
      return [read(text.slice(0, at)), failure]
    } catch (cause) {
      throw new UsageError(wrong, { cause })
    }
  })
}
