import type { FieldPath } from '#base/field-path.ts'
import { nameOf } from '#kube/names.ts'
import { numberIn } from '#kube/read.ts'
import type { Node } from '#kube/types.ts'
import { askNodes, paste } from '../subject.ts'
import type { Checks, Subject } from '../types.ts'
import { nodesText } from './nodes.ts'
import { resolved } from './update.ts'

const path: FieldPath = ['spec', 'updateStrategy', 'rollingUpdate', 'maxUnavailable']

const replacesInPlace = ({ daemonSet }: Subject) =>
  daemonSet.spec?.updateStrategy?.type !== 'OnDelete' && resolved(daemonSet, 'maxSurge', 100) === 0

const withBudget = (value: number | string) =>
  paste('update more nodes at once', ['spec'], {
    updateStrategy: { rollingUpdate: { maxUnavailable: value } },
  })

/** What a node takes at least: stop, start, and minReadySeconds; half a minute for the first two. */
function durationText(nodes: number, minReadySeconds: number): string {
  const minutes = Math.round((nodes * (30 + minReadySeconds)) / 60)
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`
}

const ready = ({ status }: Node) =>
  (status?.conditions ?? []).every((condition) => condition?.type !== 'Ready' || condition.status === 'True')

/** How many nodes an update takes at once. */
export const budgets: Checks = {
  ...askNodes({
    'budget-one-large': {
      severity: 'warning',
      why: 'One node after the other is slow, and a single dead node stops it.',
      find(subject) {
        const nodes = subject.cluster.targets.length
        const budget = resolved(subject.daemonSet, 'maxUnavailable', nodes)
        if (!replacesInPlace(subject) || nodes <= 50 || budget !== 1) return
        const time = durationText(nodes, numberIn(subject.spec, 'minReadySeconds'))
        const message = `one of ${nodes} nodes at a time: at half a minute each an update takes ${time}`
        return { path, message, fix: withBudget('10%') }
      },
    },
    'budget-deadlock': {
      severity: 'error',
      why: 'Pods on nodes that are not ready count as unavailable, and use up the budget forever.',
      find(subject) {
        const { targets } = subject.cluster
        const down = targets.filter((node) => !ready(node))
        const budget = resolved(subject.daemonSet, 'maxUnavailable', targets.length)
        const [first] = down
        if (!replacesInPlace(subject) || !first || down.length < budget) return
        return {
          path,
          message: `${nodesText(down.length)} not ready, ${nameOf(first)} first, and maxUnavailable is ${budget}: an update would not move`,
          fix: withBudget(down.length + 1),
        }
      },
    },
  }),
  'budget-too-large': {
    severity: 'warning',
    why: 'A bad release takes all of them at once, and all ask the registry at the same moment.',
    find(subject) {
      const { cluster, daemonSet } = subject
      const nodes = cluster?.targets.length
      const budget = resolved(daemonSet, 'maxUnavailable', nodes ?? 100)
      const fix = withBudget('10%')
      if (!replacesInPlace(subject)) return
      if (nodes === undefined) {
        const setting = daemonSet.spec?.updateStrategy?.rollingUpdate?.maxUnavailable
        if (typeof setting !== 'string' || budget < 50) return
        const message = `maxUnavailable ${setting}: that many nodes are without it at once`
        return { path, severity: 'info', message, fix }
      }
      if (nodes >= 10 && budget > Math.max(nodes * 0.3, 3))
        return { path, message: `${Math.min(budget, nodes)} of ${nodes} nodes are without it at once`, fix }
      return budget > 100 && { path, message: `${budget} nodes pull its images at once`, fix }
    },
  },
}
