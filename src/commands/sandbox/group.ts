import type { GroupSpec } from '#cli/spec.ts'

export const sandboxGroup: GroupSpec = {
  path: ['sandbox'],
  summary: 'Run a simulated cluster on this machine',
  description: `A sandbox is a Kubernetes API on 127.0.0.1 with simulated nodes behind it: the controllers of DaemonSets,
Jobs and CronJobs, a scheduler, and a kubelet per node. kubectl, kds and other clients work against it. Nothing is really run.`,
}
