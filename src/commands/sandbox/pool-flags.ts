import { invalidArgument } from '#cli/flags.ts'
import type { Invocation } from '#cli/spec.ts'
import { dns1123SubdomainErrors, labelValueErrors, qualifiedNameErrors } from '#kube/labels.ts'
import { parseQuantity } from '#kube/quantity.ts'
import { parseTaint } from '#kube/taint-text.ts'
import type { Taint } from '#kube/types.ts'
import type { SandboxOptions } from '#sandbox/sandbox.ts'

type Pool = NonNullable<SandboxOptions['pools']>[number]

const mostNodes = 15_000
const resources = ['cpu', 'memory', 'pods', 'ephemeral-storage']
/** Labels that have a word of their own; a zone and a type each have one of old, too. */
const labelWords: Readonly<Record<string, readonly string[]>> = {
  zone: ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'],
  region: ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'],
  'instance-type': ['node.kubernetes.io/instance-type', 'beta.kubernetes.io/instance-type'],
  arch: ['kubernetes.io/arch', 'beta.kubernetes.io/arch'],
  os: ['kubernetes.io/os', 'beta.kubernetes.io/os'],
}

/** A pattern of node names: one `%d` or `%02d`. @throws UsageError */
export function namePattern(text: string): string {
  const name = text.replace(/%(0\d)?d/, '1')
  if (name !== text && dns1123SubdomainErrors(name).length === 0) return text
  throw invalidArgument('names', text, `write a node's name with %d, or %02d, for its number: worker-%02d`)
}

interface Parts {
  readonly labels: Record<string, string>
  readonly taints: Taint[]
  readonly resources: Record<string, string>
}

/** Takes one part of a pool into account; false: it says nothing that is understood. */
function take(part: string, into: Parts): boolean {
  const at = part.indexOf('=')
  const word = part.slice(0, at)
  const value = part.slice(at + 1)
  if (at < 1) return false
  if (word === 'label') {
    const [key = '', of = ''] = value.split('=')
    into.labels[key] = of
    return qualifiedNameErrors(key).length === 0 && labelValueErrors(of).length === 0
  }
  if (word === 'taint') {
    const taint = parseTaint(value)
    if (taint) into.taints.push(taint)
    return taint !== undefined
  }
  if (resources.includes(word)) into.resources[word] = value
  const labels = Object.hasOwn(labelWords, word) ? labelWords[word] : undefined
  for (const label of labels ?? []) into.labels[label] = value
  return labels ? labelValueErrors(value).length === 0 : resources.includes(word) && parseQuantity(value).ok
}

function poolOf(text: string): Pool {
  const wrong = (why: string) => invalidArgument('pool', text, why)
  const [head = '', ...rest] = text.split(',')
  const [, name = '', number = ''] = /^([^=]+)=(\d+)$/.exec(head) ?? []
  const names = `${name}-%d`
  if (name === '' || dns1123SubdomainErrors(names.replace('%d', '1')).length > 0)
    throw wrong('begin with NAME=NUMBER, such as gpu=3')
  if (Number(number) > mostNodes) throw wrong(`at most ${mostNodes} nodes`)
  const parts: Parts = { labels: {}, taints: [], resources: {} }
  for (const part of rest)
    if (!take(part, parts))
      throw wrong(
        `${JSON.stringify(part)} is not one of label=KEY=VALUE, taint=KEY=VALUE:EFFECT, ${resources.map((one) => `${one}=QUANTITY`).join(', ')}, ${Object.keys(
          labelWords,
        )
          .map((one) => `${one}=VALUE`)
          .join(', ')}`,
      )
  const { labels, taints, resources: sizes } = parts
  return {
    count: Number(number),
    names,
    labels,
    taints,
    ...(Object.keys(sizes).length > 0 ? { resources: sizes } : {}),
  }
}

/** What `--pool` and `--control-plane` say of nodes that are no plain ones, and how many they are. @throws UsageError */
export function poolFlags(
  invocation: Invocation,
  controlPlane: number,
): { readonly pools: readonly Pool[]; readonly count: number } {
  const pools = invocation.list('pool').map(poolOf)
  const count = pools.reduce((sum, pool) => sum + pool.count, controlPlane)
  const first: Pool[] =
    controlPlane === 0
      ? []
      : [
          {
            count: controlPlane,
            names: 'control-plane-%d',
            role: 'control-plane',
            labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': '' },
            taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
          },
        ]
  return { pools: [...first, ...pools], count }
}
