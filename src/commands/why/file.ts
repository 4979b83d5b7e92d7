import { UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { structured } from '#cli/structured.ts'
import { besideOf } from '#commands/shared/admission.ts'
import { noSuchNode } from '#commands/shared/inputs/cluster.ts'
import { readDaemonSets } from '#commands/shared/inputs/manifests.ts'
import { mergedAll } from '#commands/shared/inputs/merging.ts'
import { type Whole, withWhole } from '#commands/shared/whole.ts'
import { planAdmitted } from '#controller/changes/admitted-plan.ts'
import { remediesFor } from '#controller/what-if/remedies.ts'
import type { DaemonSet, Node } from '#kube/types.ts'
import { planPlacement } from '#placement/plan.ts'
import { askObjects } from '#planning/ask-objects.ts'
import { refusalLines } from '#views/plan/admission.ts'
import { nodeTrace } from '#views/plan/trace.ts'
import type { TextOptions } from '#views/sections.ts'
import { type PlannedOnNode, plannedWhyDocument } from '#views/why/document.ts'
import { remedyLines } from '#views/why/remedies.ts'

/** What comes of a DaemonSet of a file on a node once it is applied, and what would change the answer. */
function planOn(
  daemonSet: DaemonSet,
  node: Node,
  { daemonSets, now, serverVersion, snapshot }: Whole,
  ask: Whole['ask'],
  comparisonOperators: boolean,
): PlannedOnNode {
  const scene = { ...snapshot, daemonSet, daemonSets, now, serverVersion, comparisonOperators }
  const { admission, present } = planAdmitted(scene, ask(daemonSet))
  const plan = planPlacement(daemonSet, [node], daemonSet.metadata?.namespace ?? '', { comparisonOperators })
  return { plan, present, admission, remedies: remediesFor(daemonSet, node, { comparisonOperators }) }
}

/** The plan's trace of a node, and what would change the answer. */
function traceOf({ admission, plan, present, remedies }: PlannedOnNode, options: TextOptions): string {
  const [node] = plan.nodes
  if (!node) return ''
  const lines = [
    ...(node.result === 'run' ? refusalLines(admission, plan.daemonSet.namespace, options) : []),
    nodeTrace(plan, node, options, present).trimEnd(),
    ...remedyLines(remedies, node.name, options),
  ]
  const last = node.result === 'run' ? ['', 'kds plan -f FILE shows what happens on the other nodes.'] : []
  return `${[...lines, ...last].join('\n')}\n`
}

/** Answers for the DaemonSets of `-f` or `-k` instead of those of the cluster. */
export function whyFile(name: string, invocation: Invocation, context: Context): Promise<number> {
  const output = invocation.text('output')
  if (output === 'wide') throw new UsageError('-o wide is a table of the pods that are there: not with -f')
  return withWhole(invocation, context, async (whole) => {
    const { stdout, style } = context
    const node = whole.snapshot.nodes.find(({ metadata }) => metadata?.name === name)
    if (!node) throw noSuchNode(name, whole.snapshot.nodes)
    const checked = await readDaemonSets(invocation, context)
    const ask = askObjects(whole.snapshot, besideOf(checked, whole.namespace), whole.now)
    const comparisonOperators = invocation.on('comparison-operators')
    const toPlan = await mergedAll(checked, whole.snapshot.daemonSets, whole.namespace, context)
    const all = toPlan.map(({ value }) => planOn(value, node, whole, ask, comparisonOperators))
    const options = { style: style.stdout, width: stdout.columns, symbols: stdout.isTerminal }
    if (output === 'json' || output === 'yaml')
      stdout.write(await structured(plannedWhyDocument(name, all), output))
    else stdout.write(all.map((one) => traceOf(one, options)).join('\n'))
    return 0
  })
}
