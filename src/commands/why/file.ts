import { storedDaemonSet } from '#apiserver/defaults/stored.ts'
import { UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { besideOf } from '#commands/shared/admission.ts'
import { requireNodesNamed } from '#commands/shared/inputs/cluster.ts'
import { readDaemonSets } from '#commands/shared/inputs/manifests.ts'
import { type Whole, withWhole } from '#commands/shared/whole.ts'
import { planAdmitted } from '#controller/changes/admitted-plan.ts'
import { remediesFor } from '#controller/what-if/remedies.ts'
import type { DaemonSet } from '#kube/types.ts'
import { planPlacement } from '#placement/plan.ts'
import { askObjects } from '#planning/ask-objects.ts'
import { refusalLines } from '#views/plan/admission.ts'
import { nodeTrace } from '#views/plan/trace.ts'
import type { TextOptions } from '#views/sections.ts'
import { remedyLines } from '#views/why/remedies.ts'

/** What comes of a DaemonSet of a file on a node once it is applied, as a plan's trace, and what would change the answer. */
function traceOf(
  daemonSet: DaemonSet,
  name: string,
  { daemonSets, now, serverVersion, snapshot }: Whole,
  ask: Whole['ask'],
  options: TextOptions,
): string {
  const { asked, objects } = ask(daemonSet)
  const scene = { ...snapshot, daemonSet, daemonSets, now, serverVersion }
  const { admission, present } = planAdmitted(scene, { asked, objects })
  const namespace = daemonSet.metadata?.namespace ?? ''
  const plan = planPlacement(daemonSet, snapshot.nodes, namespace)
  const node = plan.nodes.find((one) => one.name === name)
  if (!node) return ''
  const lines = [
    ...(node.result === 'run' ? refusalLines(admission, namespace, options) : []),
    nodeTrace(plan, node, options, present).trimEnd(),
    ...remedyLines(remediesFor(daemonSet, node.node), name, options),
  ]
  const last = node.result === 'run' ? ['', 'kds plan -f FILE tells what becomes of the other nodes.'] : []
  return `${[...lines, ...last].join('\n')}\n`
}

/** Answers for the DaemonSets of `-f` or `-k` instead of those of the cluster. */
export function whyFile(name: string, invocation: Invocation, context: Context): Promise<number> {
  if (invocation.text('output') !== undefined)
    throw new UsageError('-o is not for -f: kds plan -f FILE --node NODE -o json tells the same')
  return withWhole(invocation, context, async (whole) => {
    const { stdout, style } = context
    requireNodesNamed([name], whole.snapshot.nodes)
    const checked = await readDaemonSets(invocation, context)
    const ask = askObjects(whole.snapshot, besideOf(checked, whole.namespace), whole.now)
    const options = { style: style.stdout, width: stdout.columns, symbols: stdout.isTerminal }
    const traces = checked.map(({ loaded }) =>
      traceOf(storedDaemonSet(loaded.value, whole.namespace), name, whole, ask, options),
    )
    stdout.write(traces.join('\n'))
    return 0
  })
}
