import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { admitPod } from '#apiserver/admission/admit-pod.ts'
import { podSecurity, podSecurityTemplateWarning } from '#apiserver/admission/pod-security/pod-security.ts'
import type { JsonObject } from '#base/json.ts'
import { corpusFolder, describeCorpus } from '../../helpers/corpus.ts'
import { around, namespaceWith } from './objects.ts'

interface Vector {
  readonly id: string
  readonly file?: string
  readonly index?: number
  readonly spec?: JsonObject
  readonly annotations?: JsonObject
  readonly baseline: { readonly allowed: boolean; readonly message?: string }
  readonly restricted: { readonly allowed: boolean; readonly message?: string }
}

const readVectors = (file: string): Vector[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

/** What follows the pod's name, which the server made up. */
const reason = (message: string) => message.slice(message.indexOf('is forbidden: '))
const expected = ({ allowed, message = '' }: Vector['baseline']) => (allowed ? undefined : reason(message))

function answer(annotations: JsonObject, spec: JsonObject, level: string) {
  const pod = { metadata: { generateName: 'x-', namespace: 'default', annotations }, spec }
  const said = admitPod(pod, around({ namespace: namespaceWith({ enforce: level }) }))
  return said.allowed ? undefined : reason(said.message)
}

const levels = ['baseline', 'restricted'] as const

describe('PodSecurity: the labels of a namespace', () => {
  const spec = { containers: [{ name: 'a', image: 'a' }], hostNetwork: true }
  const host = 'host namespaces (hostNetwork=true)'
  const ask = (labels: Record<string, string>) =>
    podSecurity(
      {},
      spec,
      Object.fromEntries(
        Object.entries(labels).map(([key, value]) => [`pod-security.kubernetes.io/${key}`, value]),
      ),
    )

  it('none: everything is admitted', () => expect(ask({})).toEqual({}))
  it('a level of a version is named with it', () =>
    expect(ask({ enforce: 'baseline', 'enforce-version': 'v1.24' }).refused).toBe(
      `violates PodSecurity "baseline:v1.24": ${host}`,
    ))
  it('a version to come counts as the newest, under its own name', () =>
    expect(ask({ enforce: 'baseline', 'enforce-version': 'v1.99' }).refused).toContain('"baseline:v1.99"'))
  it('a version of another form is the latest', () =>
    expect(ask({ enforce: 'baseline', 'enforce-version': '1.24' }).refused).toContain('"baseline:latest"'))
  it('a level that there is not refuses as restricted does', () =>
    expect(ask({ enforce: 'strict' }).refused).toMatch(
      /^violates PodSecurity "restricted:latest": host namespaces/,
    ))
  it('a level that there is not warns of nothing', () => expect(ask({ warn: 'strict' })).toEqual({}))
  it('warns of one level and enforces another', () =>
    expect(ask({ enforce: 'privileged', warn: 'baseline', 'warn-version': 'v1.30' })).toEqual({
      warning: `would violate PodSecurity "baseline:v1.30": ${host}`,
    }))
  it('audit alone says nothing', () => expect(ask({ audit: 'restricted' })).toEqual({}))
  it('a refusal brings no warning along', () =>
    expect(Object.keys(ask({ enforce: 'baseline', warn: 'restricted' }))).toEqual(['refused']))
  it('a template is warned of what its namespace enforces', () =>
    expect(podSecurityTemplateWarning({ spec }, { 'pod-security.kubernetes.io/enforce': 'baseline' })).toBe(
      `would violate PodSecurity "baseline:latest": ${host}`,
    ))
  it('but not where the warning is switched off', () =>
    expect(
      podSecurityTemplateWarning(
        { spec },
        { 'pod-security.kubernetes.io/enforce': 'baseline', 'pod-security.kubernetes.io/warn': 'privileged' },
      ),
    ).toBeUndefined())
})

describe('PodSecurity: checks by version', () => {
  const ask = (version: string, level: string, spec: object, annotations = {}) =>
    podSecurity({ annotations }, spec as JsonObject, {
      'pod-security.kubernetes.io/enforce': level,
      'pod-security.kubernetes.io/enforce-version': version,
    }).refused ?? ''
  const container = (securityContext: object) => ({ containers: [{ name: 'a', securityContext }] })

  it.each([
    ['v1.33', ''],
    ['v1.34', 'probe or lifecycle host (container "a" uses probe or lifecycle host "h")'],
  ])('the host of a probe: %s', (version, said) => {
    const spec = { containers: [{ name: 'a', livenessProbe: { httpGet: { host: 'h' } } }] }
    expect(ask(version, 'baseline', spec)).toBe(said && `violates PodSecurity "baseline:${version}": ${said}`)
  })
  it.each([
    ['v1.34', true],
    ['v1.35', false],
  ])('an unmasked /proc in a user namespace: %s', (version, refused) => {
    const spec = { hostUsers: false, ...container({ procMount: 'Unmasked' }) }
    expect(ask(version, 'baseline', spec) !== '').toBe(refused)
    expect(ask(version, 'restricted', spec)).toContain('procMount (container "a" must not set')
  })
  it.each([
    ['v1.34', true],
    ['v1.35', false],
  ])('root in a user namespace: %s', (version, refused) => {
    const spec = { hostUsers: false, ...container({ runAsUser: 0 }) }
    expect(
      ask(version, 'restricted', spec).includes('runAsUser=0 (container "a" must not set runAsUser=0)'),
    ).toBe(refused)
    expect(ask(version, 'restricted', spec).includes('runAsNonRoot != true')).toBe(refused)
  })
  it.each([
    ['v1.22', false],
    ['v1.23', true],
  ])('runAsUser 0: %s', (version, refused) =>
    expect(ask(version, 'restricted', container({ runAsUser: 0 })).includes('runAsUser=0')).toBe(refused),
  )
  it.each([
    ['v1.30', true],
    ['v1.31', false],
  ])('the SELinux type container_engine_t: %s', (version, refused) =>
    expect(
      ask(version, 'baseline', container({ seLinuxOptions: { type: 'container_engine_t' } })) !== '',
    ).toBe(refused),
  )
  it.each([
    ['v1.26', 'net.ipv4.ip_local_reserved_ports, net.ipv4.tcp_fin_timeout, net.ipv4.tcp_rmem'],
    ['v1.27', 'net.ipv4.tcp_fin_timeout, net.ipv4.tcp_rmem'],
    ['v1.29', 'net.ipv4.tcp_rmem'],
    ['v1.32', ''],
  ])('sysctls: %s', (version, left) => {
    const names = ['net.ipv4.ip_local_reserved_ports', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_rmem']
    const spec = { securityContext: { sysctls: names.map((name) => ({ name })) }, containers: [] }
    expect(ask(version, 'baseline', spec)).toBe(
      left && `violates PodSecurity "baseline:${version}": forbidden sysctls (${left})`,
    )
  })
  it('seccomp was an annotation before 1.19', () => {
    const annotations = {
      'seccomp.security.alpha.kubernetes.io/pod': 'unconfined',
      'container.seccomp.security.alpha.kubernetes.io/a': 'localhost/x',
    }
    expect(ask('v1.18', 'baseline', container({}), annotations)).toBe(
      'violates PodSecurity "baseline:v1.18": seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod="unconfined")',
    )
    expect(ask('v1.19', 'baseline', container({}), annotations)).toBe('')
  })
  it.each([
    ['v1.7', []],
    ['v1.8', ['allowPrivilegeEscalation != false']],
    ['v1.19', ['allowPrivilegeEscalation != false', 'seccompProfile']],
    ['v1.22', ['allowPrivilegeEscalation != false', 'unrestricted capabilities', 'seccompProfile']],
    ['v1.25', []],
  ])('what a Windows pod cannot set: %s', (version, reasons) => {
    const spec = { os: { name: 'windows' }, ...container({ runAsNonRoot: true }) }
    expect(
      [...ask(version, 'restricted', spec).matchAll(/(?:: |\), )([^(]+) \(/g)].map(([, reason]) => reason),
    ).toEqual(reasons)
  })
  it('before 1.22 restricted forbids the capabilities that baseline does', () => {
    const spec = container({ capabilities: { add: ['SYS_ADMIN', 'CHOWN'] } })
    expect(ask('v1.21', 'restricted', spec)).toContain(
      'non-default capabilities (container "a" must not include "SYS_ADMIN"',
    )
    expect(ask('v1.22', 'restricted', spec)).not.toContain('non-default')
  })
})

describe('PodSecurity: what a v1.36.2 server said', () => {
  const vectors = readVectors('test/fixtures/apiserver/podsecurity.jsonl')
  it.each(vectors.map((vector) => [vector.id, vector] as const))('%s', (_, vector) => {
    for (const level of levels) {
      expect(answer(vector.annotations ?? {}, vector.spec ?? {}, level)).toBe(expected(vector[level]))
    }
  })
})

/** As the server was asked: without what names things that the cluster did not have. */
const namedElsewhere = [
  'priorityClassName',
  'priority',
  'serviceAccountName',
  'serviceAccount',
  'runtimeClassName',
]

interface DaemonSet {
  readonly spec: { readonly template: { readonly metadata?: JsonObject; readonly spec: JsonObject } }
}

/** Everything that a file holds, what stands in Lists too, with an entry for each empty document. */
function objectsOf(file: string): unknown[] {
  const text = readFileSync(`${corpusFolder}/daemonsets/${file}`, 'utf8')
  const documents = [...parseAllDocuments(text, { uniqueKeys: false, merge: true })]
  const flat = (value: { items?: never[] } | null): unknown[] => value?.items?.flatMap(flat) ?? [value]
  return documents.flatMap((document) => flat(document.toJS()))
}

describeCorpus("PodSecurity: templates of other people's DaemonSets", () => {
  it('are refused in the words of a v1.36.2 server', () => {
    const vectors = readVectors(resolve(corpusFolder, '../vectors/podsecurity.jsonl')).filter(
      ({ file }) => file,
    )
    expect(vectors.length).toBeGreaterThan(0)
    for (const { id, file, index = 0, annotations, ...said } of vectors) {
      const daemonSet = objectsOf(file ?? '')[index] as unknown as DaemonSet
      const { metadata = {}, spec: whole } = daemonSet.spec.template
      const spec = Object.fromEntries(Object.entries(whole).filter(([key]) => !namedElsewhere.includes(key)))
      for (const level of levels)
        expect(
          answer(annotations ?? (metadata.annotations as JsonObject) ?? {}, spec, level),
          `${id} ${level}`,
        ).toBe(expected(said[level]))
    }
  })
})
