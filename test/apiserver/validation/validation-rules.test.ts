import { describe, expect, it } from 'vitest'
import { defaultDaemonSet } from '#apiserver/defaults/daemon-set.ts'
import { admitDaemonSet } from '#apiserver/validation/admit.ts'
import { validateDaemonSetUpdate } from '#apiserver/validation/daemon-set.ts'
import { validateNamespaceName } from '#apiserver/validation/names.ts'
import { validateNode } from '#apiserver/validation/node.ts'
import { fieldErrorText } from '#kube/field-error-text.ts'
import type { Json, JsonObject } from '#kube/types.ts'

type Change = (daemonSet: Shape) => void
/** Open to every change that a case wants to make. */
interface Shape {
  [key: string]: Json | undefined
}

const container = { name: 'c', image: 'x:1' }

function daemonSet(podSpec: JsonObject = {}, spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'a', ...metadata },
    spec: {
      selector: { matchLabels: { app: 'a' } },
      template: { metadata: { labels: { app: 'a' } }, spec: { containers: [container], ...podSpec } },
      ...spec,
    },
  }
}

const withContainer = (more: JsonObject, podSpec: JsonObject = {}) =>
  daemonSet({ ...podSpec, containers: [{ ...container, ...more }] })

/** Type and field of each error, the field without the way to the pod. */
const brief = (object: JsonObject) =>
  admitDaemonSet(object).errors.map(
    ({ type, field }) => `${type.replace('FieldValue', '')} ${field.replace('spec.template.spec.', '')}`,
  )

describe('volumes', () => {
  const volumes = (...list: JsonObject[]) =>
    daemonSet({ volumes: list.map((volume) => ({ name: 'v', ...volume })) })
  it.each<[string, JsonObject, string[]]>([
    ['without a source is an emptyDir', volumes({}), []],
    ['two sources', volumes({ emptyDir: {}, hostPath: { path: '/a' } }), ['Forbidden volumes[0].hostPath']],
    [
      'two of one name',
      daemonSet({ volumes: [{ name: 'v' }, { name: 'v' }] }),
      ['Duplicate volumes[1].name'],
    ],
    [
      'a negative size',
      volumes({ emptyDir: { sizeLimit: '-1' } }),
      ['Forbidden volumes[0].emptyDir.sizeLimit'],
    ],
    [
      'a path with steps back',
      volumes({ hostPath: { path: '/a/../b' } }),
      ['Invalid volumes[0].hostPath.path'],
    ],
    [
      'a type that is none',
      volumes({ hostPath: { path: '/a', type: 'Pipe' } }),
      ['NotSupported volumes[0].hostPath.type'],
    ],
    ['an empty hostPath', volumes({ hostPath: {} }), ['Required volumes[0].hostPath.path']],
    [
      'a mode beyond 0777',
      volumes({ configMap: { name: 'm', defaultMode: 512 } }),
      ['Invalid volumes[0].configMap.defaultMode'],
    ],
    [
      'a key without a path',
      volumes({ secret: { secretName: 's', items: [{ key: 'k' }] } }),
      ['Required volumes[0].secret.items[0].path'],
    ],
    [
      'a file outside',
      volumes({ secret: { secretName: 's', items: [{ key: 'k', path: '/x' }] } }),
      ['Invalid volumes[0].secret.items[0].path'],
    ],
    [
      'downward labels',
      volumes({ downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'metadata.labels' } }] } }),
      [],
    ],
    [
      'downward IP',
      volumes({ downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'status.podIP' } }] } }),
      ['NotSupported volumes[0].downwardAPI.fieldRef.fieldPath'],
    ],
    [
      'a token for a minute',
      volumes({ projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 60 } }] } }),
      ['Invalid volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds'],
    ],
    [
      'two files of one path',
      volumes({
        projected: {
          sources: [
            { secret: { name: 's', items: [{ key: 'a', path: 'p' }] } },
            { configMap: { name: 'm', items: [{ key: 'b', path: 'p' }] } },
          ],
        },
      }),
      ['Invalid volumes[0].projected'],
    ],
    ['a driver that is no name', volumes({ csi: { driver: 'No Name' } }), ['Invalid volumes[0].csi.driver']],
    [
      'an ephemeral claim without mode and size',
      volumes({ ephemeral: { volumeClaimTemplate: { spec: {} } } }),
      [
        'Required volumes[0].ephemeral.volumeClaimTemplate.spec.accessModes',
        'Required volumes[0].ephemeral.volumeClaimTemplate.spec.resources[storage]',
      ],
    ],
    [
      'an ephemeral claim with a name',
      volumes({
        ephemeral: {
          volumeClaimTemplate: {
            metadata: { name: 'n' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        },
      }),
      ['Forbidden volumes[0].ephemeral.volumeClaimTemplate.metadata.name'],
    ],
    [
      'NFS with a relative path',
      volumes({ nfs: { server: 's', path: 'p' } }),
      ['Invalid volumes[0].nfs.path'],
    ],
    ['a disk of old', volumes({ gcePersistentDisk: {} }), ['Required volumes[0].persistentDisk.pdName']],
    [
      'iSCSI',
      volumes({ iscsi: { targetPortal: 'p', iqn: 'bad', lun: 256 } }),
      ['Invalid volumes[0].iscsi.iqn', 'Invalid volumes[0].iscsi.lun'],
    ],
  ])('%s', (_, object, errors) => expect(brief(object)).toEqual(errors))

  it('mounts of a bad volume are not found, as upstream', () => {
    const volumeMounts = [{ name: 'v', mountPath: '/v' }]
    const object = withContainer({ volumeMounts }, { volumes: [{ name: 'v', hostPath: {} }] })
    expect(brief(object)).toEqual([
      'Required volumes[0].hostPath.path',
      'NotFound containers[0].volumeMounts[0].name',
    ])
  })
})

describe('mounts and devices', () => {
  const volumes = [
    { name: 'v', emptyDir: {} },
    { name: 'p', persistentVolumeClaim: { claimName: 'p' } },
  ]
  const mount = (more: JsonObject) =>
    withContainer({ volumeMounts: [{ name: 'v', mountPath: '/v', ...more }] }, { volumes })
  it.each<[string, JsonObject, string[]]>([
    ['good', mount({}), []],
    [
      'the same path twice',
      withContainer(
        {
          volumeMounts: [
            { name: 'v', mountPath: '/v' },
            { name: 'v', mountPath: '/v' },
          ],
        },
        { volumes },
      ),
      ['Invalid containers[0].volumeMounts[1].mountPath'],
    ],
    [
      'both sub-paths',
      mount({ subPath: 'a', subPathExpr: '$(B)' }),
      ['Invalid containers[0].volumeMounts[0].subPathExpr'],
    ],
    [
      'a sub-path with steps back',
      mount({ subPath: '../a' }),
      ['Invalid containers[0].volumeMounts.subPath'],
    ],
    [
      'propagation without privilege',
      mount({ mountPropagation: 'Bidirectional' }),
      ['Forbidden containers[0].volumeMounts.mountPropagation'],
    ],
    [
      'propagation that is none',
      mount({ mountPropagation: 'Both' }),
      ['NotSupported containers[0].volumeMounts.mountPropagation'],
    ],
    [
      'recursive without readOnly',
      mount({ recursiveReadOnly: 'Enabled' }),
      ['Forbidden containers[0].volumeMounts.recursiveReadOnly'],
    ],
    [
      'a device of no claim',
      withContainer({ volumeDevices: [{ name: 'v', devicePath: '/d' }] }, { volumes }),
      ['Invalid containers[0].volumeDevices[0].name'],
    ],
    [
      'a device and a mount of one claim',
      withContainer(
        { volumeDevices: [{ name: 'p', devicePath: '/d' }], volumeMounts: [{ name: 'p', mountPath: '/e' }] },
        { volumes },
      ),
      ['Invalid containers[0].volumeMounts[0].name', 'Invalid containers[0].volumeDevices[0].name'],
    ],
    [
      'a device with a user namespace',
      withContainer({ volumeDevices: [{ name: 'p', devicePath: '/d' }] }, { volumes, hostUsers: false }),
      ['Forbidden containers[0].volumeDevices'],
    ],
  ])('%s', (_, object, errors) => expect(brief(object)).toEqual(errors))
})

describe('containers', () => {
  const init = (...initContainers: JsonObject[]) =>
    daemonSet({ initContainers: initContainers.map((more) => ({ name: 'i', image: 'x', ...more })) })
  it.each<[string, JsonObject, string[]]>([
    [
      'no name, no image',
      daemonSet({ containers: [{}] }),
      ['Required containers[0].name', 'Required containers[0].image'],
    ],
    ['white space around an image', withContainer({ image: ' x ' }), []],
    ['an init container called like another', init({ name: 'c' }), ['Duplicate initContainers[0].name']],
    [
      'a probe of an init container',
      init({ livenessProbe: { exec: { command: ['a'] } } }),
      ['Forbidden initContainers[0].livenessProbe'],
    ],
    [
      'a probe of a sidecar',
      init({ restartPolicy: 'Always', livenessProbe: { exec: { command: ['a'] } } }),
      [],
    ],
    [
      'a policy that is none',
      init({ restartPolicy: 'Sometimes' }),
      ['NotSupported initContainers[0].restartPolicy'],
    ],
    [
      'rules without a policy',
      withContainer({
        restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [1] } }],
      }),
      ['Required containers[0].restartPolicy'],
    ],
    [
      'a rule without exit codes',
      withContainer({ restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart' }] }),
      ['Required containers[0].restartPolicyRules[0].exitCodes'],
    ],
    [
      'resizing twice',
      withContainer({
        resizePolicy: [
          { resourceName: 'cpu', restartPolicy: 'NotRequired' },
          { resourceName: 'cpu', restartPolicy: 'Now' },
        ],
      }),
      ['Duplicate containers[0].resizePolicy[1]', 'NotSupported containers[0].resizePolicy'],
    ],
    [
      'a pull policy in the wrong case',
      withContainer({ imagePullPolicy: 'always' }),
      ['NotSupported containers[0].imagePullPolicy'],
    ],
    [
      'one host port twice, in two containers',
      daemonSet({
        containers: [1, 2].map((n) => ({
          name: `c${n}`,
          image: 'x',
          ports: [{ containerPort: 80, hostPort: 80 }],
        })),
      }),
      ['Duplicate containers[1].ports[0].hostPort'],
    ],
    [
      'one host port twice, of two protocols',
      withContainer({
        ports: [
          { containerPort: 53, hostPort: 53 },
          { containerPort: 53, hostPort: 53, protocol: 'UDP' },
        ],
      }),
      [],
    ],
    [
      'another host port on the host network',
      withContainer({ ports: [{ containerPort: 80, hostPort: 81 }] }, { hostNetwork: true }),
      ['Invalid containers[0].ports[0].hostPort'],
    ],
    ['a variable with spaces', withContainer({ env: [{ name: 'a b' }] }), []],
    ['a variable with =', withContainer({ env: [{ name: 'a=b' }] }), ['Invalid containers[0].env[0].name']],
    [
      'value and source',
      withContainer({
        env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
      }),
      ['Invalid containers[0].env[0].valueFrom'],
    ],
    [
      'no such field',
      withContainer({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.foo' } } }] }),
      ['Invalid containers[0].env[0].valueFrom.fieldRef.fieldPath'],
    ],
    [
      'a label by its key',
      withContainer({
        env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: "metadata.labels['a/b/c']" } } }],
      }),
      ['Invalid containers[0].env[0].valueFrom.fieldRef'],
    ],
    [
      'a divisor of cpu',
      withContainer({
        env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '2' } } }],
      }),
      ['Invalid containers[0].env[0].valueFrom.resourceFieldRef.divisor'],
    ],
    [
      'a file of no volume',
      withContainer({
        env: [{ name: 'A', valueFrom: { fileKeyRef: { volumeName: 'v', path: 'f', key: 'A' } } }],
      }),
      ['NotFound containers[0].env[0].valueFrom.fileKeyRef.volumeName'],
    ],
  ])('%s', (_, object, errors) => expect(brief(object)).toEqual(errors))
})

describe('resources', () => {
  const resources = (value: JsonObject) => withContainer({ resources: value })
  const at = (rest: string) => `containers[0].resources.${rest}`
  it.each<[string, JsonObject, string[]]>([
    [
      'an unknown short name',
      resources({ limits: { gpus: 1 } }),
      [`Invalid ${at('limits[gpus]')}`, `Invalid ${at('limits[gpus]')}`],
    ],
    [
      'half a GPU',
      resources({ limits: { 'nvidia.com/gpu': '500m' } }),
      [`Invalid ${at('limits[nvidia.com/gpu]')}`],
    ],
    [
      'a GPU asked for without a limit',
      resources({ requests: { 'nvidia.com/gpu': 1 } }),
      [`Required ${at('limits')}`],
    ],
    [
      'huge pages alone',
      resources({ limits: { 'hugepages-2Mi': '4Mi' } }),
      ['Forbidden containers[0].resources'],
    ],
    [
      'huge pages that do not fit',
      resources({ limits: { 'hugepages-2Mi': '3Mi', cpu: 1 } }),
      [`Invalid ${at('limits[hugepages-2Mi]')}`],
    ],
    ['a claim that the pod has not', resources({ claims: [{ name: 'x' }] }), [`NotFound ${at('claims[0]')}`]],
    [
      'a pod too small for its containers',
      withContainer({ resources: { requests: { cpu: '2' } } }, { resources: { requests: { cpu: '1' } } }),
      ['Invalid resources.requests[cpu]'],
    ],
    [
      'storage of a whole pod',
      daemonSet({ resources: { limits: { 'ephemeral-storage': '1Gi' } } }),
      ['NotSupported resources.limits[ephemeral-storage]'],
    ],
    [
      'overhead of a negative amount',
      daemonSet({ overhead: { cpu: '-1' } }),
      ['Invalid overhead.limits[cpu]'],
    ],
  ])('%s', (_, object, errors) => expect(brief(object)).toEqual(errors))
})

describe('probes and hooks', () => {
  const probe = (value: JsonObject) => withContainer({ livenessProbe: value })
  const at = (rest: string) => `containers[0].livenessProbe${rest}`
  it.each<[string, JsonObject, string[]]>([
    ['no handler', probe({}), [`Required ${at('')}`]],
    [
      'two handlers',
      probe({ exec: { command: ['a'] }, tcpSocket: { port: 1 } }),
      [`Forbidden ${at('.tcpSocket')}`],
    ],
    ['no port', probe({ httpGet: {} }), [`Invalid ${at('.httpGet.port')}`]],
    [
      'a scheme in small letters',
      probe({ httpGet: { port: 80, scheme: 'http' } }),
      [`NotSupported ${at('.httpGet.scheme')}`],
    ],
    [
      'a header with a colon',
      probe({ httpGet: { port: 80, httpHeaders: [{ name: 'a:', value: 'b' }] } }),
      [`Invalid ${at('.httpGet.httpHeaders')}`],
    ],
    [
      'two successes of a liveness probe',
      probe({ exec: { command: ['a'] }, successThreshold: 2 }),
      [`Invalid ${at('.successThreshold')}`],
    ],
    [
      'a sleep beyond the grace period',
      withContainer({ lifecycle: { preStop: { sleep: { seconds: 31 } } } }),
      ['Invalid containers[0].lifecycle.preStop.sleep'],
    ],
    [
      'a grace period of a readiness probe',
      withContainer({ readinessProbe: { exec: { command: ['a'] }, terminationGracePeriodSeconds: 1 } }),
      ['Invalid containers[0].readinessProbe.terminationGracePeriodSeconds'],
    ],
  ])('%s', (_, object, errors) => expect(brief(object)).toEqual(errors))
})

describe('security', () => {
  const pod = (securityContext: JsonObject, more: JsonObject = {}) => daemonSet({ securityContext, ...more })
  it.each<[string, JsonObject, string[]]>([
    ['a user below zero', pod({ runAsUser: -1 }), ['Invalid securityContext.runAsUser']],
    [
      'a sysctl twice',
      pod({
        sysctls: [
          { name: 'kernel.shm_rmid_forced', value: '1' },
          { name: 'kernel.shm_rmid_forced', value: '0' },
        ],
      }),
      ['Duplicate securityContext.sysctls[1].name'],
    ],
    [
      "a sysctl of the host's network",
      pod({ sysctls: [{ name: 'net.ipv4.ip_forward', value: '1' }] }, { hostNetwork: true }),
      ['Invalid securityContext.sysctls[0].name'],
    ],
    [
      'a local profile without a name',
      pod({ seccompProfile: { type: 'Localhost' } }),
      ['Required securityContext.seccompProfile.localhostProfile'],
    ],
    ['a profile of no type', pod({ appArmorProfile: {} }), ['Required securityContext.appArmorProfile.type']],
    [
      'privileged without escalation',
      withContainer({ securityContext: { privileged: true, allowPrivilegeEscalation: false } }),
      ['Invalid containers[0].securityContext'],
    ],
    ['privileged', withContainer({ securityContext: { privileged: true } }), []],
    [
      'an unmasked /proc with host users',
      withContainer({ securityContext: { procMount: 'Unmasked' } }),
      ['Invalid containers[0].securityContext.procMount'],
    ],
    [
      'a user name with two domains',
      pod({ windowsOptions: { runAsUserName: 'a\\b\\c' } }),
      ['Invalid securityContext.windowsOptions.runAsUserName'],
    ],
    [
      'host processes off the host network',
      pod({ windowsOptions: { hostProcess: true } }),
      ['Invalid hostNetwork'],
    ],
    [
      'shared processes with those of the host',
      daemonSet({ hostPID: true, shareProcessNamespace: true }),
      ['Invalid securityContext.shareProcessNamespace'],
    ],
  ])('%s', (_, object, errors) => expect(brief(object)).toEqual(errors))
})

describe('names, addresses, gates', () => {
  it.each<[string, JsonObject, string[]]>([
    [
      'a nameserver with leading zeros',
      daemonSet({ dnsConfig: { nameservers: ['010.1.1.1'] } }),
      ['Invalid dnsConfig.nameservers[0]'],
    ],
    [
      'an IPv4 address in IPv6',
      daemonSet({ dnsConfig: { nameservers: ['::ffff:1.2.3.4'] } }),
      ['Invalid dnsConfig.nameservers[0]'],
    ],
    [
      'DNS policy None without servers',
      daemonSet({ dnsPolicy: 'None', dnsConfig: {} }),
      ['Required dnsConfig.nameservers'],
    ],
    [
      'a search domain with an underscore and a dot',
      daemonSet({ dnsConfig: { searches: ['_tcp.example.com.', '.'] } }),
      [],
    ],
    [
      'a host alias',
      daemonSet({ hostAliases: [{ ip: '1.2.3', hostnames: ['UP'] }] }),
      ['Invalid hostAliases[0].ip', 'Invalid hostAliases[0].hostnames[0]'],
    ],
    [
      'two gates of one name',
      daemonSet({ schedulingGates: [{ name: 'a' }, { name: 'a' }] }),
      ['Duplicate schedulingGates[1]'],
    ],
    [
      'a claim of two kinds',
      daemonSet({ resourceClaims: [{ name: 'a', resourceClaimName: 'b', resourceClaimTemplateName: 'c' }] }),
      ['Invalid resourceClaims[0]'],
    ],
    [
      'a class that is no name',
      daemonSet({ priorityClassName: 'A', runtimeClassName: '' }),
      ['Invalid priorityClassName', 'Invalid runtimeClassName'],
    ],
    [
      'a hostname on the host network',
      daemonSet({ hostnameOverride: 'a.b', hostNetwork: true }),
      ['Forbidden hostnameOverride'],
    ],
    ['a namespace with dots', daemonSet({}, {}, { namespace: 'a.b' }), ['Invalid metadata.namespace']],
    [
      'a finalizer of no domain',
      daemonSet({}, {}, { finalizers: ['mine'] }),
      ['Invalid metadata.finalizers[0]'],
    ],
    [
      'annotations beyond 256 KiB',
      daemonSet({}, {}, { annotations: { a: 'x'.repeat(262144) } }),
      ['TooLong metadata.annotations'],
    ],
  ])('%s', (_, object, errors) => expect(brief(object)).toEqual(errors))

  it('namespaces', () => {
    expect(validateNamespaceName('a-b')).toEqual([])
    expect(validateNamespaceName('a.b')).toEqual(['must not contain dots'])
    expect(validateNamespaceName('x'.repeat(64))).toEqual(['must be no more than 63 characters'])
  })
})

describe('annotations of a template', () => {
  const annotated = (annotations: JsonObject, podSpec: JsonObject = {}) => {
    const object = daemonSet(podSpec)
    const template = (object.spec as JsonObject).template as JsonObject
    template.metadata = { labels: { app: 'a' }, annotations }
    return object
  }
  it.each<[string, JsonObject, string[]]>([
    [
      'a cost that is no number',
      annotated({ 'controller.kubernetes.io/pod-deletion-cost': '+1' }),
      ['Invalid spec.template.annotations[controller.kubernetes.io/pod-deletion-cost]'],
    ],
    [
      'AppArmor for no container',
      annotated({ 'container.apparmor.security.beta.kubernetes.io/x': 'runtime/default' }),
      ['Invalid spec.template.annotations[container.apparmor.security.beta.kubernetes.io/x]'],
    ],
    [
      'seccomp that differs from the field',
      annotated(
        { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' },
        { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
      ),
      ['Forbidden securityContext.seccompProfile.type'],
    ],
    [
      'a mirror pod',
      annotated({ 'kubernetes.io/config.mirror': 'x' }),
      ['Invalid spec.template.annotations[kubernetes.io/config.mirror]'],
    ],
  ])('%s', (_, object, errors) => expect(brief(object)).toEqual(errors))
})

describe('warnings', () => {
  it.each<[string, JsonObject, string]>([
    [
      'a label of old',
      daemonSet({ nodeSelector: { 'beta.kubernetes.io/os': 'linux' } }),
      'spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    ],
    [
      'a variable twice',
      withContainer({
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
      }),
      'spec.template.spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    ],
    [
      'a port twice',
      withContainer({ ports: [{ containerPort: 1 }, { containerPort: 1 }] }),
      'spec.template.spec.containers[0].ports[1]: duplicate port definition with spec.template.spec.containers[0].ports[0]',
    ],
    [
      'part of a byte',
      withContainer({ resources: { limits: { memory: '100m' } } }),
      'spec.template.spec.containers[0].resources.limits[memory]: fractional byte value "100m" is invalid, must be an integer',
    ],
    [
      'a volume of old',
      daemonSet({ volumes: [{ name: 'v', gitRepo: { repository: 'r' } }] }),
      'spec.template.spec.volumes[0].gitRepo: deprecated in v1.11',
    ],
    [
      'spread without a selector',
      daemonSet({
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' }],
      }),
      'spec.template.spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod',
    ],
    [
      'an address in long form',
      daemonSet({ dnsConfig: { nameservers: ['2001:DB8:0:0::1'] } }),
      'spec.template.spec.dnsConfig.nameservers[0]: IPv6 address "2001:DB8:0:0::1" should be in RFC 5952 canonical format ("2001:db8::1")',
    ],
    [
      'a secret without a name',
      daemonSet({ imagePullSecrets: [{}] }),
      'spec.template.spec.imagePullSecrets[0].name: invalid empty name ""',
    ],
  ])('%s', (_, object, warning) => {
    const admission = admitDaemonSet(object)
    expect(admission.errors).toEqual([])
    expect(admission.warnings.map(({ message }) => message)).toEqual([warning])
  })
})

describe('updates', () => {
  const stored = () => {
    const object = defaultDaemonSet(daemonSet())
    const metadata = object.metadata as JsonObject
    Object.assign(metadata, { uid: 'u', resourceVersion: '1', generation: 2 })
    return object
  }
  const changed = (change: Change) => {
    const next = structuredClone(stored())
    change(next)
    return validateDaemonSetUpdate(next, stored()).map(fieldErrorText)
  }
  it('nothing changed', () => expect(changed(() => undefined)).toEqual([]))
  it('another selector', () => {
    const errors = changed((next) => {
      ;(next.spec as JsonObject).selector = { matchLabels: { app: 'z' } }
    })
    expect(errors).toEqual([
      'spec.selector: Invalid value: {"matchLabels":{"app":"z"}}: field is immutable',
      'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`',
    ])
  })
  it.each([
    [
      'no resourceVersion',
      { resourceVersion: '' },
      'metadata.resourceVersion: Invalid value: "": must be specified for an update',
    ],
    ['another name', { name: 'b' }, 'metadata.name: Invalid value: "b": field is immutable'],
    [
      'an older generation',
      { generation: 1 },
      'metadata.generation: Invalid value: 1: must not be decremented',
    ],
  ])('%s', (_, metadata, error) => {
    expect(changed((next) => Object.assign(next.metadata as JsonObject, metadata))).toEqual([error])
  })
})

it('a node with two taints of one key and effect', () => {
  const taints = [1, 2].map(() => ({ key: 'a', effect: 'NoSchedule' }))
  expect(validateNode({ metadata: { name: 'n' }, spec: { taints } }).map(fieldErrorText)).toEqual([
    'spec.taints[1]: Duplicate value: {"key":"a","effect":"NoSchedule"}: taints must be unique by key and effect pair',
  ])
})
