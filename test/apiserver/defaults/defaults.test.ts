import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { defaultDaemonSet } from '#apiserver/defaults/daemon-set.ts'
import { defaultPullPolicy } from '#apiserver/defaults/pod-spec.ts'
import { admitDaemonSet } from '#apiserver/validation/admit.ts'
import { fieldErrorText } from '#kube/field-error-text.ts'
import type { JsonObject } from '#kube/types.ts'
import { corpusAnswer, corpusAnswers, corpusFolder, describeCorpus } from '../../helpers/corpus.ts'

const readLines = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

/** Without what the server makes up, and the annotation that kubectl's apply writes. */
function comparable(object: JsonObject): JsonObject {
  const metadata = { ...(object.metadata as JsonObject) }
  const { 'kubectl.kubernetes.io/last-applied-configuration': _, ...annotations } =
    metadata.annotations as JsonObject
  metadata.annotations = annotations
  for (const key of [
    'uid',
    'creationTimestamp',
    'generation',
    'resourceVersion',
    'managedFields',
    'name',
    'namespace',
  ])
    delete metadata[key]
  return { ...object, metadata, status: null }
}

describe('defaults against the upstream code', () => {
  const cases = readLines('test/fixtures/controller/revisions.jsonl')
  it.each(cases.map((entry, index) => [`${index} ${entry.name}`, entry]))(
    '%s is stored alike',
    (_, entry) => {
      expect(comparable(defaultDaemonSet(entry.asWritten))).toEqual(comparable(entry.daemonSet))
    },
  )
})

/**
 * The DaemonSets of a file, those in Lists too. Read as YAML 1.2, as the recording was: it takes `0640` for 640, where kubectl
 * takes it for octal.
 */
function daemonSetsIn(file: string): JsonObject[] {
  const text = readFileSync(`${corpusFolder}/daemonsets/${file}`, 'utf8')
  const documents = [...parseAllDocuments(text, { uniqueKeys: false, merge: true })].map((document) =>
    document.toJS(),
  )
  const flat = (value: unknown): JsonObject[] => {
    const object = value as JsonObject | null
    if (typeof object !== 'object' || object === null) return []
    if (Array.isArray(object.items)) return object.items.flatMap(flat)
    return object.kind === 'DaemonSet' && object.apiVersion === 'apps/v1' ? [object] : []
  }
  return documents.flatMap(flat)
}

describeCorpus('real manifests as a v1.36.2 server took them', () => {
  const parsed = new Map<string, JsonObject[]>()
  it.each(corpusAnswers)('$file #$index', ({ file, index }) => {
    const { stored, refused = '' } = corpusAnswer(file, index)
    const found = parsed.get(file) ?? daemonSetsIn(file)
    parsed.set(file, found)
    const written = found[index - 1]
    expect(written).toBeDefined()
    const admission = admitDaemonSet(written)
    if (stored) {
      expect(admission.errors.map(fieldErrorText)).toEqual([])
      expect(comparable(admission.object ?? {})).toEqual(comparable(stored))
    } else {
      const texts = refused.split('is invalid: ')[1]?.split('\n* ') ?? []
      const wanted = texts.map((text) => text.trim()).filter((text) => text !== '')
      expect(wanted).not.toEqual([])
      expect(admission.errors.map(fieldErrorText)).toEqual(wanted)
    }
  })
})

describe('the pull policy of an image without one', () => {
  it.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['registry.io:5000/team/app', 'Always'],
    ['registry.io:5000/team/app:v1', 'IfNotPresent'],
    ['nginx@sha256:e6b8de175acda6ca913891f0f727bca4527e797d52688cbe9fec9040d6f6b6fa', 'IfNotPresent'],
    ['Not A Reference', 'IfNotPresent'],
    ['', 'IfNotPresent'],
    ['UPPER/case', 'Always'],
    ['lower/UPPER', 'IfNotPresent'],
  ])('%s is %s', (image, policy) => expect(defaultPullPolicy(image)).toBe(policy))
})

describe('what is written without need', () => {
  const podSpec = (spec: JsonObject) => {
    const daemonSet = defaultDaemonSet({ spec: { template: { spec } } })
    return ((daemonSet.spec as JsonObject).template as JsonObject).spec as JsonObject
  }

  it('null, false, 0, "" and empty lists and maps are dropped, pointers to them kept', () => {
    const spec = podSpec({
      hostNetwork: false,
      hostname: '',
      nodeSelector: {},
      tolerations: [],
      hostAliases: null,
      hostUsers: false,
      priority: 0,
      runtimeClassName: '',
      securityContext: {},
      affinity: {},
    })
    for (const gone of ['hostNetwork', 'hostname', 'nodeSelector', 'tolerations', 'hostAliases']) {
      expect(spec).not.toHaveProperty(gone)
    }
    expect(spec).toMatchObject({ hostUsers: false, priority: 0, runtimeClassName: '', affinity: {} })
  })

  it('quantities are canonical and never finer than a thousandth', () => {
    const limits = { cpu: '0.5', memory: 1073741824, 'ephemeral-storage': '1.0001m' }
    const spec = podSpec({ containers: [{ name: 'a', resources: { limits } }] })
    const [container] = spec.containers as JsonObject[]
    expect(container?.resources).toEqual({
      limits: {
        cpu: '500m',
        memory: '1073741824',
        'ephemeral-storage': '2m',
      },
    })
  })

  it('the old name of the service account fills the new one, which wins', () => {
    expect(podSpec({ serviceAccount: 'a' })).toMatchObject({ serviceAccountName: 'a', serviceAccount: 'a' })
    const both = { serviceAccount: 'a', serviceAccountName: 'b' }
    expect(podSpec(both)).toMatchObject({ serviceAccountName: 'b', serviceAccount: 'b' })
  })

  it('a key called __proto__ is a label like any other', () => {
    const written = JSON.parse('{"metadata":{"labels":{"__proto__":"x","a":"b"}}}')
    const labels = (defaultDaemonSet(written).metadata as JsonObject).labels as JsonObject
    expect(Object.keys(labels)).toEqual(['__proto__', 'a'])
  })

  it('an update keeps the status and the template generation that the caller gives it', () => {
    const annotations = { 'deprecated.daemonset.template.generation': '7' }
    const status = { numberReady: 3, desiredNumberScheduled: 4 }
    const updated = defaultDaemonSet({ metadata: { annotations }, status }, 'update')
    expect(updated).toMatchObject({ metadata: { annotations }, status })
    expect(defaultDaemonSet({ metadata: {}, status }).status).toMatchObject({ numberReady: 0 })
  })

  it('fields behind gates that are off are dropped', () => {
    const lifecycle = { stopSignal: 'SIGTERM' }
    const spec = podSpec({ schedulingGroup: {}, containers: [{ name: 'a', lifecycle }] })
    expect(spec).not.toHaveProperty('schedulingGroup')
    expect((spec.containers as JsonObject[])[0]).not.toHaveProperty('lifecycle')
  })
})
