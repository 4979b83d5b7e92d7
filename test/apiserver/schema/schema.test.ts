import { describe, expect, it } from 'vitest'
import { decodeDaemonSet, SchemaFindings } from '#apiserver/schema/check-schema.ts'
import { decode } from '#apiserver/schema/decode.ts'
import { structSpec } from '#apiserver/schema/schema.ts'
import { admitDaemonSet } from '#apiserver/validation/admit.ts'
import type { JsonObject } from '#kube/types.ts'

const inContainer = (container: JsonObject) => inPod({ containers: [container] })
const inPod = (spec: JsonObject) => inSpec({ template: { spec } })
const inSpec = (spec: JsonObject) => ({ apiVersion: 'apps/v1', kind: 'DaemonSet', spec })

function checkSchema(document: unknown) {
  const findings = new SchemaFindings()
  decodeDaemonSet(document, findings)
  return findings.list
}

function only(document: unknown, kind: string) {
  return checkSchema(document).filter((finding) => finding.kind === kind)
}

describe('an unknown field', () => {
  it.each<[string, JsonObject, string, string]>([
    [
      'misspelt',
      inContainer({ imagePullPolcy: 'Always' }),
      'spec.template.spec.containers[0].imagePullPolcy',
      'did you mean "imagePullPolicy"?',
    ],
    [
      'in the wrong case',
      inPod({ tolerations: [{ Key: 'a' }] }),
      'spec.template.spec.tolerations[0].Key',
      'did you mean "key"?',
    ],
    [
      'of the pod, in the DaemonSet',
      inSpec({ hostNetwork: true }),
      'spec.hostNetwork',
      'belongs under spec.template.spec',
    ],
    [
      'of the pod, in a container',
      inContainer({ nodeSelector: {} }),
      'spec.template.spec.containers[0].nodeSelector',
      'belongs under spec.template.spec',
    ],
    [
      'of a container, in the pod',
      inPod({ image: 'x' }),
      'spec.template.spec.image',
      'belongs under spec.template.spec.containers[]',
    ],
    ['of the spec, at the top', { ...inSpec({}), template: {} }, 'template', 'belongs under spec'],
    [
      'of a Deployment',
      inSpec({ replicas: 3 }),
      'spec.replicas',
      'a DaemonSet has no replicas: it runs one pod on each node that matches',
    ],
    [
      'with another name in a Deployment',
      inSpec({ strategy: {} }),
      'spec.strategy',
      'a DaemonSet calls it "updateStrategy"',
    ],
  ])('%s', (_, document, field, hint) => {
    const [finding, ...others] = only(document, 'unknownField')
    expect(others).toEqual([])
    expect(finding).toMatchObject({ field, hint, message: `unknown field "${field}"` })
  })

  it('that nothing is like has no hint', () => {
    expect(only(inSpec({ xyzzy: 1 }), 'unknownField')[0]).not.toHaveProperty('hint')
  })

  it('is named as the server names it, whatever is in it', () => {
    const [finding] = only(inSpec({ 'a.b c': 1 }), 'unknownField')
    expect(finding).toMatchObject({ message: 'unknown field "spec.a.b c"', path: ['spec', 'a.b c'] })
  })

  it('inherited names are unknown as well', () => {
    const document = JSON.parse('{"spec":{"__proto__":{},"constructor":1,"toString":2}}')
    expect(only(document, 'unknownField').map((finding) => finding.path[1])).toEqual([
      '__proto__',
      'constructor',
      'toString',
    ])
  })
})

describe('a wrong type', () => {
  const port = 'Go struct field ContainerPort.spec.template.spec.containers.ports.containerPort of type int32'
  const ports = (containerPort: unknown) => inContainer({ ports: [{ containerPort }] } as JsonObject)
  it.each<[string, unknown, string, string | undefined]>([
    [
      'a string for a number',
      ports('8080'),
      `json: cannot unmarshal string into ${port}`,
      'remove the quotes: 8080',
    ],
    ['a fraction', ports(80.5), `json: cannot unmarshal number 80.5 into ${port}`, undefined],
    [
      'a number beyond 32 bits',
      ports(3000000000),
      `json: cannot unmarshal number 3000000000 into ${port}`,
      undefined,
    ],
    ['a list for a number', ports([]), `json: cannot unmarshal array into ${port}`, undefined],
    [
      'a number for a string',
      inContainer({ env: [{ name: 'A', value: 8080 }] }),
      'json: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string',
      'quote it: "8080"',
    ],
    [
      'a truth for a label',
      { metadata: { labels: { a: true } } },
      'json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string',
      'quote it: "true"',
    ],
    [
      'text for a truth',
      inPod({ hostNetwork: 'yes' }),
      'json: cannot unmarshal string into Go struct field PodSpec.spec.template.spec.hostNetwork of type bool',
      'write true without quotes',
    ],
    [
      'a map for a list',
      inPod({ containers: {} }),
      'json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container',
      'write it as a list: each entry on its own line after "- "',
    ],
    [
      'a list for a map',
      inSpec({ template: [] }),
      'json: cannot unmarshal array into Go struct field DaemonSetSpec.spec.template of type v1.PodTemplateSpec',
      'write its fields without the leading "- "',
    ],
    [
      'a named type',
      inPod({ restartPolicy: 1 }),
      'json: cannot unmarshal number into Go struct field PodSpec.spec.template.spec.restartPolicy of type v1.RestartPolicy',
      'quote it: "1"',
    ],
    [
      'a truth for a number or percent',
      inSpec({ updateStrategy: { rollingUpdate: { maxSurge: true } } }),
      'json: cannot unmarshal bool into Go struct field RollingUpdateDaemonSet.spec.updateStrategy.rollingUpdate.maxSurge of type int32',
      undefined,
    ],
    [
      'no quantity',
      inContainer({ resources: { limits: { cpu: 'lots' } } }),
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
      undefined,
    ],
    [
      'a suffix that is none',
      inContainer({ resources: { limits: { memory: '1GB' } } }),
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
      undefined,
    ],
    [
      'no time',
      { metadata: { creationTimestamp: 'now' } },
      'parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006"',
      undefined,
    ],
  ])('%s', (_, document, decodeError, hint) => {
    const [finding, ...others] = only(document, 'wrongType')
    expect(others).toEqual([])
    expect(finding?.decodeError).toBe(decodeError)
    expect(finding?.hint).toBe(hint)
    expect(admitDaemonSet(document)).toMatchObject({ accepted: false, decodeError })
  })

  it('the server names the first, or the first that its own decoders refuse', () => {
    const both = inContainer({ ports: 'x', resources: { limits: { cpu: 'y' } } })
    const admission = admitDaemonSet(both)
    expect(admission.decodeError).toContain('quantities must match')
    expect(admission.typeErrors.map((finding) => finding.path.at(-1))).toEqual(['cpu', 'ports'])
  })

  it('null fits everywhere', () => {
    const nothing = (struct: string): JsonObject =>
      Object.fromEntries([...structSpec(struct).keys()].map((name) => [name, null]))
    for (const struct of ['DaemonSet', 'PodSpec', 'Container', 'Volume', 'Probe', 'ContainerPort']) {
      const found: string[] = []
      const listen = (text: string) => found.push(text)
      decode(nothing(struct), struct, {
        unknownField: () => listen('unknown'),
        wrongType: () => listen('type'),
      })
      expect(found).toEqual([])
    }
  })

  it('a document that is no map at all', () => {
    expect(checkSchema([1])[0]).toMatchObject({ kind: 'wrongType', path: [] })
    expect(checkSchema('text')[0]).toMatchObject({ kind: 'wrongType' })
    expect(checkSchema(null)).toEqual([])
  })
})
