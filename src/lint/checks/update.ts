import type { JsonObject } from '#base/json.ts'
import { scale } from '#controller/update-strategy.ts'
import { numberIn, numberOrNone, objectIn, objectOrNone, objectsIn, stringIn } from '#kube/read.ts'
import type { DaemonSet, IntOrString, PodSpec } from '#kube/types.ts'
import { hostPorts } from '#scheduler/host-ports.ts'
import { inPod, onlyWaits, paste, set } from '../subject.ts'
import type { Checks, Subject } from '../types.ts'

const strategyPath = ['spec', 'updateStrategy']
const rollingPath = [...strategyPath, 'rollingUpdate']

const rolls = (spec: JsonObject) => stringIn(objectIn(spec, 'updateStrategy'), 'type') !== 'OnDelete'

/** One of the two settings of a rolling update, resolved for this many nodes; the API's default where it is absent. */
export function resolved(daemonSet: DaemonSet, name: 'maxUnavailable' | 'maxSurge', nodes: number): number {
  const setting: IntOrString =
    daemonSet.spec?.updateStrategy?.rollingUpdate?.[name] ?? (name === 'maxSurge' ? 0 : 1)
  const scaled = scale(setting, nodes, name)
  return 'value' in scaled ? scaled.value : 0
}

const surges = ({ daemonSet, spec }: Subject) => rolls(spec) && resolved(daemonSet, 'maxSurge', 100) > 0

/** How a new revision gets to the nodes. */
export const update: Checks = {
  'surge-and-unavailable': {
    severity: 'error',
    why: 'The API takes exactly one of the two above zero.',
    find(subject) {
      if (!surges(subject) || resolved(subject.daemonSet, 'maxUnavailable', 100) === 0) return
      const written = subject.daemonSet.spec?.updateStrategy?.rollingUpdate?.maxUnavailable
      return {
        path: [...rollingPath, 'maxSurge'],
        message: `maxSurge is set together with maxUnavailable, which is ${written ?? '1 unless it is set'}`,
        fix: set('set maxUnavailable to 0', [...rollingPath, 'maxUnavailable'], 0),
      }
    },
  },
  'surge-hostport': {
    severity: 'error',
    why: 'The new pod never fits next to the old one, so the update never ends (kubernetes#106417).',
    find(subject) {
      const [first] = hostPorts(subject.pod as PodSpec)
      if (!surges(subject) || !first) return
      return {
        path: [...rollingPath, 'maxSurge'],
        message: `maxSurge starts the new pod while the old one still holds port ${first.port} of the node`,
        fix: paste('replace pods in place', strategyPath, {
          rollingUpdate: { maxSurge: 0, maxUnavailable: 1 },
        }),
      }
    },
  },
  ondelete: {
    severity: 'info',
    why: 'Applying a new template changes nothing until somebody deletes the pods.',
    find: ({ spec }) =>
      !rolls(spec) && {
        path: [...strategyPath, 'type'],
        message: 'updateStrategy is OnDelete',
        fix: paste('let the controller replace them, if that is not meant', ['spec'], {
          updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
        }),
      },
  },
  'history-limit': {
    severity: 'warning',
    why: 'Without an old revision there is nothing that a bad release could be rolled back to.',
    find({ spec }) {
      const path = ['spec', 'revisionHistoryLimit']
      if (numberOrNone(spec, 'revisionHistoryLimit') !== 0) return
      return { path, message: 'revisionHistoryLimit is 0', fix: set('keep the usual ten', path, 10) }
    },
  },
  'min-ready-zero': {
    severity: 'warning',
    why: 'A release that crashes after a second is rolled out to every node.',
    find({ spec, pod }) {
      const containers = objectsIn(pod, 'containers')
      const probed = containers.some((one) => onlyWaits(one) || objectOrNone(one, 'readinessProbe'))
      if (!rolls(spec) || numberIn(spec, 'minReadySeconds') > 0 || containers.length === 0 || probed) return
      return {
        path: ['spec', 'minReadySeconds'],
        message: 'no readiness probe and minReadySeconds 0: a pod counts as available the moment it starts',
        fix: paste('wait a little for each pod, or add a readinessProbe', ['spec'], { minReadySeconds: 10 }),
      }
    },
  },
  'slow-termination': {
    severity: 'warning',
    why: 'An update waits on each node until the old pod is gone, at worst for the whole grace period.',
    find({ pod }) {
      const seconds = numberIn(pod, 'terminationGracePeriodSeconds')
      if (seconds <= 600) return
      return {
        path: inPod('terminationGracePeriodSeconds'),
        message: `a pod may take ${Math.round(seconds / 60)} minutes to end`,
        fix: paste('give it what it needs, no more', inPod(), { terminationGracePeriodSeconds: 60 }),
      }
    },
  },
}
