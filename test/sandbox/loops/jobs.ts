/** Jobs in the simulated cluster of `test/helpers/simulation.ts`. */
import type { Job, JobStatus } from '#controller/jobs/types.ts'
import type { JsonObject } from '#kube/types.ts'
import { types } from '#sandbox/api/resources.ts'
import { cluster, create, pods } from '../../helpers/simulation.ts'

/** A Job of one container whose image is `ok`, ending well after four seconds, unless said otherwise. */
export function createJob(name: string, spec: JsonObject = {}, pod: JsonObject = {}, image = 'ok') {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image }], ...pod } }
  return create(types.jobs, 'default', { metadata: { name }, spec: { template, ...spec } })
}

export const jobOf = (name: string) =>
  cluster.store.get(types.jobs, 'default', name) as unknown as Job | undefined
export const statusOf = (name: string): JobStatus => jobOf(name)?.status ?? {}
export const conditionsOf = (name: string) =>
  (statusOf(name).conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason}`)
export const podsOfJob = (name: string) =>
  pods().filter(({ metadata }) => metadata.labels?.['batch.kubernetes.io/job-name'] === name)
export const phases = (name: string) =>
  podsOfJob(name)
    .map(({ status }) => status?.phase ?? '')
    .sort()
