import { UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { durationFlag, failFlags } from '#commands/shared/behaviour-flags.ts'
import { inputContext, warn } from '#commands/shared/inputs/context.ts'
import type { KubeObject } from '#kube/types.ts'
import type { SandboxOptions } from '#sandbox/sandbox.ts'
import { finishFlags } from './finish-flags.ts'
import { namePattern, poolFlags } from './pool-flags.ts'

const plainNodes = 3
const mostNodes = 15_000

function number(invocation: Invocation, flag: string, most: number, whole = true): number | undefined {
  const text = invocation.text(flag)
  if (text === undefined) return undefined
  const value = text.trim() === '' ? Number.NaN : Number(text)
  const good = whole ? Number.isSafeInteger(value) && value >= 0 : Number.isFinite(value) && value > 0
  if (good && value <= most) return value
  const kind = whole ? `a whole number up to ${most}` : `a number above 0 and up to ${most}`
  // For other commands --nodes is a file.
  const hint = flag === 'nodes' ? { hint: 'the nodes of a file come with --from FILE' } : {}
  throw new UsageError(`invalid argument ${JSON.stringify(text)} for "--${flag}" flag: give ${kind}`, hint)
}

/** Seconds of each delay with --slow. */
const slowly = { pullSeconds: 1, readySeconds: 1.5, terminationSeconds: 1 }

const delayFlags = [
  ['pullSeconds', 'pull-after'],
  ['readySeconds', 'ready-after'],
  ['terminationSeconds', 'terminate-after'],
] as const

function behaviourOf(invocation: Invocation): NonNullable<SandboxOptions['behaviour']> {
  const entries = delayFlags.flatMap(([key, flag]) => {
    const ms = invocation.given(flag) ? durationFlag(invocation, flag) : undefined
    return ms === undefined ? [] : [[key, ms / 1000] as const]
  })
  const failing = failFlags(invocation, 'IMAGE', (text) => new RegExp(text))
  const failures = failing.map(([image, failure]) => ({ image, failure }))
  const finishes = finishFlags(invocation)
  return {
    ...(invocation.on('slow') ? slowly : {}),
    ...Object.fromEntries(entries),
    ...(failures.length > 0 ? { failures } : {}),
    ...(finishes.length > 0 ? { finishes } : {}),
  }
}

/** Objects of a dump that a sandbox can start with. */
async function objectsFrom(sources: readonly string[], context: Context): Promise<KubeObject[]> {
  const { readSnapshot } = await import('../bundles/files.ts')
  const snapshot = await readSnapshot({ ...inputContext(context), sources, whole: true })
  warn(snapshot.diagnostics, context)
  const { namespaces, priorityClasses, nodes, daemonSets, revisions, pods } = snapshot
  return [...namespaces, ...priorityClasses, ...nodes, ...daemonSets, ...revisions, ...pods]
}

export interface WantedSandbox {
  readonly options: SandboxOptions
  readonly nodes: number
}

/** What the flags say of the sandbox to start, with how many nodes it will have. @throws UsageError, and what reading throws. */
export async function sandboxOptions(invocation: Invocation, context: Context): Promise<WantedSandbox> {
  const wanted = number(invocation, 'nodes', mostNodes)
  const port = number(invocation, 'port', 65_535) ?? 0
  const speed = number(invocation, 'speed', 100_000, false) ?? 1
  const behaviour = behaviourOf(invocation)
  const { pools, count } = poolFlags(invocation, number(invocation, 'control-plane', mostNodes) ?? 0)
  const names = invocation.text('names')
  const sources = invocation.list('from')
  const objects = sources.length > 0 ? await objectsFrom(sources, context) : []
  const given = objects.filter((object) => object.kind === 'Node').length
  const nodes = wanted ?? (given > 0 || invocation.given('pool') ? 0 : plainNodes)
  const plain = names === undefined ? [] : [{ count: nodes, names: namePattern(names) }]
  return {
    options: {
      nodes: names === undefined ? nodes : 0,
      pools: [...plain, ...pools],
      objects,
      port,
      speed,
      behaviour,
      faults: invocation.on('faults'),
    },
    nodes: nodes + count + given,
  }
}
