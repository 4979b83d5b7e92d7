import type { JsonObject } from '#base/json.ts'
import { objectIn, objectOrNone, objectsIn, stringIn } from '#kube/read.ts'
import { labelSelector } from '#kube/selectors.ts'
import type { LabelSelector, StringMap } from '#kube/types.ts'
import { prepareDaemonSet } from '#placement/placement.ts'
import { podPath, remove } from '../subject.ts'
import type { Check, Found, Subject } from '../types.ts'
import {
  demandsOf,
  demandText,
  expressions,
  operators,
  possible,
  preferred,
  required,
  selected,
  termsOf,
  termsPath,
} from './demands.ts'
import { resolved } from './update.ts'

function* contradictions({ pod }: Subject): Iterable<Found> {
  const terms = termsOf(pod)
  const all =
    terms.length === 0 ? [selected(pod)] : terms.map((term, i) => [...selected(pod), ...expressions(term, i)])
  for (const demands of all) {
    for (const key of new Set(demands.map((demand) => demand.key))) {
      const same = demands.filter((demand) => demand.key === key)
      const last = same.at(-1)
      if (!last || !same.every(({ operator }) => operators.includes(operator)) || possible(same)) continue
      yield {
        path: last.path,
        message: `no node can have ${same.map(demandText).join(' and ')} at once`,
        severity: all.length > 1 ? 'warning' : 'error',
        fix: { text: 'drop one of them' },
      }
    }
  }
}

/** What every node has a value of, by any of its names. */
const dimension = (key: string) =>
  /(?:^|\/)(os|arch|instance-type|zone|region)$/.exec(key)?.[1] ??
  (key === 'kubernetes.io/hostname' ? 'hostname' : '')

/** Alternatives on different dimensions, as "linux, or arm64", are rarely meant; on labels of pools and roles they are. */
function* alternatives({ pod }: Subject): Iterable<Found> {
  const terms = termsOf(pod).map(expressions)
  const kinds = terms.map((term) => new Set(term.map(({ key }) => dimension(key) || key)))
  const apart = kinds.every(
    (own, i) =>
      own.size > 0 && !kinds.some((other, j) => i !== j && [...own].some((kind) => other.has(kind))),
  )
  const dimensions = terms.filter((term) => term.some(({ key }) => dimension(key) !== ''))
  if (terms.length < 2 || !apart || dimensions.length === 0) return
  yield {
    path: termsPath,
    message: `a node needs ${terms.map((term) => term.map(demandText).join(' and ')).join(', or ')}: one is enough`,
    fix: { text: 'put them under one matchExpressions if all are meant' },
  }
}

/** Labels that name one node, or that an upgrade of the node changes. */
const volatile =
  /^(kubernetes\.io\/hostname|kubernetes\.azure\.com\/node-image-version|eks\.amazonaws\.com\/(nodegroup-image|sourceLaunchTemplateVersion)|node\.openshift\.io\/os_version|karpenter\.sh\/(initialized|registered)|cloud\.google\.com\/gke-node-version|feature\.node\.kubernetes\.io\/kernel-version\..*)$/

function* volatileLabels({ pod }: Subject): Iterable<Found> {
  for (const { key, operator, path } of demandsOf(pod)) {
    if (!volatile.test(key) || ['NotIn', 'DoesNotExist'].includes(operator)) continue
    yield {
      path,
      part: 'key',
      message: `the label ${key} changes when a node is replaced or upgraded`,
      fix: { text: 'select by a label of your own that stays with the pool' },
    }
  }
}

function* podAffinity({ pod, template, daemonSet }: Subject): Iterable<Found> {
  const own = objectIn(objectIn(template, 'metadata'), 'labels') as StringMap
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    const rules = objectsIn(objectIn(objectIn(pod, 'affinity'), kind), required)
    for (const [index, rule] of rules.entries()) {
      const path = [...podPath, 'affinity', kind, required, index]
      const topology = stringIn(rule, 'topologyKey')
      const fix = { text: 'leave it out: a DaemonSet puts one pod on each node by itself' }
      if (kind === 'podAffinity') {
        const message = `on a node without the pods that podAffinity asks for, the daemon pod stays Pending`
        yield {
          path,
          message,
          severity: 'info',
          fix: { text: 'start without it, and wait for the other pods in the container' },
        }
      } else if (!matchesOwn(rule, own)) continue
      else if (topology !== 'kubernetes.io/hostname')
        yield {
          path,
          message: `only one daemon pod fits into each ${topology}: all others stay Pending`,
          fix,
        }
      else if (resolved(daemonSet, 'maxSurge', 100) > 0)
        yield {
          path,
          message: 'the new pod of an update with maxSurge is not let onto the node of the old one',
          fix,
        }
    }
  }
}

function matchesOwn(rule: JsonObject, labels: StringMap): boolean {
  try {
    return labelSelector(objectOrNone(rule, 'labelSelector') as LabelSelector | undefined).matches(labels)
  } catch {
    return false
  }
}

function* inert({ pod }: Subject): Iterable<Found> {
  const spread = objectsIn(pod, 'topologySpreadConstraints')
  const path = [...podPath, 'topologySpreadConstraints']
  const strict = spread.findIndex((one) => stringIn(one, 'whenUnsatisfiable') !== 'ScheduleAnyway')
  if (strict >= 0)
    yield {
      path: [...path, strict],
      message: 'topologySpreadConstraints cannot spread daemon pods: it can only keep one from its node',
      fix: { text: 'take it out' },
    }
  else if (spread.length > 0)
    yield {
      path,
      part: 'key',
      message: 'topologySpreadConstraints does nothing: each daemon pod has its node already',
      fix: remove('take it out', path),
    }
  for (const kind of ['podAffinity', 'podAntiAffinity', 'nodeAffinity']) {
    const at = [...podPath, 'affinity', kind, preferred]
    if (objectsIn(objectIn(objectIn(pod, 'affinity'), kind), preferred).length === 0) continue
    const meant = kind === 'nodeAffinity' ? `, or write ${required} if the nodes are meant` : ''
    yield {
      path: at,
      part: 'key',
      message: `a preference of ${kind} does nothing: each daemon pod has its node already`,
      fix: remove(`take it out${meant}`, at),
    }
  }
}

/** Which nodes a DaemonSet asks for. */
export const affinity: readonly Check[] = [
  {
    id: 'matches-nothing',
    severity: 'warning',
    why: 'The API takes it, and it matches no node or no taint at all.',
    find: ({ daemonSet }) =>
      prepareDaemonSet(daemonSet).warnings.map(({ path, message }) => ({ path, message })),
  },
  {
    id: 'contradiction',
    severity: 'error',
    why: 'Expressions of one term, and the nodeSelector, must all hold on the same node.',
    find: contradictions,
  },
  {
    id: 'affinity-term-or',
    severity: 'warning',
    why: 'Several nodeSelectorTerms are alternatives; only expressions within one term are all asked for.',
    find: alternatives,
  },
  {
    id: 'label-volatile',
    severity: 'warning',
    why: 'A node that loses the label loses the pod at once, and a new node never gets one.',
    find: volatileLabels,
  },
  {
    id: 'inert-fields',
    severity: 'warning',
    why: 'The controller chooses the node before the scheduler sees the pod, so nothing is left to spread or prefer.',
    find: inert,
  },
  {
    id: 'pod-affinity',
    severity: 'error',
    why: 'A daemon pod has one node only: where a rule about other pods forbids it, it stays Pending for ever.',
    find: podAffinity,
  },
  {
    id: 'node-name',
    severity: 'warning',
    why: 'A nodeName in the template leaves one node of all, and passes the scheduler by.',
    find: ({ pod }) => {
      const name = stringIn(pod, 'nodeName')
      const path = [...podPath, 'nodeName']
      if (name === '') return []
      return [
        { path, message: `it runs on ${name} alone`, fix: { text: 'use nodeSelector or node affinity' } },
      ]
    },
  },
]
