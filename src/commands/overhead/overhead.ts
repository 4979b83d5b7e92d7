import type { Context } from '#cli/context.ts'
import type { Command, Invocation } from '#cli/spec.ts'
import { structured } from '#cli/structured.ts'
import { besideOf } from '#commands/shared/admission.ts'
import { hypotheticalNode } from '#commands/shared/hypothetical-node.ts'
import { type CheckedDaemonSet, readDaemonSets } from '#commands/shared/inputs/manifests.ts'
import { mergedAll } from '#commands/shared/inputs/merging.ts'
import { askedOverhead, requireDaemonSets } from '#commands/shared/overhead-of.ts'
import { type Whole, withWhole } from '#commands/shared/whole.ts'
import { newNodes } from '#controller/what-if/node-edits.ts'
import type { DaemonSet } from '#kube/types.ts'
import { askObjects } from '#planning/ask-objects.ts'
import { overheadDocument } from '#views/overhead/document.ts'
import { overheadText } from '#views/overhead/text.ts'
import { labelColumns } from '#views/pods/label-columns.ts'

const keyOf = ({ metadata }: DaemonSet) => `${metadata?.namespace}/${metadata?.name}`

/** Those of the cluster with those of the file, which take the place of their namesakes. */
async function withFile(
  whole: Whole,
  checked: readonly CheckedDaemonSet[],
  context: Context,
): Promise<Pick<Whole, 'ask' | 'daemonSets'>> {
  const toPlan = await mergedAll(checked, whole.daemonSets, whole.namespace, context)
  const given = toPlan.map(({ value }) => value)
  const names = new Set(given.map(keyOf))
  return {
    ask: askObjects(whole.snapshot, besideOf(checked, whole.namespace), whole.now),
    daemonSets: [...whole.daemonSets.filter((one) => !names.has(keyOf(one))), ...given],
  }
}

async function answer(whole: Whole, invocation: Invocation, context: Context): Promise<number> {
  const { stdout, style } = context
  const isFile = invocation.list('filename').length > 0 || invocation.text('kustomize') !== undefined
  const present = whole.snapshot.nodes
  const pattern = hypotheticalNode(invocation, present)
  const nodes = pattern ? newNodes(1, pattern, present) : present
  const columns = labelColumns(invocation.list('label-columns'), () => nodes)
  const labels = columns.map(({ key }) => key)
  const options = { labels, comparisonOperators: invocation.on('comparison-operators') }
  const full = isFile ? await withFile(whole, await readDaemonSets(invocation, context), context) : whole
  requireDaemonSets(full.daemonSets)
  const overhead = askedOverhead(full, nodes, options)
  const without = isFile ? askedOverhead(whole, nodes, options) : undefined
  const output = invocation.text('output') ?? ''
  if (output === 'json' || output === 'yaml') {
    stdout.write(await structured(overheadDocument(overhead, labels, without), output))
    return 0
  }
  const shown = {
    overhead,
    labels: columns.map(({ title }) => title),
    without,
    hypothetical: pattern !== undefined,
  }
  const look = { style: style.stdout, width: stdout.columns, symbols: stdout.isTerminal }
  stdout.write(overheadText(shown, output === 'wide', look))
  return 0
}

export const overheadCommand: Command = {
  run: (invocation, context) =>
    withWhole(invocation, context, (whole) => answer(whole, invocation, context), false),
}
