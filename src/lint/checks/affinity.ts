import { objectIn, objectOrNone, objectsIn, stringIn } from '#kube/read.ts'
import { readableSelector } from '#kube/selectors.ts'
import type { LabelSelector, StringMap } from '#kube/types.ts'
import { prepareDaemonSet } from '#placement/placement.ts'
import { inPod, remove } from '../subject.ts'
import type { Checks } from '../types.ts'
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

/** What every node has a value of, by any of its names. */
const dimension = (key: string) =>
  /(?:^|\/)(os|arch|instance-type|zone|region)$/.exec(key)?.[1] ??
  (key === 'kubernetes.io/hostname' ? 'hostname' : '')

/** Labels that name one node, or that an upgrade of the node changes. */
const volatile =
  /^(kubernetes\.io\/hostname|kubernetes\.azure\.com\/node-image-version|eks\.amazonaws\.com\/(nodegroup-image|sourceLaunchTemplateVersion)|node\.openshift\.io\/os_version|karpenter\.sh\/(initialized|registered)|cloud\.google\.com\/gke-node-version|feature\.node\.kubernetes\.io\/kernel-version\..*)$/

const selects = (selector: object | undefined, labels: StringMap) =>
  readableSelector(selector as LabelSelector | undefined)?.matches(labels) ?? false

/** Which nodes a DaemonSet asks for. */
export const affinity: Checks = {
  'matches-nothing': {
    severity: 'warning',
    why: 'The API takes it, and it matches no node or no taint at all.',
    find: ({ daemonSet }) =>
      prepareDaemonSet(daemonSet).warnings.map(({ path, message }) => ({ path, message })),
  },
  contradiction: {
    severity: 'error',
    why: 'Expressions of one term, and the nodeSelector, must all hold on the same node.',
    fix: 'drop one of them',
    *find({ pod }) {
      const terms = termsOf(pod).map(expressions)
      const all = (terms.length === 0 ? [[]] : terms).map((term) => [...selected(pod), ...term])
      for (const demands of all)
        for (const key of new Set(demands.map((demand) => demand.key))) {
          const same = demands.filter((demand) => demand.key === key)
          const last = same.at(-1)
          if (!last || !same.every(({ operator }) => operators.includes(operator)) || possible(same)) continue
          yield {
            path: last.path,
            message: `no node can have ${same.map(demandText).join(' and ')} at once`,
            severity: all.length > 1 ? 'warning' : 'error',
          }
        }
    },
  },
  'affinity-term-or': {
    severity: 'warning',
    why: 'Several nodeSelectorTerms are alternatives; only the expressions within one term must all match.',
    fix: 'put them under one matchExpressions if all are meant',
    // Alternatives on different dimensions, as "linux, or arm64", are rarely meant; on labels of pools and roles they are.
    find({ pod }) {
      const terms = termsOf(pod).map(expressions)
      const kinds = terms.map((term) => new Set(term.map(({ key }) => dimension(key) || key)))
      const apart = kinds.every(
        (own, i) =>
          own.size > 0 && !kinds.some((other, j) => i !== j && [...own].some((kind) => other.has(kind))),
      )
      const dimensions = terms.flat().some(({ key }) => dimension(key) !== '')
      if (terms.length < 2 || !apart || !dimensions) return
      const texts = terms.map((term) => term.map(demandText).join(' and '))
      return { path: termsPath, message: `a node needs ${texts.join(', or ')}: one is enough` }
    },
  },
  'label-volatile': {
    severity: 'warning',
    why: 'A node that loses the label loses the pod at once, and a new node never gets one.',
    fix: 'select by a label of your own that stays with the pool',
    *find({ pod }) {
      for (const { key, operator, path } of demandsOf(pod)) {
        if (!volatile.test(key) || ['NotIn', 'DoesNotExist'].includes(operator)) continue
        const message = `the label ${key} changes when a node is replaced or upgraded`
        yield { path, part: 'key', message }
      }
    },
  },
  'inert-fields': {
    severity: 'warning',
    why: 'The controller chooses the node before the scheduler sees the pod, so nothing is left to spread or prefer.',
    fix: 'remove it',
    *find({ pod }) {
      const spread = objectsIn(pod, 'topologySpreadConstraints')
      const path = inPod('topologySpreadConstraints')
      const strict = spread.findIndex((one) => stringIn(one, 'whenUnsatisfiable') !== 'ScheduleAnyway')
      if (strict >= 0)
        yield {
          path: [...path, strict],
          message: 'topologySpreadConstraints cannot spread daemon pods: it can only keep one from its node',
        }
      else if (spread.length > 0)
        yield {
          path,
          part: 'key',
          message: 'topologySpreadConstraints does nothing: each daemon pod has its node already',
          fix: remove('remove it', path),
        }
      for (const kind of ['podAffinity', 'podAntiAffinity', 'nodeAffinity']) {
        const at = inPod('affinity', kind, preferred)
        if (objectsIn(objectIn(objectIn(pod, 'affinity'), kind), preferred).length === 0) continue
        const meant = kind === 'nodeAffinity' ? `, or write ${required} if the nodes are meant` : ''
        yield {
          path: at,
          part: 'key',
          message: `a preference of ${kind} does nothing: each daemon pod has its node already`,
          fix: remove(`remove it${meant}`, at),
        }
      }
    },
  },
  'pod-affinity': {
    severity: 'error',
    why: 'A daemon pod has one node only: where a rule about other pods forbids it, it stays Pending forever.',
    fix: 'remove it: a DaemonSet already runs one pod per node',
    *find({ pod, template, daemonSet }) {
      const rulesOf = (kind: string) =>
        objectsIn(objectIn(objectIn(pod, 'affinity'), kind), required).map((rule, index) => ({
          rule,
          path: inPod('affinity', kind, required, index),
        }))
      for (const { path } of rulesOf('podAffinity'))
        yield {
          path,
          message: 'on a node without the pods that podAffinity asks for, the daemon pod stays Pending',
          severity: 'info',
          fix: 'start without it, and wait for the other pods in the container',
        }
      const own = objectIn(objectIn(template, 'metadata'), 'labels') as StringMap
      for (const { rule, path } of rulesOf('podAntiAffinity')) {
        const topology = stringIn(rule, 'topologyKey')
        if (!selects(objectOrNone(rule, 'labelSelector'), own)) continue
        if (topology !== 'kubernetes.io/hostname')
          yield { path, message: `only one daemon pod fits into each ${topology}: all others stay Pending` }
        else if (resolved(daemonSet, 'maxSurge', 100) > 0)
          yield {
            path,
            message: 'the new pod of an update with maxSurge is not let onto the node of the old one',
          }
      }
    },
  },
  'node-name': {
    severity: 'warning',
    why: 'A nodeName in the template leaves one node of all, and bypasses the scheduler.',
    fix: 'use nodeSelector or node affinity',
    find({ pod }) {
      const name = stringIn(pod, 'nodeName')
      return name !== '' && { path: inPod('nodeName'), message: `it runs on ${name} alone` }
    },
  },
}
