/** The values that the API server fills in, for the fields that the examples use. */

const withHttpDefaults = (probe) => ({
  failureThreshold: 3,
  periodSeconds: 10,
  successThreshold: 1,
  timeoutSeconds: 1,
  ...probe,
  ...(probe.httpGet ? { httpGet: { scheme: 'HTTP', ...probe.httpGet } } : {}),
})

function defaultEnvironment(variable) {
  const fieldRef = variable.valueFrom?.fieldRef
  return fieldRef ? { ...variable, valueFrom: { fieldRef: { apiVersion: 'v1', ...fieldRef } } } : variable
}

function defaultContainer(container) {
  const stored = {
    imagePullPolicy: 'IfNotPresent',
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    ...container,
  }
  if (stored.env) stored.env = stored.env.map(defaultEnvironment)
  if (stored.ports) stored.ports = stored.ports.map((port) => ({ protocol: 'TCP', ...port }))
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    if (stored[probe]) stored[probe] = withHttpDefaults(stored[probe])
  }
  return stored
}

function defaultVolume(volume) {
  if (volume.hostPath) return { ...volume, hostPath: { type: '', ...volume.hostPath } }
  if (volume.configMap) return { ...volume, configMap: { defaultMode: 420, ...volume.configMap } }
  return volume
}

/** A pod spec as stored. */
export function defaultPodSpec(spec) {
  return {
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    ...spec,
    ...(spec.serviceAccountName ? { serviceAccount: spec.serviceAccountName } : {}),
    containers: spec.containers.map(defaultContainer),
    ...(spec.volumes ? { volumes: spec.volumes.map(defaultVolume) } : {}),
  }
}

/** The spec of a DaemonSet as stored. */
export function defaultDaemonSetSpec(spec) {
  return {
    revisionHistoryLimit: 10,
    ...spec,
    template: { ...spec.template, spec: defaultPodSpec(spec.template.spec) },
    updateStrategy: {
      ...spec.updateStrategy,
      rollingUpdate: { maxSurge: 0, maxUnavailable: 1, ...spec.updateStrategy.rollingUpdate },
    },
  }
}
