import { UsageError } from '#base/errors.ts'
import { invalidArgument } from '#cli/flags.ts'
import type { Invocation } from '#cli/spec.ts'
import { durationFlag } from '#commands/shared/behaviour-flags.ts'
import { isAmount } from '#controller/waves/annotations.ts'
import type { Canary, WavesPlan } from '#controller/waves/plan.ts'
import { parseLabelSelector } from '#kube/selectors.ts'
import type { IntOrString } from '#kube/types.ts'

/** What the flags say of how the waves go. */
export type WavesFlags = Omit<WavesPlan, 'from' | 'templateGeneration'>

const usualWaves = '10%,50%,100%'

function amountOf(text: string): IntOrString | undefined {
  const amount = /^\d+$/.test(text) ? Number(text) : text
  return isAmount(amount) ? amount : undefined
}

function wavesOf(invocation: Invocation): readonly IntOrString[] {
  if (!invocation.given('waves') && invocation.text('by') !== undefined) return []
  const text = invocation.text('waves') ?? usualWaves
  const wrong = (why: string) => invalidArgument('waves', text, `${why}, as in ${usualWaves}`)
  const waves = text.split(',').map((part) => {
    const amount = amountOf(part.trim())
    if (amount === undefined) throw wrong('give numbers or percentages of nodes')
    return amount
  })
  if (waves.at(-1) !== '100%') throw wrong('the last wave is 100%')
  const grows = (all: readonly number[]) => all.every((one, at) => at === 0 || one > (all[at - 1] ?? 0))
  const [numbers, percents] = [
    waves.filter((one) => typeof one === 'number'),
    waves.filter((one) => typeof one === 'string').map((one) => Number.parseInt(one, 10)),
  ]
  if (!grows(numbers) || !grows(percents)) throw wrong('each wave is larger than the one before')
  return waves
}

/** `--canary -l SELECTOR` leaves the selector among the arguments. */
interface Canaries {
  readonly canary: Canary | undefined
  readonly args: readonly string[]
}

/** What looks like a selector and cannot be the name of a node, of a DaemonSet, or a list of such. */
const selectorMark = /[=!()\s]/

export function canaryOf(invocation: Invocation): Canaries {
  const { args } = invocation
  const given = invocation.text('canary')
  if (given === undefined) return { canary: undefined, args }
  const text = given.trim()
  if (text === '-l') {
    const marked = args.findIndex((arg) => selectorMark.test(arg))
    const at = marked < 0 ? args.length - 1 : marked
    const selector = args[at]
    if (selector === undefined) throw new UsageError('flag needs an argument: --canary -l SELECTOR')
    return { canary: selected(selector), args: args.filter((_, index) => index !== at) }
  }
  if (/^-l\s*\S/.test(text)) return { canary: selected(text.replace(/^-l\s*=?/, '')), args }
  const amount = amountOf(text)
  if (amount !== undefined) return { canary: { kind: 'count', value: amount }, args }
  if (/^\d+%?$/.test(text) || text === '')
    throw invalidArgument(
      'canary',
      given,
      'give a number or a percentage above 0, names of nodes, or a selector of nodes',
    )
  if (selectorMark.test(text)) return { canary: selected(text), args }
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return { canary: { kind: 'nodes', names }, args }
}

function selected(selector: string): Canary {
  parseLabelSelector(selector)
  return { kind: 'selector', selector }
}

/** How the waves go, and what of the arguments is left. @throws UsageError */
export function wavesFlags(invocation: Invocation): {
  readonly flags: WavesFlags
  readonly args: readonly string[]
} {
  const { args, canary } = canaryOf(invocation)
  const by = invocation.text('by')
  if (by === '') throw invalidArgument('by', '', 'give zone, pool, or the key of a label')
  const most = invocation.text('max-unavailable')
  const maxUnavailable = most === undefined ? undefined : amountOf(most)
  if (most !== undefined && maxUnavailable === undefined)
    throw invalidArgument('max-unavailable', most, 'give a number or a percentage above 0')
  return {
    args,
    flags: {
      canary,
      waves: wavesOf(invocation),
      by,
      bake: durationFlag(invocation, 'bake', '1m'),
      patience: durationFlag(invocation, 'progress-timeout', '10m'),
      onFailure: invocation.text('on-failure') === 'pause' ? 'pause' : 'abort',
      gate: invocation.text('gate') || undefined,
      maxUnavailable,
      evict: !invocation.on('disable-eviction'),
    },
  }
}
