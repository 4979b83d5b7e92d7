import { invalidArgument } from '#cli/flags.ts'
import type { Invocation } from '#cli/spec.ts'
import type { NewNode } from '#controller/what-if/node-edits.ts'
import { labelValueErrors, qualifiedNameErrors } from '#kube/labels.ts'
import { parseQuantity } from '#kube/quantity.ts'
import { parseTaint } from '#kube/taint-text.ts'
import type { Node } from '#kube/types.ts'
import { requireNodesNamed } from './inputs/cluster.ts'

/** Pairs of a flag, each side checked. */
function pairs(
  invocation: Invocation,
  flag: string,
  isGood: (key: string, value: string) => boolean,
  form: string,
) {
  return Object.fromEntries(
    invocation.list(flag).map((text) => {
      const at = text.indexOf('=')
      const [key, value] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)]
      if (at > 0 && isGood(key, value)) return [key, value] as const
      throw invalidArgument(flag, text, `write ${form}`)
    }),
  )
}

/** The node that flags describe; undefined: they describe none. @throws UsageError, KdsError for an unknown `--like` */
export function hypotheticalNode(invocation: Invocation, nodes: readonly Node[]): NewNode | undefined {
  const like = invocation.text('like')
  if (like !== undefined) requireNodesNamed([like], nodes)
  const isKey = (key: string) => qualifiedNameErrors(key).length === 0
  const labels = pairs(
    invocation,
    'labels',
    (key, value) => isKey(key) && labelValueErrors(value).length === 0,
    'KEY=VALUE',
  )
  const allocatable = pairs(
    invocation,
    'capacity',
    (key, value) => isKey(key) && parseQuantity(value).ok,
    'RESOURCE=QUANTITY, such as cpu=4',
  )
  const taints = invocation.list('taints').map((text) => {
    const taint = parseTaint(text)
    if (taint) return taint
    throw invalidArgument('taints', text, 'write KEY=VALUE:EFFECT')
  })
  const isSaid = like !== undefined || ['labels', 'taints', 'capacity'].some((flag) => invocation.given(flag))
  const found = nodes.find(({ metadata }) => metadata?.name === like)
  return isSaid ? { like: like === undefined ? undefined : found, labels, taints, allocatable } : undefined
}
