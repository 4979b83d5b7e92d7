import { nodeClasses, podTakes } from '#controller/overhead.ts'
import type { PlacementPlan } from '#placement/plan.ts'
import { objectName, sampleNames } from '../names.ts'
import { cpuText, memoryText, shareText } from '../overhead/amounts.ts'
import type { TextOptions } from '../sections.ts'
import { table } from '../table.ts'

/** Nodes of one size that run the same of the plans, smallest first. */
function rowsOf(plans: readonly PlacementPlan[]) {
  const classes = nodeClasses(
    plans[0]?.nodes.objects ?? [],
    plans.map((plan) => plan.nodes.runs),
    plans.map((plan) => podTakes(plan.source.spec?.template?.spec)),
  )
  return classes
    .map(({ allocatable, asks, names, runs: which }) => ({
      cpu: allocatable.get('cpu'),
      memory: allocatable.get('memory'),
      asks: { cpu: asks.get('cpu') ?? 0, memory: asks.get('memory') ?? 0 },
      names,
      which,
    }))
    .sort((a, b) => {
      if (a.cpu === undefined || b.cpu === undefined)
        return Number(a.cpu === undefined) - Number(b.cpu === undefined)
      return a.cpu - b.cpu || (a.memory ?? 0) - (b.memory ?? 0) || b.asks.cpu - a.asks.cpu
    })
}

/**
 * What several DaemonSets cost together: nodes of one size that run the same of them in a row, smallest first, with the
 * sum of the requests and its share of what the node can allocate.
 */
export function overheadTable(plans: readonly PlacementPlan[], { style, width }: TextOptions): string {
  const rows = rowsOf(plans)
  const legend = plans.map((plan, i) => `  ${i + 1}  ${objectName(plan.daemonSet)}`)
  const text = table({
    head: ['NODES', 'CPU', 'MEMORY', 'PODS', 'ASK CPU', 'ASK MEMORY', 'OF', 'WHICH'],
    rows: rows.map(({ cpu, memory, which, asks, names }) => [
      String(names.length),
      cpu === undefined ? '?' : cpuText(cpu),
      memory === undefined ? '?' : memoryText(memory),
      String(which.length),
      cpuText(asks.cpu) + shareText(asks.cpu, cpu),
      memoryText(asks.memory) + shareText(asks.memory, memory),
      which.map((at) => at + 1).join(',') || '<none>',
      sampleNames(names, Math.max(30, width - 70)),
    ]),
    right: [0, 1, 2, 3],
    width,
  })
  return [style.bold('Together, smallest nodes first:'), '', text.trimEnd(), '', ...legend, ''].join('\n')
}
