import type { Node } from '#kube/types.ts'
import type { PlacementPlan } from '#placement/plan.ts'
import { parseAmount } from '#scheduler/amounts.ts'
import { podRequests } from '#scheduler/pod-requests.ts'
import { objectName, sampleNames } from '../names.ts'
import type { TextOptions } from '../sections.ts'
import { table } from '../table.ts'

/** Thousandths of a core, and bytes. */
interface Size {
  readonly cpu: number
  readonly memory: number
}

/** Nodes of one size that run the same DaemonSets. */
interface Row {
  readonly size: Size | null
  readonly runs: readonly boolean[]
  readonly asks: Size
  readonly names: string[]
}

function cpuText(milli: number): string {
  return milli % 1000 === 0 ? String(milli / 1000) : `${Math.round(milli)}m`
}

function memoryText(bytes: number): string {
  const mebibytes = bytes / 2 ** 20
  if (mebibytes < 10_000) return `${Math.round(mebibytes)}Mi`
  return `${(mebibytes / 1024).toFixed(1)}Gi`
}

const share = (part: number, whole: number) => (whole > 0 ? ` (${Math.round((100 * part) / whole)}%)` : '')

function allocatable(node: Node): Size | null {
  const { cpu, memory } = node.status?.allocatable ?? {}
  if (cpu === undefined || memory === undefined) return null
  return { cpu: parseAmount('cpu', cpu) ?? 0, memory: parseAmount('memory', memory) ?? 0 }
}

function bySize(a: Row, b: Row): number {
  if (!a.size || !b.size) return Number(!a.size) - Number(!b.size)
  return a.size.cpu - b.size.cpu || a.size.memory - b.size.memory || b.asks.cpu - a.asks.cpu
}

function rowsOf(plans: readonly PlacementPlan[]): Row[] {
  const requests = plans.map((plan) => podRequests(plan.source.spec?.template?.spec))
  const sum = (runs: readonly boolean[], resource: string) =>
    requests.reduce((total, each, i) => total + (runs[i] ? (each.get(resource) ?? 0) : 0), 0)
  const rows = new Map<string, Row>()
  for (const [index, { node, name }] of (plans[0]?.nodes ?? []).entries()) {
    const size = allocatable(node)
    const runs = plans.map((plan) => plan.nodes[index]?.result === 'run')
    const key = JSON.stringify([size, runs])
    const row = rows.get(key)
    if (row) row.names.push(name)
    else
      rows.set(key, {
        size,
        runs,
        asks: { cpu: sum(runs, 'cpu'), memory: sum(runs, 'memory') },
        names: [name],
      })
  }
  return [...rows.values()].sort(bySize)
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
    rows: rows.map(({ size, runs, asks, names }) => [
      String(names.length),
      size ? cpuText(size.cpu) : '?',
      size ? memoryText(size.memory) : '?',
      String(runs.filter((on) => on).length),
      `${cpuText(asks.cpu)}${size ? share(asks.cpu, size.cpu) : ''}`,
      `${memoryText(asks.memory)}${size ? share(asks.memory, size.memory) : ''}`,
      runs.flatMap((on, i) => (on ? [String(i + 1)] : [])).join(',') || '<none>',
      sampleNames(names, Math.max(30, width - 70)),
    ]),
    right: [0, 1, 2, 3],
    width,
  })
  return [style.bold('Together, smallest nodes first:'), '', text.trimEnd(), '', ...legend, ''].join('\n')
}
