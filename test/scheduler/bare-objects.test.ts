import { describe, expect, it } from 'vitest'
import type { StorageObjects } from '#kube/storage-types.ts'
import type { Node, Pod, PodSpec } from '#kube/types.ts'
import { Fitter, type FitterInput } from '#scheduler/fitter.ts'
import { daemonSetOf, nodeOf } from './around.ts'

/* What an object leaves out is Go's zero value to the scheduler: an empty name, no labels, an empty list. */

const bareNodes: readonly Node[] = [{}, { metadata: {} }, { metadata: { name: '' }, spec: {}, status: {} }]
const barePods: readonly Pod[] = [
  { spec: { nodeName: 'a1' } },
  { metadata: {}, spec: { nodeName: 'a1', affinity: {} }, status: {} },
  { status: { nominatedNodeName: 'a1' } },
]
const fitOn = (node: Node, spec: PodSpec, more: Partial<FitterInput> = {}) =>
  new Fitter({
    daemonSet: daemonSetOf(spec),
    nodes: [...bareNodes, nodeOf('a1')],
    pods: barePods,
    ...more,
  }).judge(node)
const required = (term: object) => ({ requiredDuringSchedulingIgnoredDuringExecution: [term] })

describe('nodes, pods and DaemonSets that leave out all they may', () => {
  it.each<[string, PodSpec, string, string]>([
    ['ask nothing', {}, '', ''],
    [
      'a term of affinity',
      { affinity: { podAffinity: required({}) } },
      'no pod there that its affinity asks for: any pod in the same ',
      'no pod there that its affinity asks for: any pod in the same ',
    ],
    ['a term of anti-affinity', { affinity: { podAntiAffinity: required({}) } }, '', ''],
    [
      'a constraint of spread',
      { topologySpreadConstraints: [{}] },
      'its topology spread needs the label , which the node lacks',
      'its topology spread needs the label , which the node lacks',
    ],
    [
      'a spread by an actual label',
      { topologySpreadConstraints: [{ topologyKey: 'zone', labelSelector: {} }] },
      'its topology spread needs the label zone, which the node lacks',
      '',
    ],
    ['a volume', { volumes: [{}] }, '', ''],
    ['a disk', { volumes: [{ iscsi: {} }] }, '', ''],
  ])('%s', (_, spec, onBare, onNamed) => {
    for (const node of bareNodes) expect(fitOn(node, spec).message).toBe(onBare)
    expect(fitOn(nodeOf('a1'), spec).message).toBe(onNamed)
  })

  it('a DaemonSet of which nothing is known goes anywhere', () => {
    for (const daemonSet of [{}, { spec: {} }, { metadata: {}, spec: { template: {} } }]) {
      const fitter = new Fitter({ daemonSet, pods: barePods, namespaces: [{}, { metadata: {} }] })
      for (const node of bareNodes) expect(fitter.start(node)).toMatchObject({ fits: true })
      expect(fitter.notJudged).toEqual([])
    }
  })

  it('a pod without a name is on its node like any other', () => {
    const taken = { containers: [{ ports: [{ hostPort: 80 }] }] }
    const pods = [{ spec: { nodeName: 'a1', ...taken } }]
    expect(fitOn(nodeOf('a1'), taken, { pods })).toMatchObject({ portConflicts: [{ heldBy: { pod: '' } }] })
  })
})

describe('claims and volumes that leave out all they may', () => {
  const claimed: PodSpec = { volumes: [{ persistentVolumeClaim: { claimName: 'data' } }] }
  const ephemeral: PodSpec = { volumes: [{ ephemeral: {} }] }
  const named = { name: 'data', namespace: 'n' }
  const bindCompleted = { 'pv.kubernetes.io/bind-completed': 'yes' }
  const bound = { metadata: { ...named, annotations: bindCompleted }, spec: { volumeName: 'pv' } }
  const late = { metadata: { name: 'late' }, volumeBindingMode: 'WaitForFirstConsumer' }
  const waiting = { metadata: named, spec: { storageClassName: 'late' } }
  const none = 'no PersistentVolume for its claim data is available on the node'

  it.each<[string, PodSpec, StorageObjects, string]>([
    [
      'a claim',
      claimed,
      { persistentVolumeClaims: [{}, { metadata: named }], persistentVolumes: [{}] },
      'its PersistentVolumeClaim data is not bound to a volume',
    ],
    [
      'a claim that lost a volume',
      claimed,
      { persistentVolumeClaims: [{ metadata: named, status: { phase: 'Lost' } }] },
      'persistentvolumeclaim "data" bound to non-existent persistentvolume ""',
    ],
    [
      'a claim of a generic volume',
      ephemeral,
      { storageClasses: [{}] },
      'its PersistentVolumeClaim - is not bound to a volume',
    ],
    [
      'a bound volume',
      claimed,
      { persistentVolumeClaims: [bound], persistentVolumes: [{ metadata: { name: 'pv' } }] },
      '',
    ],
    [
      'volumes to choose from, and a class that makes none',
      claimed,
      {
        persistentVolumeClaims: [waiting],
        storageClasses: [late],
        persistentVolumes: [{}, { spec: {} }, { status: { phase: 'Available' } }, { spec: { claimRef: {} } }],
      },
      none,
    ],
    [
      'a topology where volumes are made',
      claimed,
      {
        persistentVolumeClaims: [waiting],
        storageClasses: [{ ...late, provisioner: 'd', allowedTopologies: [{}] }],
        persistentVolumes: [],
      },
      '',
    ],
    [
      'a label of such a topology',
      claimed,
      {
        persistentVolumeClaims: [waiting],
        storageClasses: [
          {
            ...late,
            provisioner: 'd',
            allowedTopologies: [{ matchLabelExpressions: [{}, { key: 'zone' }] }],
          },
        ],
        persistentVolumes: [],
      },
      none,
    ],
    [
      'a volume that the class takes',
      claimed,
      {
        persistentVolumeClaims: [waiting],
        storageClasses: [late],
        persistentVolumes: [{ spec: { storageClassName: 'late' }, status: { phase: 'Available' } }],
      },
      '',
    ],
    [
      'a volume without modes, for a claim that needs one',
      claimed,
      {
        persistentVolumeClaims: [
          { ...waiting, spec: { ...waiting.spec, accessModes: ['ReadWriteOnce'], resources: {} } },
        ],
        storageClasses: [late],
        persistentVolumes: [{ spec: { storageClassName: 'late' }, status: { phase: 'Available' } }],
      },
      none,
    ],
    ...[{}, { spec: {} }, { metadata: { name: 'a1' }, spec: { drivers: [{}, { name: 'd' }] } }].map(
      (csiNode, at): [string, PodSpec, StorageObjects, string] => [
        `what a node can attach, ${at}`,
        claimed,
        {
          persistentVolumeClaims: [bound],
          persistentVolumes: [{ metadata: { name: 'pv' }, spec: { csi: { driver: 'd' } } }],
          csiNodes: [csiNode],
        },
        '',
      ],
    ),
  ])('%s', (_, spec, storage, expected) => {
    for (const node of [...bareNodes, { metadata: { name: 'a1' } }])
      expect(fitOn(node, spec, { storage }).message).toBe(expected)
  })
})
