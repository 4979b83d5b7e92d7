import { describe, expect, it } from 'vitest'
import type { AdmissionObjects } from '#apiserver/admission/types.ts'
import type { JsonObject } from '#base/json.ts'
import { specOf, whyNot } from './scene.ts'

const priorityClass = (name: string, value: number, more: JsonObject = {}): JsonObject => ({
  metadata: { name },
  value,
  ...more,
})

describe('priority', () => {
  it('a class gives its value and policy', () =>
    expect(
      specOf(
        { priorityClassName: 'high' },
        { priorityClasses: [priorityClass('high', 1000, { preemptionPolicy: 'Never' })] },
      ),
    ).toMatchObject({ priority: 1000, preemptionPolicy: 'Never' }))
  it('without one it is 0', () =>
    expect(specOf({})).toMatchObject({ priority: 0, preemptionPolicy: 'PreemptLowerPriority' }))
  it('of several default classes the lowest is taken', () =>
    expect(
      specOf(
        {},
        {
          priorityClasses: [
            priorityClass('high', 9, { globalDefault: true }),
            priorityClass('low', 5, { globalDefault: true }),
            priorityClass('none', 1),
          ],
        },
      ),
    ).toMatchObject({ priorityClassName: 'low', priority: 5 }))
  it.each([
    ['system-node-critical', 2_000_001_000],
    ['system-cluster-critical', 2_000_000_000],
  ])('every cluster has %s', (priorityClassName, priority) =>
    expect(specOf({ priorityClassName })).toMatchObject({ priority }),
  )
  it('a number that is not the class`s is refused', () =>
    expect(whyNot({ priority: 7 })).toBe(
      'the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
    ))
  it('so is a policy', () =>
    expect(whyNot({ preemptionPolicy: 'Never' })).toBe(
      'the string value of PreemptionPolicy (Never) must not be provided in pod spec; priority admission controller computed PreemptLowerPriority from the given PriorityClass name',
    ))
  it('where classes are not known, a name is believed', () =>
    expect(specOf({ priorityClassName: 'x' }, { priorityClasses: undefined })).not.toHaveProperty('priority'))
})

describe('service account', () => {
  const account = (more: JsonObject): JsonObject => ({ metadata: { name: 'default' }, ...more })

  it('is `default` where the pod names none, with its pull secrets', () =>
    expect(specOf({}, { serviceAccounts: [account({ imagePullSecrets: [{ name: 'key' }] })] })).toMatchObject(
      {
        serviceAccountName: 'default',
        serviceAccount: 'default',
        imagePullSecrets: [{ name: 'key' }],
      },
    ))
  it('the pod`s own pull secrets stay', () =>
    expect(
      specOf(
        { imagePullSecrets: [{ name: 'own' }] },
        { serviceAccounts: [account({ imagePullSecrets: [{ name: 'key' }] })] },
      ),
    ).toMatchObject({ imagePullSecrets: [{ name: 'own' }] }))

  const enforcing = (more: JsonObject = {}): Partial<AdmissionObjects> => ({
    serviceAccounts: [
      {
        metadata: { name: 'default', annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } },
        secrets: [{ name: 'good' }],
        ...more,
      },
    ],
  })
  const tail = 'is not allowed because service account default does not reference that secret'
  const variable = (name: string) => ({ name: 'E', valueFrom: { secretKeyRef: { name, key: 'k' } } })
  const withContainer = (more: JsonObject, list = 'containers'): JsonObject => ({
    [list]: [{ name: 'c', image: 'i', ...more }],
  })
  it.each([
    [
      'a volume',
      { volumes: [{ name: 'v', secret: { secretName: 'x' } }] },
      `volume with secret.secretName="x" ${tail}`,
    ],
    [
      'a variable',
      withContainer({ env: [variable('x')] }),
      `container c with envVar E referencing secret.secretName="x" ${tail}`,
    ],
    [
      'all variables of a secret',
      withContainer({ envFrom: [{ secretRef: { name: 'x' } }] }, 'initContainers'),
      `init container c with envFrom referencing secret.secretName="x" ${tail}`,
    ],
    [
      'a pull secret',
      { imagePullSecrets: [{ name: 'x' }] },
      'imagePullSecrets[0].name="x" is not allowed because service account default does not reference that imagePullSecret',
    ],
  ] as [string, JsonObject, string][])('that allows its own secrets only: %s', (_, spec, said) =>
    expect(whyNot(spec, enforcing())).toBe(said),
  )
  it('and lets those be used', () =>
    expect(whyNot(withContainer({ env: [variable('good')] }), enforcing())).toBeUndefined())
})

describe('runtime class', () => {
  const runtimeClass = (more: JsonObject): Partial<AdmissionObjects> => ({
    runtimeClasses: [{ metadata: { name: 'gvisor' }, handler: 'runsc', ...more }],
  })
  const overhead = { podFixed: { cpu: '250m', memory: '120Mi' } }

  it('adds its overhead, where it may run, and what is tolerated for it', () =>
    expect(
      specOf(
        {
          runtimeClassName: 'gvisor',
          nodeSelector: { disk: 'ssd' },
          tolerations: [{ key: 'sandbox', operator: 'Equal', value: 'x', effect: 'NoSchedule' }],
        },
        runtimeClass({
          overhead,
          scheduling: {
            nodeSelector: { gvisor: 'yes' },
            tolerations: [{ key: 'sandbox', operator: 'Exists' }],
          },
        }),
      ),
    ).toMatchObject({
      overhead: overhead.podFixed,
      nodeSelector: { disk: 'ssd', gvisor: 'yes' },
      tolerations: [
        { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute', tolerationSeconds: 300 },
        { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', tolerationSeconds: 300 },
        { key: 'sandbox', operator: 'Exists' },
      ],
    }))
  it('takes an overhead that is its own, however it is written', () =>
    expect(
      whyNot(
        { runtimeClassName: 'gvisor', overhead: { cpu: '0.25', memory: '120Mi' } },
        runtimeClass({ overhead }),
      ),
    ).toBeUndefined())
  it('refuses another one', () =>
    expect(whyNot({ runtimeClassName: 'gvisor', overhead: { cpu: '1' } }, runtimeClass({ overhead }))).toBe(
      "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
    ))
  it('refuses one that no class gives', () =>
    expect(whyNot({ overhead: { cpu: '1' } })).toBe(
      'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
    ))
  it('refuses a selector that it contradicts', () =>
    expect(
      whyNot(
        { runtimeClassName: 'gvisor', nodeSelector: { gvisor: 'no' } },
        runtimeClass({ scheduling: { nodeSelector: { gvisor: 'yes' } } }),
      ),
    ).toBe(
      'conflict: runtimeClass.scheduling.nodeSelector[gvisor] = yes; pod.spec.nodeSelector[gvisor] = no',
    ))
})
